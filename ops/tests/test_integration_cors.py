"""A page of another origin asks real gunicorn, and may read every answer."""

import http.client
import json
import subprocess
import sys

import pytest
from django.conf import settings

from articles.tests.site import find_port
from articles.tests.web import Web
from ops.tests.serving import installation, manage, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

ORIGIN = "https://app.example.com"
HEADERS = {"Origin": ORIGIN, "Accept": "application/json"}
JSON = {"Content-Type": "application/json"}
ALLOW = "access-control-allow-origin"


@pytest.fixture(scope="module")
def page():
    """A site of its own, with a page whose script asks the API."""
    with Web() as site:
        site.add("/", "<!doctype html><title>Reader</title>")
        yield site


@pytest.fixture(scope="module")
def env(tmp_path_factory, migrated, page):
    return installation(
        tmp_path_factory.mktemp("cors"),
        migrated,
        CORS_ALLOWED_ORIGINS=f"{ORIGIN},{page.url('')}",
        SIGN_IN_RATE="3/day",
        GUNICORN_WORKERS="1",
    )


@pytest.fixture(scope="module")
def server(env):
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


@pytest.fixture(scope="module")
def stranded(env):
    """A server whose database is away."""
    pytest.importorskip("MySQLdb", reason="needs the driver")
    gone = f"mysql://root@127.0.0.1:{find_port()}/zeeguu"
    with serving({**env, "DATABASE_URL": gone}) as server:
        yield server


def test_a_database_that_is_away_with_the_breaker_open_and_closed(stranded):
    for _ in range(8):
        answer = require_readable(ask(stranded, "GET", "/api/languages/"), 503)
        assert int(answer[1]["retry-after"]) > 0


# --- in a real Chromium

FETCH = """
const [url, options, done] = arguments;
fetch(url, options).then(
  answer => answer.text().then(text => done({
    status: answer.status, text,
    etag: answer.headers.get("ETag"), wait: answer.headers.get("Retry-After"),
  })),
  error => done({refused: String(error)}),
);
"""


@pytest.fixture
def fetch(browser, page):
    """A function: what a script of the page learns of an answer."""

    def fetch(server, path, site=page, **options):
        browser.get(site.url("/"))
        url = f"http://127.0.0.1:{server.port}{path}"
        return browser.execute_async_script(FETCH, url, options)

    return fetch


def test_a_script_reads_a_list_and_its_304(fetch, server):
    first = fetch(server, "/api/articles/")
    assert (first["status"], json.loads(first["text"])["results"]) == (200, [])
    again = fetch(server, "/api/articles/", headers={"If-None-Match": first["etag"]})
    assert again["status"] == 304


@pytest.mark.parametrize("path", ["/api/articles/", "/api/nowhere/"])
def test_a_script_of_another_origin_is_refused(fetch, server, web, path):
    web.add("/", "<!doctype html><title>Elsewhere</title>")
    assert "Failed to fetch" in fetch(server, path, web)["refused"]
    assert "Failed to fetch" in fetch(server, path, web, method="POST")["refused"]


def test_nothing_but_the_api_is_read_by_scripts(fetch, server):
    for path in ("/", "/admin/login/", "/health/live"):
        assert "refused" in fetch(server, path)


def test_a_script_sees_what_is_not_there_and_a_try_too_many(fetch, server):
    assert fetch(server, "/api/articles/1/")["status"] == 404
    credentials = json.dumps({"email": "ada@example.com", "password": "wrong"})
    for _ in range(4):
        facts = {"method": "POST", "headers": JSON, "body": credentials}
        answer = fetch(server, "/api/token/", **facts)
    assert (answer["status"], int(answer["wait"]) > 0) == (429, True)


def test_a_script_sees_that_the_database_is_away(fetch, stranded):
    answer = fetch(stranded, "/api/languages/")
    assert (answer["status"], int(answer["wait"]) > 0) == (503, True)


def test_a_script_adds_a_feed_with_its_token(fetch, server, env):
    """With a preflight, since it sends JSON and Authorization."""
    url = "https://news.no-such-domain/rss"
    feed = {"url": url, "language": "da", "unchecked": True}
    facts = {"method": "POST", "body": json.dumps(feed)}
    answer = fetch(server, "/api/feeds/", **facts, headers=JSON)
    assert answer["status"] == 401
    token = {"Authorization": f"Token {staff_token(env)}"}
    answer = fetch(server, "/api/feeds/", **facts, headers={**JSON, **token})
    assert (answer["status"], json.loads(answer["text"])["url"]) == (201, feed["url"])


def staff_token(env):
    manage(env, "ensure_admin", "--email", "staff@example.com")
    code = "print(begin(User.objects.get())[1])"
    imports = (
        "from learners.models import User; from learners.accounts.sessions import begin"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", f"{imports}; {code}"],
        **{"cwd": settings.BASE_DIR, "env": env, "check": True, "timeout": 60},
        **{"capture_output": True, "text": True},
    )
    return done.stdout.split()[-1]
