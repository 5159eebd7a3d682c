"""Connections under fire: real gunicorn on a MariaDB that is killed, stopped and full.

What is asked of all: every request is answered in time, with what was asked for or with
503, and when the trouble is over all is as before.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from django.conf import settings

pytest.importorskip("MySQLdb", reason="runs with the tests on MySQL")

import MySQLdb

from articles.tests.site import find_port
from learners.accounts.sessions import digest_of
from ops.database.mysql.driver import ANSWER_S
from ops.tests.clients import Answer, Crowd, ask, hang_up, wait_until
from ops.tests.mariadb import MariaDB, needs_own_server
from ops.tests.serving import (
    bring_demo_news,
    manage,
    serving,
)

pytestmark = needs_own_server()

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
WORKERS, SIZE, OVERFLOW = 4, 3, 12
BOUND = WORKERS * (SIZE + OVERFLOW)
POOL_TIMEOUT_S, CONNECT_TIMEOUT_S, STATEMENT_TIMEOUT_S = 2, 2, 3
# To wait for a connection, to find that it is dead, and to fail to open another.
LONGEST_S = POOL_TIMEOUT_S + STATEMENT_TIMEOUT_S + 5 + CONNECT_TIMEOUT_S + 3
BACK_WITHIN_S = 5
READS = ("/", "/api/articles/?language=da", "/read/da/", "/test/which/")


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    server = MariaDB(tmp_path_factory.mktemp("mariadb"), max_connections=200)
    server.start()
    server.rows("CREATE DATABASE zeeguu CHARACTER SET utf8mb4")
    yield server
    server.end()


@pytest.fixture(scope="module")
def env(database, tmp_path_factory):
    """Variables of an installation with the Danish demo news, and its staff's key."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ops.tests.settings",
        "DATABASE_URL": database.url,
        "DEMO_SITE_PORT": str(find_port()),
        "RUN_DIR": str(tmp_path_factory.mktemp("run")),
        "HEALTH_TOKEN": TOKEN,
        "GUNICORN_WORKERS": str(WORKERS),
        "GUNICORN_THREADS": "15",
        "DATABASE_POOL_SIZE": str(SIZE),
        "DATABASE_POOL_OVERFLOW": str(OVERFLOW),
        "DATABASE_POOL_TIMEOUT_S": str(POOL_TIMEOUT_S),
        "DATABASE_CONNECT_TIMEOUT_S": str(CONNECT_TIMEOUT_S),
        "DATABASE_STATEMENT_TIMEOUT_S": str(STATEMENT_TIMEOUT_S),
        "TOKENIZER_PRELOAD": "none",
        "LOG_LEVEL": "ERROR",
    }
    bring_demo_news(env)
    manage(env, "ensure_admin", "--email", "staff@example.com")
    key = "0123456789abcdef" * 2
    database.rows(
        "INSERT INTO learners_session (digest, kind, user_id, data, device, created_at,"
        f" seen_at, expires_at) SELECT '{digest_of(key)}', 'api', id, '', '', NOW(),"
        " NOW(), NOW() + INTERVAL 1 DAY FROM learners_user",
        "zeeguu",
    )
    return {**env, "STAFF_KEY": key}


def pool(server):
    answer = ask(server.port, "/health/pool", headers=BEARER)
    assert answer.status == 200, answer
    return json.loads(answer.body)


def in_time(answers):
    """All were answered, with what was asked for or 503, and soon."""
    assert {answer.status for answer in answers} <= {200, 201, 503}
    assert max(answer.seconds for answer in answers) < LONGEST_S
    return True


# --- forks


@pytest.mark.parametrize("is_careless", [False, True])
def test_no_two_processes_ever_have_the_same_connection(env, database, is_careless):
    """Not even where the master has one, which its children inherit."""
    application = "ops.tests.preloaded_wsgi" if is_careless else "zeeguu.wsgi"
    with serving(env, application) as server:
        wait_until(lambda: len(ids_by_process(ask_which(server, 60))) == WORKERS, 40)
        answers = ask_which(server, 1000)
        assert {answer.status for answer in answers} == {200}
        ids = ids_by_process(answers)
        assert len(ids) == WORKERS
        assert len(set.union(*ids.values())) == sum(map(len, ids.values()))
        if is_careless:
            # None of the children used it, nor ended it when it ended.
            masters = masters_connection(server)
            assert masters not in set.union(*ids.values())
            server.process.send_signal(signal.SIGHUP)
            server.read_until("Worker exiting")
            assert masters in database.clients()
        assert server.end() == 0
    log = "".join(server.log)
    assert "Traceback" not in log and "out of sync" not in log


def ask_which(server, times):
    with ThreadPoolExecutor(60) as clients:
        return list(
            clients.map(lambda _: ask(server.port, "/test/which/"), range(times))
        )


