"""/health/pool: who may see it, in which formats, and that its numbers are true."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections
from lxml import html
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from learners.models import User
from ops import metrics
from ops.database import ledger as ledger_module
from ops.database import status as status_module
from ops.database.ledger import Ledger
from ops.gunicorn import workers
from ops.tests.test_workers import make_worker
from zeeguu.base.breaker import STATES

PAGE = "/health/pool"
LOGIN = f"/admin/login/?next={PAGE}"
BEARER = {"authorization": "Bearer the-health-token"}
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
PROBLEM = "application/problem+json"
OTHER_PROCESS = """
import json, sys
from ops.database.ledger import Ledger
ledger = Ledger(sys.argv[1], sys.argv[2])
for name, number in json.loads(sys.argv[3]).items():
    ledger.set(name, number)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def run_dir(settings, tmp_path, monkeypatch):
    """Only what a test itself counts is found."""
    monkeypatch.setattr(ledger_module, "_own", None)
    settings.HEALTH_TOKEN = "the-health-token"
    settings.RUN_DIR = tmp_path
    return tmp_path


@pytest.fixture
def server(monkeypatch):
    """A server that is always the same, whatever the tests run on."""
    numbers = {"threads_connected": 12, "max_connections": 100, "utilisation": 0.12}
    monkeypatch.setattr(status_module, "is_pooled", lambda: True)
    monkeypatch.setattr(status_module, "server_status", lambda: numbers)
    return numbers


@pytest.fixture
def no_database(transactional_db):
    """Nobody gets a connection, and the test has none until its end."""

    def connect(self):
        raise OperationalError(2002, "can't connect to 10.1.2.3 as ada")

    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "POOL", {"size": 1})
        patch.setattr(type(connections["default"]), "connect", connect)
        yield


@pytest.fixture
def reader():
    return User.objects.create_user("reader@example.com")


@pytest.fixture
def make_ledger(run_dir):
    """Makes ledgers of this process, and keeps them: their locks mean that it lives."""
    kept = []

    def make(role="web", **numbers):
        ledger = Ledger(run_dir, role)
        for name, number in {"size": 10, "max_overflow": 10, **numbers}.items():
            ledger.set(name, number)
        kept.append(ledger)
        return ledger

    return make


@contextmanager
def other_process(directory, role="crawl", **numbers):
    """A process with a ledger; it is killed at the end."""
    numbers = {"size": 10, "max_overflow": 10, **numbers}
    command = [sys.executable, "-c", OTHER_PROCESS, directory, role]
    with subprocess.Popen(
        [*command, json.dumps(numbers)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def facts(client, **headers):
    response = client.get(PAGE, headers={**BEARER, **headers})
    assert response.status_code == 200, response.content
    return response.json()


def page_of(client):
    response = client.get(PAGE, headers={"accept": "text/html"})
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def families_of(response):
    """Metrics by name, of an answer in OpenMetrics' format."""
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {family.name: family for family in families}


def texts(elements):
    return [" ".join(element.text_content().split()) for element in elements]


def table_of(page, title):
    """The cells of a section's table, line by line, without its headings."""
    lines = page.xpath(f'//section[h2="{title}"]//tbody/tr')
    return [texts(line.xpath("th|td")) for line in lines]


def figures_of(page):
    names, numbers = texts(page.xpath("//dt")), texts(page.xpath("//dd"))
    return dict(zip(names, numbers, strict=True))


# --- who may see it


def test_strangers_get_a_401_with_a_problem(client, db):
    response = client.get(PAGE)
    assert response.status_code == 401
    assert response.headers["Content-Type"] == PROBLEM
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["", "wrong", "the-health-token2", "the-health-tok"])
def test_a_wrong_token_is_a_401(client, db, token):
    response = client.get(PAGE, headers={"authorization": f"Bearer {token}"})
    assert response.status_code == 401
    assert "the-health-token" not in response.content.decode()


def test_the_health_token_needs_no_account(client, db, server):
    assert not User.objects.exists()
    assert facts(client)["status"] == "ok"


def test_the_word_bearer_may_be_written_in_small_letters(client, db):
    facts(client, authorization="bearer the-health-token")


@pytest.mark.parametrize("token", ["", " ", "None", "the-health-token"])
def test_without_a_health_token_nobody_has_it(client, db, settings, token):
    settings.HEALTH_TOKEN = ""
    response = client.get(PAGE, headers={"authorization": f"Bearer {token}"})
    assert response.status_code == 401


def test_staff_sees_it_by_session(admin_client):
    assert admin_client.get(PAGE).status_code == 200


def test_staff_sees_it_by_token(staff_api):
    assert staff_api.get(PAGE).status_code == 200


def test_a_readers_token_is_a_403_with_a_problem(reader_api):
    response = reader_api.get(PAGE)
    assert response.status_code == 403
    assert response.headers["Content-Type"] == PROBLEM


def test_a_staff_member_who_has_left_is_refused(staff_api):
    User.objects.update(is_active=False)
    assert staff_api.get(PAGE).status_code == 401


def test_a_browser_is_sent_to_sign_in_and_back(client, db):
    response = client.get(PAGE, headers={"accept": "text/html"})
    assert (response.status_code, response.headers["Location"]) == (302, LOGIN)


def test_a_browser_with_a_readers_session_gets_a_page_that_says_no(client, db, reader):
    client.force_login(reader)
    response = client.get(PAGE, headers={"accept": "text/html"})
    assert response.status_code == 403
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "You may not see this" in response.content.decode()


def test_nothing_can_be_written(client, db):
    assert client.post(PAGE, headers=BEARER).status_code == 405


# --- formats


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("json", "application/json"),
        ("html", "text/html; charset=utf-8"),
        ("openmetrics", metrics.CONTENT_TYPE),
    ],
)
def test_the_address_may_name_a_format(admin_client, name, content_type):
    response = admin_client.get(PAGE, {"format": name})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        (OPEN_METRICS, "application/openmetrics-text"),
        (f"{OPEN_METRICS};q=0.6, */*;q=0.2", "application/openmetrics-text"),
    ],
)
def test_a_client_may_name_a_format(admin_client, accept, content_type):
    response = admin_client.get(PAGE, headers={"accept": accept})
    assert response.headers["Content-Type"].partition(";")[0] == content_type


