"""nginx as it is shipped, before a real gunicorn: nobody feels who is slow."""

import http.client
import json
import os
import socket
import ssl
import statistics
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from django.conf import settings
from dotenv import dotenv_values

from articles.tests.site import find_port
from ops.tests.nginx import compose_site, tls_site
from ops.tests.serving import bring_demo_news, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

CLIENTS = 60
QUIET_S, ATTACK_S = 5, 20
# What a busy machine may add to a quiet moment's answer.
UNFELT_S = 0.2
READ = ("/api/articles/?language=da", "/", "/health/live")


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ops.tests.settings",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "DEMO_SITE_PORT": str(find_port()),
        "GUNICORN_WORKERS": "2",
        "GUNICORN_THREADS": "4",
        "TOKENIZER_PRELOAD": "none",
        **dotenv_values(settings.BASE_DIR / "ops" / "deploy" / "compose.env"),
        "RUN_DIR": str(folder / "run"),
    }
    bring_demo_news(env)
    return env


@pytest.fixture(scope="module")
def site(env, tmp_path_factory):
    """The port of compose.yaml's site."""
    with serving(env) as server:
        folder = tmp_path_factory.mktemp("site")
        with compose_site(folder, server.port) as (port, _):
            yield port


def ask(port, path, method="GET", body=None, context=None, **headers):
    """Status, headers and body."""
    if context:
        connection = http.client.HTTPSConnection(
            "localhost", port, timeout=30, context=context
        )
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


# --- slow clients


def drip_head(client, over):
    client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    while not over.wait(0.5):
        client.sendall(b"x")


def drip_body(client, over):
    client.sendall(
        b"POST /api/token/ HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n"
    )
    while not over.wait(0.5):
        client.sendall(b"x")