def ids_by_process(answers):
    ids = defaultdict(set)
    for answer in answers:
        found = json.loads(answer.body)
        ids[found["pid"]].add(found["id"])
    return ids


def masters_connection(server):
    log = "".join(server.log)
    return int(re.search(r"The master's connection is (\d+)", log)[1])


FORKING = """
import json, os, sys, threading
import django
django.setup()
from django.db import connection, transaction
from articles.models import Topic
from ops.tests.urls import ask

def which():
    return ask("SELECT CONNECTION_ID()")

def work(number, found, may_end, is_ready):
    with transaction.atomic():
        Topic.objects.create(slug=f"fork-{os.getpid()}-{number}", name="Fork")
        before = which()
        is_ready.wait()
        may_end.wait(60)
        found.append((before, which()))
    connection.close()

def child(number):
    os.close(reading)
    if number == 0:
        sys.exit(0)  # it never asks the database anything
    found = [which()] if number > 2 else []
    def borrow():
        found.extend(which() for _ in range(20))
        connection.close()
    threads = [threading.Thread(target=borrow) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    os.write(writing, (json.dumps(found) + "\\n").encode())
    sys.exit(0)

mine = which()  # the thread that forks has one in use, and another one is idle
threading.Thread(target=lambda: (which(), connection.close())).start()
found, may_end, is_ready = [], threading.Event(), threading.Barrier(9)
threads = [
    threading.Thread(target=work, args=(n, found, may_end, is_ready)) for n in range(8)
]
[thread.start() for thread in threads]
is_ready.wait()
reading, writing = os.pipe()
pids = []
for number in range(5):
    pid = os.fork()
    if not pid:
        child(number)
    pids.append(pid)
os.close(writing)
children = [json.loads(line) for line in os.fdopen(reading)]
statuses = [os.waitpid(pid, 0)[1] for pid in pids]
may_end.set()
[thread.join() for thread in threads]
print(json.dumps({
    "statuses": statuses,
    "children": children,
    "threads": found,
    "mine": [mine, which()],
    "stored": Topic.objects.filter(slug__startswith=f"fork-{os.getpid()}-").count(),
}))
"""


def python(env, code):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_children_of_a_busy_parent_leave_its_connections_alone(env):
    """Eight of its threads are in transactions; all of these are committed later."""
    found = python(env, FORKING)
    assert found["statuses"] == [0] * 5
    assert found["stored"] == 8
    before, after = zip(*found["threads"], strict=True)
    assert before == after
    assert found["mine"][0] == found["mine"][1]
    parents = {*before, found["mine"][0]}
    sets = [parents, *map(set, found["children"])]
    assert len(set.union(*sets)) == sum(map(len, sets))


FORKED_BY_C = """
import ctypes, json, os, sys
import django
django.setup()
from django.db import transaction
from articles.models import Topic
from ops.tests.urls import ask

mine = ask("SELECT CONNECTION_ID()")
if not ctypes.PyDLL(None).fork():
    sys.exit(0)  # collects what it inherited
os.wait()
same = ask("SELECT CONNECTION_ID()") == mine
try:
    with transaction.atomic():
        Topic.objects.create(slug=f"c-{os.getpid()}", name="C")
        pid = ctypes.PyDLL(None).fork()
        if pid:
            os.wait()
            raise ValueError  # the parent changes its mind, whatever its child does
except ValueError:
    stored = Topic.objects.filter(slug__startswith="c-").count()
    print(json.dumps([same, stored]))
except Exception:
    os._exit(0)  # the child can't commit
"""


def test_a_child_that_python_did_not_fork_does_no_harm_when_it_ends(env):
    is_same, stored = python(env, FORKED_BY_C)
    assert is_same
    assert stored == 0


ASKING_FORKED_BY_C = """
import ctypes, json, os
import django
django.setup()
from ops.tests.urls import ask

mine = ask("SELECT CONNECTION_ID()")
reading, writing = os.pipe()
pid = ctypes.PyDLL(None).fork()  # Python does not know
if not pid:
    os.write(writing, str(ask("SELECT CONNECTION_ID()")).encode())
    os._exit(0)
os.waitpid(pid, 0)
print(json.dumps([mine, int(os.read(reading, 99)), ask("SELECT CONNECTION_ID()")]))
"""


def test_a_child_that_python_did_not_fork_gets_its_own_connection_too(env):
    before, childs, after = python(env, ASKING_FORKED_BY_C)
    assert before == after != childs


# --- connections and servers that go away


