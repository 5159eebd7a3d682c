"""Real gunicorn with real workers, over articles that the real crawler brought."""

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

PATIENCE_S = 60
WORKERS = 2
ARTICLES = "/api/articles/?language=da"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """gunicorn as the project configures it; ``log`` grows until it has ended."""

    def __init__(self, env, application, options):
        self.port = free_port()
        self.log = []
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("gunicorn")),
                "-c",
                "zeeguu/gunicorn.conf.py",
                *options,
                application,
            ],
            cwd=settings.BASE_DIR,
            env={**env, "BIND": f"127.0.0.1:{self.port}"},
            stderr=subprocess.PIPE,
            text=True,
        )
        # Read all the time: who writes into a full pipe waits.
        self._lines = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        # Once it listens, requests wait in the queue until a worker takes them.
        self.read_until("Listening at")

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)
            self._lines.put(line)
        self._lines.put("")

    def read_until(self, words):
        while line := self._lines.get(timeout=PATIENCE_S):
            if words in line:
                return line
        raise AssertionError(f"gunicorn ended early:\n{''.join(self.log)}")

    def get(self, path, accept="*/*"):
        """Status and body, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE_S)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def get_json(self, path):
        status, body = self.get(path, "application/json")
        assert status == 200, body
        return json.loads(body)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self._reader.join(PATIENCE_S)
        self.process.stderr.close()
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(env, application="zeeguu.wsgi", *options):
    server = Server(env, application, options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end()


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    """Variables of an installation with the Danish demo news."""
    database = tmp_path_factory.mktemp("gunicorn") / "db.sqlite3"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
        "DATABASE_URL": f"sqlite:///{database}",
        "DEMO_SITE_PORT": str(free_port()),
        "GUNICORN_WORKERS": str(WORKERS),
        "GUNICORN_THREADS": "4",
    }
    bring_demo_news(env)
    return env


def bring_demo_news(env):
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "load_default_feeds", "--demo", "--language", "da")
    manage(env, "crawl")


def manage(env, *command):
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=env,
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )


@pytest.fixture(scope="module")
def server(env):
    with serving(env) as server:
        yield server


def test_the_home_page_shows_the_crawled_articles(server):
    status, page = server.get("/")
    title = server.get_json(ARTICLES)["results"][0]["title"]
    assert status == 200
    assert title in page


def test_lists_and_articles_come_with_fresh_tokens(server):
    cards = server.get_json(ARTICLES)["results"]
    assert len(cards) >= 3
    assert {card["tokenization"] for card in cards} == {"fresh"}
    article = server.get_json(f"/api/articles/{cards[0]['id']}/")
    assert all(fragment["tokens"][0] for fragment in article["fragments"])


def test_the_article_page_shows_words(server):
    card = server.get_json(ARTICLES)["results"][0]
    status, page = server.get(f"/read/da/{card['id']}/")
    assert status == 200
    assert card["title"].split()[0] in page


def test_all_is_healthy(server):
    for path in ("/health/live", "/health/ready", "/health/"):
        assert set(server.get_json(path).values()) <= {"OK"}


@pytest.mark.parametrize("path", ["/api/docs/", "/api/schema/", "/admin/login/"])
def test_other_pages_answer(server, path):
    status, _ = server.get(path)
    assert status == 200


def test_an_unknown_address_is_a_problem(server):
    status, body = server.get("/api/nowhere/")
    assert (status, json.loads(body)["status"]) == (404, 404)


def test_forty_lists_at_once_are_all_answered_alike(server):
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(server.get, [ARTICLES] * 40))
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1


def test_a_reload_loses_no_request(env):
    with serving(env) as server:
        server.get(ARTICLES)
        statuses = []
        for number in range(100):
            if number == 30:
                server.process.send_signal(signal.SIGHUP)
            statuses.append(server.get(ARTICLES)[0])
        for _ in range(2 * WORKERS):  # the first ones and the new ones
            server.read_until("Booting worker")
    assert statuses == [200] * 100


def test_a_request_to_end_is_obeyed_at_once_and_without_complaint(env):
    with serving(env) as server, ThreadPoolExecutor(8) as pool:
        server.get(ARTICLES)
        answers = [pool.submit(server.get, ARTICLES) for _ in range(8)]
        assert {answer.result()[0] for answer in answers} == {200}
        assert server.end() == 0
    log = "".join(server.log)
    assert "Handling signal: term" in log
    assert "Traceback" not in log