@pytest.mark.parametrize("name", ["xml", "api", "<b>"])
def test_an_unknown_format_is_a_400_with_a_problem(client, db, name):
    response = client.get(PAGE, {"format": name}, headers=BEARER)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == PROBLEM


def test_a_type_that_is_not_on_offer_is_a_406_with_a_problem(client, db):
    response = client.get(PAGE, headers={**BEARER, "accept": "image/png"})
    assert response.status_code == 406
    assert response.headers["Content-Type"] == PROBLEM


def test_the_health_token_opens_the_page_for_people_too(client, db):
    response = client.get(PAGE, {"format": "html"}, headers=BEARER)
    assert response.status_code == 200
    assert b"Processes of this host" in response.content


@pytest.mark.parametrize("name", ["json", "html", "openmetrics"])
def test_head_is_answered_without_a_body(admin_client, name):
    response = admin_client.head(PAGE, {"format": name})
    assert (response.status_code, response.content) == (200, b"")


def test_nobody_remembers_the_answer(admin_client):
    assert admin_client.get(PAGE).headers["Cache-Control"] == "no-store"


def test_the_json_has_its_keys(client, db):
    found = facts(client)
    assert list(found) == [
        "status",
        "problem",
        "is_pooled",
        "total",
        "processes",
        "server",
        "history",
        "limits",
        "workers",
    ]
    assert found["limits"] == {"warning": 0.5, "critical": 0.85}
    assert found["workers"] is None


def test_each_process_has_all_gauges_and_counters(client, db, make_ledger):
    ledger = make_ledger(role="web")
    [process] = facts(client)["processes"]
    names = {*metrics.GAUGES, *metrics.COUNTERS} - {"breaker_open"}
    assert set(process) == names | {"pid", "role", "started_at", "breaker"}
    assert (process["pid"], process["role"]) == (ledger.pid, "web")


def test_the_history_has_a_line_for_each_minute_of_an_hour(client, db, make_ledger):
    ledger = make_ledger()
    ledger.used(peak=4, timeouts=2)
    ledger.lent(30)
    history = facts(client)["history"]
    minutes = [minute["minute"] for minute in history]
    assert (len(minutes), minutes) == (60, sorted(minutes))
    [used] = [minute for minute in history if minute["peak"] == 4]
    assert used["timeouts"] == 2
    assert round(sum(minute["in_use"] for minute in history), 2) == 0.5


def test_a_run_dir_that_is_gone_is_a_warning_with_the_processs_own_numbers(
    client, db, settings, tmp_path, monkeypatch
):
    settings.RUN_DIR = tmp_path / "file"
    settings.RUN_DIR.write_text("in the way")
    own = Ledger(settings.RUN_DIR, "web")
    own.set("checked_out", 1)
    monkeypatch.setattr(ledger_module, "_own", own)
    found = facts(client)
    assert (found["status"], found["total"]["checked_out"]) == ("warning", 1)
    assert "RUN_DIR" in found["problem"]