@contextmanager
def visitors(server, env, clients=16):
    """Readers of all pages, and staff that adds feeds, until the context ends."""
    staff = {
        "Authorization": f"Token {env['STAFF_KEY']}",
        "Content-Type": "application/json",
    }
    run = f"{server.port}-{time.time_ns()}"

    def visit(number):
        if number % 5:
            return ask(server.port, READS[number % len(READS)])
        # Nobody answers here, and no name server knows a name: it is not looked at.
        url = f"https://93.184.215.14/{run}/{number}"
        body = json.dumps({"url": url, "language": "da", "unchecked": True})
        answer = ask(server.port, "/api/feeds/", "POST", body, staff)
        return Answer(url, answer.began, answer.seconds, answer.status)

    with Crowd(visit, clients) as crowd:
        yield crowd


def lost(crowd, database):
    """Addresses of feeds that were acknowledged, and are not there."""
    acknowledged = {answer.path for answer in crowd.answers if answer.status == 201}
    stored = {
        row[0] for row in database.rows("SELECT url FROM articles_feed", "zeeguu")
    }
    assert acknowledged
    return acknowledged - stored


def test_connections_killed_all_the_time_are_replaced(env, database):
    with serving(env) as server:
        with visitors(server, env) as crowd:
            wait_until(lambda: len(crowd.answers) > 200, 60)
            ends = time.monotonic() + 4
            while time.monotonic() < ends:
                kill_all(database)
                time.sleep(random.uniform(0, 0.1))
            killed_until = time.monotonic()
            time.sleep(1)
        assert in_time(crowd.answers)
        later = [a for a in crowd.answers if a.began > killed_until + 0.6]
        assert {answer.status for answer in later} == {200, 201}
        assert not lost(crowd, database)
        assert pool(server)["total"]["invalidated"] > 50