def read_slowly(client, over):
    client.sendall(b"GET /test/large/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while not over.wait(0.5):
        client.recv(10)


@contextmanager
def attacking(port, act, address):
    """CLIENTS of them, who come again as soon as they are turned away.

    Yields the number of each one that has connected.
    """
    over, connected = threading.Event(), []

    def run(number):
        while not over.wait(0.05):
            with suppress(ConnectionError, TimeoutError), socket.socket() as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.bind((address.format(number), 0))
                client.settimeout(10)
                client.connect(("127.0.0.1", port))
                connected.append(number)
                act(client, over)

    threads = [threading.Thread(target=run, args=[n + 1]) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield connected
    finally:
        over.set()
        for thread in threads:
            thread.join(20)


def slowest_of_twenty(port, seconds):
    """The 95th percentile of what a reader waits, in seconds; all must be answered."""
    waited, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        for path in READ:
            began = time.perf_counter()
            assert ask(port, path, Host="localhost")[0] == 200
            waited.append(time.perf_counter() - began)
    return statistics.quantiles(waited, n=20)[-1]


@pytest.mark.parametrize("act", [drip_head, drip_body, read_slowly])
def test_who_is_slow_is_not_felt_by_readers(site, act):
    quiet = slowest_of_twenty(site, QUIET_S)
    with attacking(site, act, "127.0.1.{}") as connected:
        time.sleep(1)
        attacked = slowest_of_twenty(site, ATTACK_S)
    assert set(connected) == set(range(1, CLIENTS + 1))
    sys.stderr.write(f"{act.__name__}: p95 {quiet:.3f} s, then {attacked:.3f} s\n")
    assert attacked < 2 * quiet + UNFELT_S


def test_a_head_that_is_not_there_in_time_is_given_up(site):
    with socket.create_connection(("127.0.0.1", site), 20) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        began = time.monotonic()
        with suppress(ConnectionResetError):
            assert client.recv(100) == b""
    assert 8 < time.monotonic() - began < 15


def test_one_address_has_so_many_requests_at_a_time(site):
    with attacking(site, drip_body, "127.0.0.9"):
        time.sleep(2)
        seen = ask_from("127.0.0.9", site, "/api/articles/")
        assert b"429 Too Many" in seen
        assert b"Retry-After: 1" in seen
        assert b'"status": 429' in seen
        assert b" 200 OK" in ask_from("127.0.0.10", site, "/api/articles/")


def ask_from(address, port, path):
    with socket.create_connection(("127.0.0.1", port), 20, (address, 0)) as client:
        head = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"
        client.sendall(head.encode())
        return b"".join(iter(lambda: client.recv(65_536), b""))


# --- what it passes on, and what it answers itself


def test_pages_and_answers_come_as_they_are(site):
    status, headers, body = ask(site, "/api/articles/", Host="localhost")
    assert status == 200
    assert json.loads(body)["results"]
    assert "Server" not in headers or headers["Server"] == "nginx"
    _, headers, _ = ask(
        site, "/api/articles/", Host="localhost", Accept_Encoding="gzip"
    )
    assert headers["Content-Encoding"] == "gzip"
    etag = ask(site, "/api/articles/1/", Host="localhost")[1]["ETag"]
    again = ask(site, "/api/articles/1/", Host="localhost", If_None_Match=etag)
    assert (again[0], again[2]) == (304, b"")


def test_a_reader_is_known_by_address_and_scheme_of_the_proxy_on_the_host(site):
    told = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https"}
    seen = json.loads(ask(site, "/test/whom/", Host="localhost", **told)[2])
    assert seen == {"scheme": "https", "forwarded": "203.0.113.7"}
    seen = json.loads(ask(site, "/test/whom/", Host="localhost")[2])
    assert seen == {"scheme": "http", "forwarded": "127.0.0.1"}


def test_what_a_reader_makes_up_before_the_proxy_is_not_believed(site):
    told = {"X_Forwarded_For": "198.51.100.1, 203.0.113.7", "Forwarded": "for=1.2.3.4"}
    seen = json.loads(ask(site, "/test/whom/", Host="localhost", **told)[2])
    assert seen["forwarded"] == "203.0.113.7"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/api/token/", "application/problem+json"), ("/", "text/html; charset=utf-8")],
)
def test_too_large_a_body_is_refused_in_the_language_of_its_path(site, path, kind):
    large = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    status, headers, body = ask(site, path, "POST", large, Host="localhost")
    assert (status, headers["Content-Type"]) == (413, kind)
    if path.startswith("/api/"):
        problem = json.loads(body)
        assert set(problem) == {"type", "title", "status", "detail"}
        assert problem["status"] == 413
        assert headers["Access-Control-Allow-Origin"] == "*"
    else:
        assert b"<h1>This is too large</h1>" in body


def test_the_largest_body_that_django_takes_gets_there(site):
    largest = b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    status, headers, _ = ask(site, "/api/token/", "POST", largest, Host="localhost")
    assert status in (400, 415)


@pytest.mark.parametrize(
    ("path", "header", "expected"),
    [
        (f"/api/articles/?q={'x' * 9_000}", "", 414),
        ("/api/articles/", "x" * 9_000, 431),
    ],
)
def test_too_long_an_address_or_header_is_a_problem(site, path, header, expected):
    status, headers, body = ask(site, path, Host="localhost", X_Long=header)
    assert (status, json.loads(body)["status"]) == (expected, expected)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_too_large_a_header_elsewhere_is_a_page(site):
    status, headers, body = ask(site, "/", Host="localhost", X_Long="x" * 9_000)
    assert (status, headers["Content-Type"]) == (431, "text/html; charset=utf-8")
    assert b"<h1>This is too large</h1>" in body
    assert b"8 kB" in body


def test_what_nginx_lets_through_gunicorn_takes(site):
    path = f"/api/articles/?language={'x' * 8_000}"
    status, headers, _ = ask(site, path, Host="localhost", X_Long="x" * 8_000)
    assert (status, headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("size", [200_000, settings.DATA_UPLOAD_MAX_MEMORY_SIZE])
@pytest.mark.parametrize(
    ("path", "expected"),
    [("/api/feeds/", 401), ("/api/nope/", 404), ("/admin/login/", 403)],
)
def test_a_body_that_nobody_reads_is_no_bad_gateway(site, size, path, expected):
    told = {"Host": "localhost", "Authorization": f"Token {'x' * 64}"}
    statuses = [ask(site, path, "POST", b"x" * size, **told)[0] for _ in range(20)]
    assert statuses == [expected] * 20


@pytest.fixture
def gone(tmp_path):
    """A site before a gunicorn that is not there."""
    with compose_site(tmp_path, find_port()) as ports:
        yield ports


def test_without_gunicorn_programs_get_a_problem_and_people_a_page(gone):
    port, _ = gone
    status, headers, body = ask(port, "/api/articles/")
    assert (status, headers["Retry-After"]) == (502, "5")
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Expose-Headers"] == "Retry-After"
    assert json.loads(body)["status"] == 502
    status, headers, body = ask(port, "/static/zeeguu.css")
    assert (status, headers["Retry-After"]) == (502, "5")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"Back in a moment" in body
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")


PREFLIGHT = {
    "Origin": "https://app.example.com",
    "Access_Control_Request_Method": "POST",
    "Access_Control_Request_Headers": "authorization,content-type",
}


def test_without_gunicorn_a_preflight_lets_a_script_learn_so(gone):
    port, _ = gone
    status, headers, body = ask(port, "/api/feeds/", "OPTIONS", **PREFLIGHT)
    assert (status, body) == (204, b"")
    assert headers.get_all("Access-Control-Allow-Origin") == ["*"]
    allowed = headers["Access-Control-Allow-Headers"].split(", ")
    assert allowed == settings.CORS_ALLOW_HEADERS
    allowed = headers["Access-Control-Allow-Methods"].split(", ")
    assert {"DELETE", "PATCH", "POST"} <= {*allowed}
    assert int(headers["Access-Control-Max-Age"]) <= 10
    # An OPTIONS that is none, and one elsewhere, are told what is the matter.
    assert ask(port, "/api/feeds/", "OPTIONS")[0] == 502
    assert ask(port, "/admin/", "OPTIONS", **PREFLIGHT)[0] == 502


CALL = """
const [url, options, done] = arguments;
fetch(url, options).then(
  answer => answer.json().then(problem => done([answer.status, problem.status])),
  error => done(String(error)),
);
"""


def test_a_script_learns_that_gunicorn_is_away(gone, browser, web):
    web.add("/", "<!doctype html><title>Reader</title>")
    browser.get(web.url("/"))
    url = f"http://127.0.0.1:{gone[0]}/api/feeds/"
    sent = {"Content-Type": "application/json", "Authorization": "Token x"}
    for method in ("POST", "PATCH", "DELETE"):
        options = {"method": method, "headers": sent, "body": "{}"}
        assert browser.execute_async_script(CALL, url, options) == [502, 502]


def test_the_container_s_check_asks_nginx_alone(gone):
    assert ask(gone[1], "/")[0] == 204


def test_the_log_has_no_query(site, tmp_path_factory):
    ask(site, "/api/articles/?session=secret", Host="localhost")
    logs = [*tmp_path_factory.getbasetemp().glob("site*/access.log")]
    text = logs[0].read_text()
    assert "/api/articles/" in text
    assert "secret" not in text


def test_the_site_with_tls_sends_to_https_and_says_so(env, tmp_path):
    env = {**env, "FORWARDED_ALLOW_IPS": "127.0.0.0/8"}  # networks are believed too
    with serving(env) as server, tls_site(tmp_path, server.port) as (plain, tls):
        status, headers, _ = ask(plain, "/read/?a=b", Host="localhost")
        assert (status, headers["Location"]) == (301, "https://localhost/read/?a=b")
        context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        made_up = {"X_Forwarded_For": "1.2.3.4", "X_Forwarded_Proto": "http"}
        status, _, body = ask(tls, "/test/whom/", context=context, **made_up)
        assert status == 200
        assert json.loads(body) == {"scheme": "https", "forwarded": "127.0.0.1"}