def test_the_metrics_have_a_gauge_for_each_process(client, db, make_ledger):
    ledger = make_ledger(checked_out=3, breaker=STATES.index("open"))
    found = families_of(client.get(PAGE, {"format": "openmetrics"}, headers=BEARER))
    labels = {"pid": str(ledger.pid), "role": "web"}
    for name in metrics.GAUGES:
        family = found[f"zeeguu_pool_{name}"]
        assert (family.type, family.samples[0].labels) == ("gauge", labels)
    assert found["zeeguu_pool_checked_out"].samples[0].value == 3
    assert found["zeeguu_pool_breaker_open"].samples[0].value == 1


def test_the_metrics_have_counters_of_all_processes(client, db, make_ledger):
    for number in (2, 3):
        make_ledger(timeouts=number)
    found = families_of(client.get(PAGE, headers={**BEARER, "accept": OPEN_METRICS}))
    for name in metrics.COUNTERS:
        family = found[f"zeeguu_pool_{name}"]
        assert (family.type, family.samples[0].labels) == ("counter", {})
    assert found["zeeguu_pool_timeouts"].samples[0].value == 5


def test_the_metrics_tell_of_the_server(client, db, server):
    found = families_of(client.get(PAGE, {"format": "openmetrics"}, headers=BEARER))
    assert found["zeeguu_database_threads_connected"].samples[0].value == 12
    assert found["zeeguu_database_max_connections"].samples[0].value == 100


def test_all_formats_tell_of_gunicorns_workers(admin_client, run_dir, monkeypatch):
    monkeypatch.setattr(os, "getppid", os.getpid)
    roster, worker = workers.Roster(run_dir), make_worker()
    roster.starts(worker)
    roster.has_ended(worker)
    assert facts(admin_client)["workers"]["ended"]["killed"] == 1
    found = families_of(admin_client.get(PAGE, {"format": "openmetrics"}))
    ended = found["zeeguu_workers_ended"].samples
    assert {s.labels["reason"]: s.value for s in ended}["killed"] == 1
    lines = table_of(page_of(admin_client), "gunicorn's workers")
    assert ["killed", "1", "1"] in lines


# --- numbers of several processes


def test_totals_are_sums_over_the_processes(client, db, run_dir, make_ledger):
    ledger = make_ledger(checked_out=3, idle=2, waiting=1, timeouts=4)
    with other_process(run_dir, checked_out=12, idle=1, timeouts=5) as other:
        found = facts(client)
    pids = {process["pid"] for process in found["processes"]}
    assert pids == {ledger.pid, other.pid}
    total = {"size": 20, "max_overflow": 20, "checked_out": 15, "idle": 3}
    total |= {"waiting": 1, "overflow": 3, "timeouts": 9, "utilisation": 0.375}
    assert found["total"].items() >= total.items()


def test_high_water_is_that_of_the_fullest_process(client, db, run_dir, make_ledger):
    make_ledger(high_water=7)
    with other_process(run_dir, high_water=9):
        assert facts(client)["total"]["high_water"] == 9
    assert facts(client)["total"]["high_water"] == 7


def test_the_dead_are_counted_but_not_shown(client, db, run_dir):
    with other_process(run_dir, checked_out=4, checkouts=40, failures=2):
        assert facts(client)["total"]["processes"] == 1
    for _ in range(2):  # the second look must not count it twice
        found = facts(client)
        assert found["processes"] == []
        total = {"processes": 0, "checked_out": 0, "checkouts": 40, "failures": 2}
        assert found["total"].items() >= total.items()


# --- the status


@pytest.mark.parametrize(
    ("checked_out", "status"),
    [(9, "ok"), (10, "warning"), (16, "warning"), (17, "critical"), (20, "critical")],
)
def test_the_status_follows_the_fullest_process(
    client, db, make_ledger, server, checked_out, status
):
    for used in (checked_out, 0):
        make_ledger(checked_out=used)
    assert facts(client)["status"] == status


@pytest.mark.parametrize(
    ("utilisation", "status"),
    [(0.49, "ok"), (0.5, "warning"), (0.85, "critical")],
)
def test_the_status_follows_the_server_too(client, db, server, utilisation, status):
    server["utilisation"] = utilisation
    assert facts(client)["status"] == status


