"""A page of another origin asks real gunicorn, and may read every answer."""

import http.client
import json
import os

import pytest

from ops.tests.test_integration_gunicorn import free_port, manage, serving

pytestmark = pytest.mark.integration

ORIGIN = "https://app.example.com"
HEADERS = {"Origin": ORIGIN, "Accept": "application/json"}
JSON = {"Content-Type": "application/json"}
ALLOW = "access-control-allow-origin"


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cors")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "RUN_DIR": str(folder / "run"),
        "CORS_ALLOWED_ORIGINS": ORIGIN,
        "SIGN_IN_RATE": "3/day",
        "GUNICORN_WORKERS": "1",
        "TOKENIZER_PRELOAD": "none",
    }


@pytest.fixture(scope="module")
def server(env):
    manage(env, "migrate", "--verbosity", "0")
    with serving(env) as server:
        yield server


def ask(server, method, path, body=None, **headers):
    """Status, headers in lower case, and body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body, {**HEADERS, **headers})
        response = connection.getresponse()
        got = {name.lower(): value for name, value in response.getheaders()}
        return response.status, got, response.read()
    finally:
        connection.close()


def require_readable(answer, status):
    assert (answer[0], answer[1].get(ALLOW)) == (status, ORIGIN), answer
    return answer


def test_a_list_and_its_304(server):
    _, headers, _ = require_readable(ask(server, "GET", "/api/articles/"), 200)
    tag = {"If-None-Match": headers["etag"]}
    require_readable(ask(server, "GET", "/api/articles/", **tag), 304)


def test_a_preflight(server):
    asks = {"Access-Control-Request-Method": "POST"}
    answer = require_readable(ask(server, "OPTIONS", "/api/feeds/", **asks), 200)
    assert answer[1]["access-control-max-age"] == "86400"


def test_an_address_and_a_method_that_are_not_there(server):
    require_readable(ask(server, "GET", "/api/articles/1/"), 404)
    require_readable(ask(server, "POST", "/api/feeds/", b"{}", **JSON), 401)


@pytest.mark.parametrize("megabytes", [3, 20])
@pytest.mark.parametrize("path", ["/api/feeds/", "/api/token/", "/api/nowhere/"])
def test_a_body_that_is_too_large_is_read_before_the_answer(server, path, megabytes):
    body = b" " * (megabytes * 1_000_000)
    answer = require_readable(ask(server, "POST", path, body, **JSON), 413)
    assert json.loads(answer[2])["title"] == "content too large"


def test_a_try_too_many(server):
    wrong = json.dumps({"email": "ada@example.com", "password": "wrong"})
    for _ in range(3):
        ask(server, "POST", "/api/token/", wrong, **JSON)
    answer = ask(server, "POST", "/api/token/", wrong, **JSON)
    require_readable(answer, 429)
    assert int(answer[1]["retry-after"]) > 0


def test_a_database_that_is_away_with_the_breaker_open_and_closed(env):
    pytest.importorskip("MySQLdb", reason="needs the driver")
    gone = f"mysql://root@127.0.0.1:{free_port()}/zeeguu"
    with serving({**env, "DATABASE_URL": gone}) as server:
        for _ in range(8):
            answer = require_readable(ask(server, "GET", "/api/languages/"), 503)
            assert int(answer[1]["retry-after"]) > 0
