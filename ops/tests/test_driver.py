"""Connections of the real driver: what one borrower leaves to the next."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

pytest.importorskip("MySQLdb", reason="only MySQL needs it")

from ops.database.ledger import Ledger
from ops.database.mysql.driver import PooledConnection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has no pool"),
]


def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def borrow_anew():
    connection.close()
    return ask("SELECT CONNECTION_ID()")


@pytest.fixture(autouse=True)
def borrowed():
    return borrow_anew()


def test_the_next_borrower_gets_the_same_connection(borrowed):
    assert borrow_anew() == borrowed


def test_a_transaction_of_django_leaves_nothing_to_clean(borrowed):
    with transaction.atomic():
        ask("SELECT 1")
    assert borrow_anew() == borrowed


@pytest.mark.parametrize(
    "statement",
    [
        "SET @x = 42",
        "SELECT @x := 42",
        "SELECT GET_LOCK('a test', 1)",
        "SET SESSION sql_mode = ''",
        "SET SESSION max_statement_time = 0",
        "CREATE TEMPORARY TABLE only_here (id INT)",
        "BEGIN",
        "  start transaction",
    ],
)
def test_what_was_set_in_a_session_ends_with_it(borrowed, statement):
    ask(statement)
    assert borrow_anew() != borrowed
    assert ask("SELECT @x") is None
    assert ask("SELECT IS_FREE_LOCK('a test')") == 1
    assert "STRICT" in ask("SELECT @@sql_mode")
    assert ask("SELECT @@max_statement_time") > 0


def test_what_was_left_in_a_transaction_is_rolled_back(borrowed):
    connection.set_autocommit(False)
    ask("UPDATE articles_topic SET name = 'changed'")
    assert borrow_anew() == borrowed
    assert ask("SELECT COUNT(*) FROM articles_topic WHERE name = 'changed'") == 0


def test_one_that_was_killed_in_use_is_not_lent_again(borrowed):
    killer = threading.Thread(target=ask, args=[f"KILL {borrowed}"])
    killer.start()
    killer.join()
    with pytest.raises(OperationalError):
        ask("SELECT 1")
    assert borrow_anew() != borrowed
    assert borrow_anew() == borrow_anew()


def test_an_error_that_does_no_harm_costs_no_connection(borrowed):
    with pytest.raises(OperationalError, match="no_such_column"):
        ask("SELECT no_such_column")
    assert borrow_anew() == borrowed


def test_statements_have_a_limit_of_time_and_writing_has_one_too():
    options = connection.settings_dict["OPTIONS"]
    assert options["read_timeout"] == options["write_timeout"]
    assert ask("SELECT @@max_statement_time") < options["read_timeout"]


def test_no_server_cuts_the_json_of_several_rows(tmp_path):
    careless = {"init_command": "SET SESSION group_concat_max_len = 1024"}
    params = {**connection.get_connection_params(), **careless}
    pool = connection._make_pool(params, Ledger(tmp_path, "web"))
    lent = pool.checkout()
    lent.driver_connection.query("SELECT @@group_concat_max_len")
    [[most]] = lent.driver_connection.store_result().fetch_row(0)
    pool.checkin(lent)
    pool.dispose()
    assert int(most) >= 2**20


def test_a_thread_that_never_closes_gives_its_connection_back_at_its_end():
    ids = set()
    for _ in range(40):  # more than a pool has
        thread = threading.Thread(target=lambda: ids.add(ask("SELECT CONNECTION_ID()")))
        thread.start()
        thread.join()
    assert len(ids) == 1


def test_a_silent_server_is_not_waited_for(monkeypatch):
    """It works on something else, so to speak: a reply that does not come."""
    driver_connection = connection.connection
    driver_connection.is_soiled = True  # nobody is to get it after this
    driver_connection.send_query(b"SELECT SLEEP(5)")
    monkeypatch.setattr(PooledConnection, "send_query", lambda self, statement: None)
    began = time.monotonic()
    with pytest.raises(Exception, match="silent for 2 s"):
        driver_connection.ping()
    assert time.monotonic() - began < 4
    connection.close()
