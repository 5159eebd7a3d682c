"""Whether the connections that we may open are enough, and not too many."""

import logging
from io import StringIO

import pytest
from django.core.checks import Warning, run_checks
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from ops import checks
from ops.database.errors import DatabaseAway

pytestmark = pytest.mark.anydb
on_mysql = pytest.mark.skipif(connection.vendor != "mysql", reason="asks a real server")
logger = logging.getLogger("test_checks")


@pytest.fixture
def pool(monkeypatch):
    """DATABASES["default"]["POOL"]: 15 connections at most."""
    options = {"size": 10, "max_overflow": 5}
    monkeypatch.setitem(connection.settings_dict, "POOL", options)
    return options


@pytest.fixture
def fits(pool, settings, monkeypatch):
    """Two workers of 15 threads and 15 connections; 20 others; 50 are allowed."""
    settings.WEB_WORKERS, settings.WEB_THREADS = 2, 15
    settings.DATABASE_OTHER_CONNECTIONS = 20
    monkeypatch.setattr(checks, "server_status", lambda: {"max_connections": 50})
    return settings


def messages():
    return list(checks.enough_connections(None, databases=[DEFAULT_DB_ALIAS]))


def ids():
    return [message.id for message in messages()]


def fail_with(monkeypatch, name, exc):
    def fail(*args, **kwargs):
        raise exc

    monkeypatch.setattr(checks, name, fail)


# --- the check


def test_nothing_is_said_when_all_fits(fits):
    assert messages() == []


def test_more_threads_than_connections_are_a_warning(fits):
    fits.WEB_THREADS = 16
    [message] = messages()
    assert message.id == "ops.W001"
    assert "16 threads and 15 connections" in message.msg
    assert "DATABASE_POOL_SIZE" in message.hint


def test_more_connections_than_the_server_allows_are_a_warning(fits):
    fits.DATABASE_OTHER_CONNECTIONS = 21
    [message] = messages()
    assert message.id == "ops.W002"
    for number in ("2 gunicorn workers of 15 ", "21 others", "make 51", "allows 50"):
        assert number in message.msg
    assert "GUNICORN_WORKERS" in message.hint


def test_both_are_said(fits):
    fits.WEB_WORKERS, fits.WEB_THREADS = 3, 16
    assert ids() == ["ops.W001", "ops.W002"]


def test_unpooled_each_thread_has_one(fits, pool):
    pool["size"] = 0
    fits.WEB_THREADS = 15
    assert ids() == []
    fits.WEB_THREADS = 16
    assert ids() == ["ops.W002"]


def test_a_pool_of_overflow_alone_is_unpooled(fits, pool):
    pool.update(size=0, max_overflow=1000)
    assert ids() == []


def test_without_a_pool_nobody_is_asked(fits, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "POOL", None)
    fail_with(monkeypatch, "server_status", AssertionError("was asked"))
    fits.WEB_THREADS = 1000
    assert messages() == []


@pytest.mark.skipif(connection.vendor == "mysql", reason="MySQL has one")
def test_sqlite_has_no_pool(settings):
    settings.WEB_THREADS = settings.WEB_WORKERS = 1000
    assert messages() == []


@pytest.mark.parametrize("databases", [None, []])
def test_without_a_database_option_nobody_is_asked(fits, monkeypatch, databases):
    fail_with(monkeypatch, "server_status", AssertionError("was asked"))
    assert list(checks.enough_connections(None, databases=databases)) == []


@pytest.mark.parametrize(
    "exc", [OperationalError(2003, "x"), DatabaseAway("x"), DatabaseError("x")]
)
def test_a_server_that_is_away_is_no_warning(fits, monkeypatch, exc):
    fail_with(monkeypatch, "server_status", exc)
    assert ids() == []
    fits.WEB_THREADS = 16
    assert ids() == ["ops.W001"]


@pytest.mark.django_db
def test_it_is_one_of_djangos_checks(fits):
    fits.WEB_THREADS = 16
    found = run_checks(tags=["database"], databases=[DEFAULT_DB_ALIAS])
    assert "ops.W001" in {message.id for message in found}
    assert "ops.W001" not in {message.id for message in run_checks()}


# --- the report


def found(*messages):
    return lambda **options: list(messages)


@pytest.mark.django_db(transaction=True)
def test_the_report_is_a_warning_in_the_log(fits, caplog):
    fits.DATABASE_OTHER_CONNECTIONS = 21
    checks.report(logger)
    [record] = [r for r in caplog.records if "ops.W002" in r.getMessage()]
    assert (record.name, record.levelno) == (logger.name, logging.WARNING)
    assert "make 51" in record.getMessage()


@pytest.mark.django_db(transaction=True)
def test_without_a_warning_the_log_is_empty(monkeypatch, caplog):
    monkeypatch.setattr(checks, "run_checks", found())
    checks.report(logger)
    assert caplog.records == []


@pytest.mark.django_db(transaction=True)
def test_each_warning_has_its_line(monkeypatch, caplog):
    both = Warning("one", hint="do", id="ops.W001"), Warning("two", id="ops.W002")
    monkeypatch.setattr(checks, "run_checks", found(*both))
    checks.report(logger)
    lines = [record.getMessage() for record in caplog.records]
    assert ["one" in lines[0], "two" in lines[1]] == [True, True]


@pytest.mark.django_db(transaction=True)
def test_the_report_survives_a_database_that_is_away(monkeypatch, caplog):
    fail_with(monkeypatch, "run_checks", OperationalError(2003, "nobody answers"))
    checks.report(logger)
    assert "can't be checked: (2003, 'nobody answers')" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_report_leaves_no_connection_open(fits):
    connection.ensure_connection()
    checks.report(logger)
    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("exc", [DatabaseError("x"), OperationalError(2013, "x")])
def test_a_failed_report_leaves_no_connection_open(monkeypatch, exc):
    fail_with(monkeypatch, "run_checks", exc)
    connection.ensure_connection()
    checks.report(logger)
    assert connection.connection is None


# --- a real server


def run_check():
    said = StringIO()
    call_command("check", databases=[DEFAULT_DB_ALIAS], stderr=said, stdout=said)
    return said.getvalue()


@on_mysql
@pytest.mark.django_db
def test_the_command_asks_the_server(settings):
    settings.DATABASE_OTHER_CONNECTIONS = 1_000_000
    with CaptureQueriesContext(connection) as captured:
        said = run_check()
    assert "ops.W002" in said
    assert any("@@max_connections" in query["sql"] for query in captured)


@on_mysql
@pytest.mark.django_db
def test_the_command_says_nothing_where_there_is_room(settings):
    settings.WEB_WORKERS = settings.WEB_THREADS = 1
    settings.DATABASE_OTHER_CONNECTIONS = 0
    assert "ops.W00" not in run_check()
