"""Requests that are refused with their body unread, at real gunicorn."""

import http.client
import json
import socket
import time

import pytest
from django.conf import settings

from articles.tests.site import find_port
from ops.tests.serving import installation, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

ORIGIN = "https://app.example.com"
JSON = {"Content-Type": "application/json", "Origin": ORIGIN}
BAD_TOKEN = {**JSON, "Authorization": f"Token {'x' * 64}"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
SIZES = [70_000, 1_000_000, MOST]
# What is answered before the body is read.
REFUSED = [
    (401, "POST", "/api/feeds/", BAD_TOKEN),
    (403, "POST", "/admin/login/", FORM),
    (404, "POST", "/api/nope/", JSON),
    (405, "PUT", "/api/token/", JSON),
]
CREDENTIALS = json.dumps({"email": "ada@example.com", "password": "wrong"}).encode()


@pytest.fixture(scope="module")
def env(tmp_path_factory, migrated):
    folder = tmp_path_factory.mktemp("bodies")
    facts = {"CORS_ALLOWED_ORIGINS": ORIGIN, "GUNICORN_WORKERS": "1"}
    return installation(folder, migrated, **facts)


@pytest.fixture(scope="module")
def server(env):
    with serving(env) as server:
        yield server


@pytest.fixture(scope="module")
def stranded(env):
    """A server whose database is away."""
    pytest.importorskip("MySQLdb", reason="needs the driver")
    gone = f"mysql://root@127.0.0.1:{find_port()}/zeeguu"
    with serving({**env, "DATABASE_URL": gone}) as server:
        yield server


def ask_on_one_connection(server, size, method, path, headers):
    """The statuses of 20 requests; raises where the connection ends before."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.connect()
    connection.auto_open = 0
    body, statuses = b" " * size, []
    try:
        for _ in range(20):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
    finally:
        connection.close()
    return statuses


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("status", "method", "path", "headers"), REFUSED)
def test_a_refusal_keeps_the_connection(server, size, status, method, path, headers):
    got = ask_on_one_connection(server, size, method, path, headers)
    assert got == [status] * 20


@pytest.mark.parametrize("size", SIZES)
def test_so_does_an_outage(stranded, size):
    got = ask_on_one_connection(stranded, size, "POST", "/api/feeds/", BAD_TOKEN)
    assert got == [503] * 20


# --- in chunks


def ask_in_chunks(server, body, piece=10_000):
    """Status, headers and problem."""
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("POST", "/api/token/", iter(pieces), JSON)
        response = connection.getresponse()
        return response.status, response.headers, json.loads(response.read())
    finally:
        connection.close()


def test_a_body_in_chunks_is_read(server):
    status, _, problem = ask_in_chunks(server, CREDENTIALS, piece=7)
    assert status in (400, 401)
    assert "required" not in problem["detail"]


@pytest.mark.parametrize("size", [MOST + 1, 3_000_000, 20_000_000])
def test_chunks_that_are_too_many_are_too_large(server, size):
    status, headers, problem = ask_in_chunks(server, b" " * size)
    assert (status, problem["title"]) == (413, "content too large")
    assert headers["Access-Control-Allow-Origin"] == ORIGIN


def ask_raw(server, headers, body=b""):
    """The whole answer to a head and what of its body is sent, and how long it took."""
    head = f"POST /api/token/ HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        began = time.monotonic()
        client.sendall(f"{head}{headers}\r\n\r\n".encode() + body)
        answer = client.recv(65_536)
        return answer, time.monotonic() - began


def test_chunks_that_are_none_get_an_answer(server):
    answer, _ = ask_raw(server, "Transfer-Encoding: chunked", b"xyz\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


# --- announced, and not sent


@pytest.mark.parametrize(
    ("length", "most_s"), [("3000000", 10), (str(10 * MOST + 1), 1.5), ("1" * 21, 1.5)]
)
def test_what_is_announced_and_never_sent_is_too_large(server, length, most_s):
    answers = [ask_raw(server, f"Content-Length: {length}") for _ in range(3)]
    for answer, _ in answers:
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"Connection: close" in answer
        assert ORIGIN.encode() in answer
    assert min(seconds for _, seconds in answers) < most_s  # a busy machine's best
