"""Tries to sign in at a real gunicorn of four workers: whichever answers, one limit."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.conf import settings

from ops.tests.clients import children, wait_until
from ops.tests.serving import PATIENCE_S, installation, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

LIMIT, WORKERS = 10, 4
ADA = "ada@example.com"
MAKE_ADA = f"""
from learners.models import User
User.objects.create_user("{ADA}", "correct horse", is_staff=True)
"""


@pytest.fixture
def env(tmp_path, migrated):
    env = installation(
        tmp_path,
        migrated,
        GUNICORN_WORKERS=str(WORKERS),
        GUNICORN_THREADS="4",
        SIGN_IN_RATE=f"{LIMIT}/hour",
        TRUSTED_PROXIES="1",
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--command", MAKE_ADA],
        cwd=settings.BASE_DIR,
        env=env,
        check=True,
        capture_output=True,
    )
    return env


@pytest.fixture
def server(env):
    with serving(env) as server:
        yield server


class Visitor:
    """Somebody at an address, as the proxy in front names it."""

    def __init__(self, server, address="192.0.2.1"):
        self._server = server
        self._headers = {"X-Forwarded-For": address}

    def sign_in(self, password="wrong"):
        """Status and Retry-After of a try at the API."""
        body = f'{{"email": "{ADA}", "password": "{password}"}}'
        response, _ = self._ask(
            "POST", "/api/token/", body, {"Content-Type": "application/json"}
        )
        return response.status, response.headers["Retry-After"]

    def sign_in_to_admin(self, password="wrong"):
        """The same on the admin's page, as a browser does."""
        form, page = self._ask("GET", "/admin/login/")
        [token] = re.findall('name="csrfmiddlewaretoken" value="(.*?)"', page)
        cookie = form.headers["Set-Cookie"].split(";")[0]
        fields = {"username": ADA, "password": password, "csrfmiddlewaretoken": token}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
        }
        body = urlencode(fields)
        response, page = self._ask("POST", "/admin/login/", body, headers)
        return response.status, response.headers["Retry-After"]

    def _ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._server.port, timeout=PATIENCE_S
        )
        try:
            headers = {**self._headers, **(headers or {})}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()


def test_four_workers_allow_as_many_tries_as_one(server):
    visitor = Visitor(server)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.sign_in(), range(4 * LIMIT)))
    statuses = Counter(status for status, _ in answers)
    assert statuses == {400: LIMIT, 429: 3 * LIMIT}
    assert all(3500 < int(wait) <= 3600 for status, wait in answers if status == 429)
    # The right password too, whichever way it comes; but not from elsewhere.
    assert visitor.sign_in("correct horse")[0] == 429
    assert visitor.sign_in_to_admin("correct horse")[0] == 429
    assert Visitor(server, "198.51.100.7").sign_in_to_admin("correct horse")[0] == 302


def test_the_next_try_is_refused_by_each_worker(server):
    """One at a time, on connections of their own, so that all workers answer some."""
    visitor = Visitor(server)
    statuses = [visitor.sign_in_to_admin()[0] for _ in range(LIMIT)]
    assert statuses == [200] * LIMIT
    for pid in children(server):
        others = [other for other in children(server) if other != pid]
        for other in others:
            os.kill(other, signal.SIGSTOP)
        try:
            assert visitor.sign_in()[0] == 429
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)


def test_counts_outlive_the_workers_and_the_server(env):
    with serving(env) as server:
        visitor = Visitor(server)
        for _ in range(LIMIT):
            visitor.sign_in()
        first = set(children(server))
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        wait_until(
            lambda: (
                len(children(server)) == WORKERS and not first & set(children(server))
            )
        )
        assert visitor.sign_in()[0] == 429
    with serving(env) as server:
        assert Visitor(server).sign_in()[0] == 429