def kill_all(database):
    connection = database.connect()
    for number in database.clients() - {connection.thread_id()}:
        with suppress(MySQLdb.Error):  # it may have ended meanwhile
            connection.query(f"KILL {number}")
    connection.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_database_that_is_away_for_ten_seconds_is_back_at_once(env, database, how):
    with serving(env) as server:
        with visitors(server, env) as crowd:
            wait_until(lambda: len(crowd.answers) > 200, 60)
            database.end(how)
            away_at = time.monotonic()
            time.sleep(5)
            states = {process["breaker"] for process in pool(server)["processes"]}
            time.sleep(5)
            back_at = database.start()
            time.sleep(BACK_WITHIN_S + 2)
        assert in_time(crowd.answers)
        assert "open" in states
        away = [a for a in crowd.answers if away_at + 3 < a.began < back_at - 3]
        assert {answer.status for answer in away} == {503}
        # An open breaker answers at once, and asks the server now and then.
        assert sorted(a.seconds for a in away)[len(away) // 2] < 0.5
        total = pool(server)["total"]
        assert total["refused"] > 3 * total["failures"]
        later = [a for a in crowd.answers if a.began > back_at + BACK_WITHIN_S]
        assert {answer.status for answer in later} == {200, 201}
        assert not lost(crowd, database)


def test_a_database_that_hangs_costs_nobody_more_than_the_limits(env, database):
    """It is silent for longer than anybody waits."""
    with serving({**env, "DATABASE_STATEMENT_TIMEOUT_S": "1"}) as server:
        with visitors(server, env, clients=8) as crowd:
            wait_until(lambda: len(crowd.answers) > 200, 60)
            database.send(signal.SIGSTOP)
            frozen_at = time.monotonic()
            time.sleep(LONGEST_S + 1)
            database.send(signal.SIGCONT)
            back_at = time.monotonic()
            time.sleep(BACK_WITHIN_S + 2)
        assert in_time(crowd.answers)
        # Who has no statement under way finds out sooner: by a ping, or a connect.
        began_later = [a.seconds for a in crowd.answers if a.began > frozen_at + 1]
        assert max(began_later) < POOL_TIMEOUT_S + ANSWER_S + CONNECT_TIMEOUT_S + 2
        later = [a for a in crowd.answers if a.began > back_at + BACK_WITHIN_S]
        assert {answer.status for answer in later} == {200, 201}
        assert not lost(crowd, database)


def test_connections_that_the_server_closed_meanwhile_are_not_noticed(env, database):
    database.rows("SET GLOBAL wait_timeout = 2")
    try:
        with serving(env) as server:
            for _ in range(3):
                with ThreadPoolExecutor(20) as clients:
                    calls = [
                        clients.submit(ask, server.port, path) for path in READS * 20
                    ]
                    answers = [call.result() for call in calls]
                assert {answer.status for answer in answers} == {200}
                wait_until(lambda: len(database.clients()) <= 1, 10)
            assert pool(server)["total"]["reconnects"] > 0
    finally:
        database.rows("SET GLOBAL wait_timeout = 28800")


# --- leaks


def test_failing_requests_and_clients_who_hang_up_leave_nothing_behind(env, database):
    """10,000 requests: a third fails, and 200 clients leave in the middle."""
    with serving(env) as server:
        worker_processes(server)
        before = descriptors(server)
        most = 0
        with ThreadPoolExecutor(40) as clients:
            calls = [clients.submit(mishap, server.port, n) for n in range(10_000)]
            while not all(call.done() for call in calls[-40:]):
                most = max(most, len(database.clients()))
                time.sleep(0.2)
            statuses = [call.result() for call in calls]
        assert Counter(statuses) == {200: 6466, 500: 3334, "hung up": 200}
        wait_until(lambda: pool(server)["total"]["checked_out"] == 0, 10)
        assert 0 < most <= BOUND
        # Clients' sockets are closed a moment after their answers.
        wait_until(lambda: not grown(before, descriptors(server)), 10)


def grown(before, after):
    return [pid for pid in before if after[pid] > before[pid]]


def mishap(port, number):
    if number % 48 == 1 and number < 48 * 200:
        hang_up(port, "/test/streamed/")
        return "hung up"
    path = "/test/failing/" if number % 3 == 0 else READS[1 + number % 3]
    return ask(port, path).status


def warm_up(server):
    """Let every worker open what it opens once."""
    with ThreadPoolExecutor(60) as clients:
        list(clients.map(lambda n: ask(server.port, READS[n % 4]), range(1000)))


def descriptors(server):
    """Open files of each worker but its idle connections, which the pool bounds."""
    processes = pool(server)["processes"]
    return {
        process["pid"]: len(os.listdir(f"/proc/{process['pid']}/fd")) - process["idle"]
        for process in processes
    }


# --- too many at once


def test_two_hundred_clients_of_three_connections_wait_in_order_or_get_503(env):
    crowded = {
        **env,
        "GUNICORN_WORKERS": "1",
        "GUNICORN_THREADS": "200",
        "DATABASE_POOL_SIZE": "3",
        "DATABASE_POOL_OVERFLOW": "0",
    }
    with serving(crowded) as server:
        before = pool(server)["total"]["timeouts"]
        with Crowd(lambda n: ask(server.port, "/test/slow/?s=0.05"), 200) as crowd:
            time.sleep(8)
        statuses = crowd.statuses()
        assert set(statuses) == {200, 503}
        assert statuses[200] > 50
        slowest = max(answer.seconds for answer in crowd.answers)
        assert slowest < POOL_TIMEOUT_S + 3
        total = pool(server)["total"]
        assert total["timeouts"] - before == statuses[503]
        assert total["high_water"] == 3


def test_a_thousand_health_calls_open_no_connection(env, database):
    paths = (
        "/health/pool",
        "/health/ready",
        "/health/live",
        "/health/pool?format=html",
    )
    bearer = {"Authorization": BEARER["Authorization"]}
    with serving({**env, "GUNICORN_WORKERS": "1"}) as server:

        def call(number):
            return ask(server.port, paths[number % 4], headers=bearer).status

        # What it counts for all later calls, it counts beside the first.
        assert ask(server.port, "/health/").status == 200
        assert {call(number) for number in range(8)} == {200}
        before = database.clients()
        assert {call(number) for number in range(1000)} == {200}
        assert ask(server.port, "/health/").status == 200
        assert database.clients() == before


# --- gunicorn


def test_reloads_and_recycled_workers_lose_no_request(env):
    recycling = {
        **env,
        "GUNICORN_MAX_REQUESTS": "30",
        "GUNICORN_MAX_REQUESTS_JITTER": "10",
    }
    with serving(recycling) as server:
        with Crowd(lambda n: ask(server.port, READS[n % 4]), 8) as crowd:
            wait_until(lambda: ended(server)["recycled: requests"] > WORKERS, 60)
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: ended(server)["asked to end"] >= 2, 40)
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: ended(server)["asked to end"] >= 4, 40)
        assert set(crowd.statuses()) == {200}
        assert pool(server)["workers"]["unplanned_per_hour"] == 0


def test_workers_that_hang_or_are_killed_are_counted_with_the_reason(env):
    with serving({**env, "GUNICORN_TIMEOUT_S": "2"}) as server:
        pids = [process["pid"] for process in worker_processes(server)]
        os.kill(pids[0], signal.SIGKILL)
        os.kill(pids[1], signal.SIGSTOP)
        wait_until(lambda: ended(server)["timed out"] == 1, 20)
        assert ended(server)["killed"] == 1
        assert pool(server)["workers"]["started"] == WORKERS + 2


def worker_processes(server):
    """All workers, once each has asked the database something."""
    wait_until(lambda: warm_up(server) or len(pool(server)["processes"]) >= WORKERS, 30)
    return pool(server)["processes"]


def ended(server):
    return pool(server)["workers"]["ended"]


def test_the_first_worker_warns_of_more_connections_than_the_server_allows(env):
    with serving({**env, "DATABASE_POOL_OVERFLOW": "100"}) as server:
        assert "make 432; the server allows 200" in server.read_until("ops.W002")
