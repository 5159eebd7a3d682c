"""Learners at a real gunicorn of two workers: one budget, whichever answers."""

import http.client
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from ops.tests.serving import PATIENCE_S, installation, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

BURST, SIGN_UPS = 30, 3


@pytest.fixture
def server(tmp_path, migrated):
    env = installation(
        tmp_path,
        migrated,
        GUNICORN_WORKERS="2",
        GUNICORN_THREADS="4",
        LEARNER_RATE="1/hour",
        LEARNER_BURST=str(BURST),
        SIGN_UP_RATE=f"{SIGN_UPS}/hour",
    )
    with serving(env) as server:
        yield server


def ask(server, method, path, body=None, token=""):
    """Status and JSON of a call, on a connection of its own: any worker may answer."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", server.port, timeout=PATIENCE_S
    )
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Token {token}"
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None
    finally:
        connection.close()


def test_two_workers_let_a_learner_call_as_often_as_one(server):
    made = [ask(server, "POST", "/api/accounts/anonymous/", "{}") for _ in range(2)]
    first, second = (answer["token"] for _, answer in made)
    with ThreadPoolExecutor(8) as pool:
        calls = [("GET", "/api/sessions/", None, first)] * (3 * BURST)
        answers = list(pool.map(lambda call: ask(server, *call), calls))
    statuses = Counter(status for status, _ in answers)
    assert statuses == {200: BURST, 429: 2 * BURST}
    # Nobody else has to wait.
    assert ask(server, "GET", "/api/sessions/", None, second)[0] == 200


def test_two_workers_make_as_many_accounts_as_one(server):
    with ThreadPoolExecutor(4) as pool:
        calls = [("POST", "/api/accounts/anonymous/", "{}")] * (4 * SIGN_UPS)
        answers = list(pool.map(lambda call: ask(server, *call), calls))
    statuses = Counter(status for status, _ in answers)
    assert statuses == {201: SIGN_UPS, 429: 3 * SIGN_UPS}