@pytest.mark.parametrize("state", ["open", "half open"])
def test_a_breaker_that_is_not_closed_is_critical(
    client, db, make_ledger, server, state
):
    make_ledger(breaker=STATES.index(state))
    found = facts(client)
    assert found["status"] == "critical"
    assert found["total"]["breakers_open"] == 1
    assert found["processes"][0]["breaker"] == state


def test_processes_without_a_pool_use_no_share_of_it(client, db, make_ledger, server):
    make_ledger(size=0, max_overflow=0, checked_out=1)
    found = facts(client)
    assert found["status"] == "ok"
    assert found["total"]["utilisation"] == 0


# --- what it costs, and without a database


def test_it_asks_the_server_at_most_once(client, db, django_assert_max_num_queries):
    most = 0 if connection.vendor == "sqlite" else 1
    with django_assert_max_num_queries(most):
        found = facts(client)
    assert bool(found["server"]) == found["is_pooled"] == bool(most)


@pytest.mark.parametrize("name", ["json", "html", "openmetrics"])
def test_the_health_token_works_without_a_database(client, no_database, name):
    response = client.get(PAGE, {"format": name}, headers=BEARER)
    assert response.status_code == 200
    assert "10.1.2.3" not in response.content.decode()


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_staff_can_not_be_known_without_a_database(admin_client, no_database, accept):
    response = admin_client.get(PAGE, headers={"accept": accept})
    assert response.status_code == 503
    assert "10.1.2.3" not in response.content.decode()


def test_a_server_that_does_not_answer_is_critical(client, no_database, make_ledger):
    make_ledger(checked_out=2)
    found = facts(client)
    assert found["status"] == "critical"
    assert found["server"] == {"error": "the database can't be reached"}
    assert found["total"]["checked_out"] == 2


# --- the page for people


def test_the_figures_are_on_the_page(admin_client, make_ledger, server):
    make_ledger(checked_out=12, idle=1234, high_water=15)
    figures = figures_of(page_of(admin_client))
    assert figures.items() >= {"Status": "warning", "Checked out": "12"}.items()
    assert (figures["Idle"], figures["Utilisation"]) == ("1,234", "60%")
    assert figures["Server's connections"] == "12 of 100"
    assert figures["High water"] == "15"


def test_each_process_has_a_line_on_the_page(admin_client, make_ledger):
    ledger = make_ledger(role="web", checked_out=5)
    [line] = table_of(page_of(admin_client), "Processes of this host")
    assert line[:2] == [str(ledger.pid), "web"]
    assert line[3:] == ["closed", "10", "10", "5", "0", "0", "0", "0", "25%"]


def test_the_counts_on_the_page_add_up(admin_client, run_dir, make_ledger):
    with other_process(run_dir, checkouts=1000):
        pass
    ledger = make_ledger(checkouts=234)
    lines = table_of(page_of(admin_client), "Counted since each process began")
    ours, gone = [str(ledger.pid), "234"], ["those that are gone", "1,000"]
    assert [line[:2] for line in lines] == [ours, gone, ["all", "1,234"]]


def test_every_word_of_the_tables_is_explained(admin_client):
    page = page_of(admin_client)
    explained = {word for word, _ in table_of(page, "What the words mean")}
    for name in (*metrics.GAUGES, *metrics.COUNTERS):
        assert name.removesuffix("_open").replace("_", " ") in explained


def test_charts_have_titles_where_there_is_something_to_draw(admin_client, make_ledger):
    make_ledger().lent(30)
    page = page_of(admin_client)
    titles = texts(page.xpath("//*[name()='svg'][@role='img']/*[name()='title']"))
    drawn = ["Connections in use, mean of each minute", "Most at once in one process"]
    assert titles == drawn
    [without] = texts(page.xpath("//figure[not(*[name()='svg'])]"))
    assert without == "Requests that waited in vain None in this hour."


def test_a_database_without_a_pool_is_explained(admin_client, monkeypatch):
    monkeypatch.setattr(status_module, "is_pooled", lambda: False)
    page = page_of(admin_client)
    assert "This database has no pool" in page.text_content()
    assert "No process has asked for a connection." in page.text_content()


def test_a_strange_role_is_not_shown(admin_client, make_ledger):
    make_ledger(role="<b>")
    assert facts(admin_client)["processes"] == []
    assert table_of(page_of(admin_client), "Processes of this host") == []


def test_the_admins_index_leads_to_the_page_and_the_page_back(admin_client):
    index = html.fromstring(admin_client.get("/admin/").content)
    assert PAGE in index.xpath("//*[@id='operations']//a/@href")
    crumbs = page_of(admin_client).xpath("//div[@class='breadcrumbs']//a/@href")
    assert crumbs == ["/admin/", "/health/"]
