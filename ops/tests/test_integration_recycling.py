"""Real gunicorn replaces its workers, and its readers notice nothing."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from articles.tests.site import find_port
from ops.tests.clients import Crowd, ask, children, wait_until
from ops.tests.serving import PATIENCE_S, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

WORKERS, CLIENTS = 4, 60
TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
# All are due within one second, in a service that has the shipped settings otherwise.
SOON = {"GUNICORN_MAX_AGE_S": "5"}


@pytest.fixture
def env(tmp_path):
    """The shipped configuration, but that the models are not needed here."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ops.tests.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "RUN_DIR": str(tmp_path / "run"),
        "HEALTH_TOKEN": TOKEN,
        "TOKENIZER_PRELOAD": "none",
    }


def ended(server, reason):
    """How many workers have ended for a reason."""
    answer = ask(server.port, "/health/pool", headers=BEARER)
    return json.loads(answer.body)["workers"]["ended"][reason]


class Kept:
    """Each thread keeps its connection as long as the server lets it."""

    def __init__(self, port):
        self._port, self._own, self._all = port, threading.local(), []

    def ask(self, path):
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=PATIENCE_S
            )
            self._all.append(self._own.connection)
        self._own.connection.request("GET", path)
        response = self._own.connection.getresponse()
        return response.status, response.read()

    def close(self):
        for connection in self._all:
            connection.close()


def test_no_request_is_lost_while_all_workers_are_replaced(env):
    """Half of the readers keep their connection, half open one for each request."""
    most_children = []

    def read(number):
        if number % 2:
            return kept.ask("/test/who/")
        answer = ask(server.port, "/test/who/")
        return answer.status, answer.body

    with serving({**env, **SOON}) as server:
        kept = Kept(server.port)
        with closing(kept), Crowd(read, CLIENTS) as crowd:

            def all_are_replaced():
                most_children.append(len(children(server)))
                return ended(server, "recycled: aged") >= WORKERS

            wait_until(all_are_replaced)
        assert ended(server, "killed") == ended(server, "failed") == 0
        assert server.end() == 0
    statuses = {status for status, _ in crowd.answers}
    pids = {json.loads(body)["pid"] for _, body in crowd.answers}
    assert statuses == {200}
    assert len(pids) > WORKERS
    assert max(most_children) == WORKERS + 1
    assert_one_at_a_time("".join(server.log))


def assert_one_at_a_time(log):
    """A successor boots, then the worker that it succeeds exits; then it may recur."""
    words = r"Replacing worker (\d+)|(Booting) worker|Worker (exiting) \(pid: (\d+)\)"
    log = log[: log.index("Handling signal: term")]
    events = [match.groups() for match in re.finditer(words, log)][WORKERS:]
    steps = [events[place : place + 3] for place in range(0, len(events) // 3 * 3, 3)]
    assert len(steps) >= WORKERS
    for replacing, booting, exiting in steps:
        assert booting[1] and exiting[2]
        assert replacing[0] == exiting[3]


def test_a_leaking_worker_is_replaced_for_its_growth(env):
    path = "/test/leaking/?bytes=200000"
    with serving({**env, "GUNICORN_MAX_GROWTH_MB": "30"}) as server:
        with Crowd(lambda _: ask(server.port, path), 4) as crowd:
            wait_until(lambda: ended(server, "recycled: grown") >= 1)
        assert server.end() == 0
    assert set(crowd.statuses()) == {200}


def test_a_worker_that_does_not_leak_is_not_replaced(env):
    with serving({**env, "GUNICORN_MAX_GROWTH_MB": "30"}) as server:
        with Crowd(lambda _: ask(server.port, "/test/who/"), 4):
            time.sleep(8)
        assert ended(server, "recycled: grown") == 0


def test_requests_are_a_backstop(env):
    with (
        serving({**env, "GUNICORN_MAX_REQUESTS": "50"}) as server,
        Crowd(lambda _: ask(server.port, "/test/who/"), 4) as crowd,
    ):
        wait_until(lambda: ended(server, "recycled: requests") >= 1)
    assert set(crowd.statuses()) == {200}


def test_a_reload_during_a_replacement_leaves_as_many_workers_as_before(env):
    with serving({**env, "GUNICORN_MAX_AGE_S": "10"}) as server:
        server.read_until("Replacing worker")
        server.process.send_signal(signal.SIGHUP)
        for _ in range(WORKERS):
            server.read_until("Worker exiting")
        assert set(server.get_json("/test/who/")) == {"pid"}
        wait_until(lambda: len(children(server)) == WORKERS)
        assert server.end() == 0


def test_new_code_comes_with_a_new_master_and_no_request_is_lost(env):
    """As docs/operations.md says: USR2, and TERM when the new one is there."""
    with (
        serving(env) as server,
        Crowd(lambda _: ask(server.port, "/test/who/"), 8) as crowd,
    ):
        for _ in range(WORKERS):
            server.read_until("Booting worker")
        server.process.send_signal(signal.SIGUSR2)
        started = server.read_until("Starting gunicorn")
        for _ in range(WORKERS):
            server.read_until("Booting worker")
        server.process.terminate()
        assert server.process.wait(PATIENCE_S) == 0
        assert ended(server, "killed") == 0  # the new master's workers answer
    os.kill(int(re.search(r"\] \[(\d+)\]", started)[1]), signal.SIGTERM)
    server.end()  # both have ended when nobody writes into the log any more
    assert set(crowd.statuses()) == {200}


def test_the_master_has_django_but_no_thread_and_no_connection(env):
    """What a fork would break, or two processes would share."""
    with serving(env) as server:
        server.get("/test/who/")
        process = Path(f"/proc/{server.process.pid}")
        files = [os.readlink(file) for file in (process / "fd").iterdir()]
        assert len(list((process / "task").iterdir())) == 1
        assert sum(file.startswith("socket:") for file in files) == 1  # it listens
        assert not any("sqlite" in file for file in files)


def test_code_that_can_not_be_imported_stops_the_start(env):
    command = [sys.executable, "-m", "gunicorn", "-c", "zeeguu/gunicorn.conf.py"]
    done = subprocess.run(
        [*command, "zeeguu.no"],
        cwd=settings.BASE_DIR,
        env={**env, "BIND": f"127.0.0.1:{find_port()}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode != 0
    assert "zeeguu.no" in done.stderr
