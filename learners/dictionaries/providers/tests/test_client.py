"""A provider that is slow, dead, or lies: each has an end, and a message without text.

Against a real server on this machine, which is where a provider may be.
"""

import gzip
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from articles.tests.web import PATIENCE_S
from learners.dictionaries.providers.client import (
    LONGEST_PAUSE_S,
    MOST_BYTES,
    PAUSE_S,
    Client,
)
from learners.dictionaries.providers.errors import Busy, ProviderError, Unanswered

pytestmark = pytest.mark.nodb

PATH = "/translate"
SECRET = "hunter2"


@pytest.fixture
def make_client():
    with ExitStack() as stack:

        def make(url, timeout_s=20):
            client = Client("Babel", url, timeout_s)
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture
def client(web, make_client):
    return make_client(web.url(""))


def ask(client):
    return client.post(PATH, {"q": SECRET}, {"Authorization": f"Bearer {SECRET}"})


def error(client, kind=ProviderError):
    begun = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        ask(client)
    assert time.monotonic() - begun < PATIENCE_S / 2
    assert type(caught.value) is kind
    assert str(caught.value).startswith("Babel: ")
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_json_goes_and_comes(web, client):
    web.add(PATH, '{"translatedText": "Hej"}')
    assert ask(client) == {"translatedText": "Hej"}
    [request] = web.requests
    assert json.loads(request.body) == {"q": SECRET}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {SECRET}"


def test_a_path_of_the_address_stays(web, make_client):
    web.add("/v1/chat", '"yes"')
    client = make_client(web.url("/v1/"))
    assert client.post("/chat", {}) == "yes"


def test_one_that_is_dead_is_told_at_once(make_client):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "refused" in error(make_client(f"http://127.0.0.1:{port}"))


def test_one_whose_name_leads_nowhere_is_told_without_it(make_client):
    nobody = make_client("http://inner-name.invalid:5000", 10)
    assert "inner-name" not in error(nobody)


def test_nor_is_it_named_where_name_servers_are_silent(make_client, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: time.sleep(2) or [])
    nobody = make_client("http://inner-name.example:5000", 1)
    assert error(nobody).startswith("Babel: its host can't be found: no answer")


def test_an_address_of_ipv6_is_one_too(make_client):
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    port = server.getsockname()[1]
    server.close()
    assert "refused" in error(make_client(f"http://[::1]:{port}"))


def test_one_that_accepts_and_is_silent_is_given_up_in_time(make_client):
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = make_client(f"http://127.0.0.1:{server.getsockname()[1]}", 1)
        assert error(silent) == "Babel: no full answer in 1 s"


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b'HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{"a": "',
    ],
)
def test_one_that_drips_is_given_up_in_time(web, make_client, start):
    web.drip(PATH, start, b"x")
    assert error(make_client(web.url(""), 1)) == "Babel: no full answer in 1 s"


def test_the_time_is_the_whole_call_s_and_begins_anew_with_the_next(web, make_client):
    client = make_client(web.url(""), 2)
    web.drip(PATH, b"", b"x")
    error(client)
    web.add(PATH, "{}")
    assert ask(client) == {}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"220 mail.example.com\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
    ],
)
def test_what_is_no_http_is_told_in_our_words(make_client, said):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def say():
            with server.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(said)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass  # who closes with more to read resets the connection

        with ThreadPoolExecutor(1) as threads:
            saying = threads.submit(say)
            liar = make_client(f"http://127.0.0.1:{server.getsockname()[1]}")
            assert error(liar) == "Babel: its answer is no HTTP, or breaks off"
            saying.result()


def test_ten_megabytes_are_not_read(web, client):
    web.add(PATH, b'"' + b"x" * 10_000_000 + b'"')
    assert error(client) == f"Babel: an answer of more than {MOST_BYTES:,} bytes"


def test_a_bomb_is_not_unpacked(web, client):
    bomb = gzip.compress(b"0" * 100_000_000)
    assert len(bomb) < MOST_BYTES
    web.add(PATH, bomb, headers={"Content-Encoding": "gzip"})
    assert f"larger than {MOST_BYTES} bytes" in error(client)


def test_a_compressed_answer_is_read(web, client):
    web.add(PATH, gzip.compress(b"[1]"), headers={"Content-Encoding": "gzip"})
    assert ask(client) == [1]


def test_gzip_that_is_none_is_told(web, client):
    web.add(PATH, b"\0" * 50, headers={"Content-Encoding": "gzip"})
    error(client)


@pytest.mark.parametrize(
    "body",
    [
        "<html>Sign in</html>",
        '{"a": ',
        f"{{'{SECRET}': 1}}",
        b"\xff\xfe",
        '"\\ud800"',
        "[" * 5000,
        "NaN",
    ],
)
def test_what_is_no_json_is_told_without_a_word_of_it(web, client, body):
    web.add(PATH, body)
    assert error(client) == "Babel: an answer that is no JSON"


def test_nothing_is_told(web, client):
    web.add(PATH, b"")
    assert error(client) == "Babel: an answer of no bytes"


def test_one_that_hangs_up_is_told(make_client):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        error(make_client(f"http://127.0.0.1:{server.getsockname()[1]}"))
        thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["/other", "http://169.254.169.254/", "//[::1]/"])
def test_no_redirect_is_followed(web, client, status, place):
    web.redirect(PATH, place, status)
    web.add("/other", "{}")
    assert "leads elsewhere" in error(client)
    assert web.paths() == [PATH]


def test_nobody_but_the_host_of_the_address_is_connected_to(web, client):
    client.url = web.url("", host="localhost")
    web.add(PATH, "{}")
    assert "host localhost is none of a provider's" in error(client)
    assert web.requests == []


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_that_is_refused_is_no_failure(web, client, status):
    web.add(PATH, SECRET, status)
    assert error(client, Unanswered).endswith(f"HTTP status {status}")


@pytest.mark.parametrize("status", [201, 204, 401, 403, 404, 500, 502])
def test_any_other_status_is_a_failure(web, client, status):
    web.add(PATH, "" if status == 204 else SECRET, status)
    assert error(client) == f"Babel: HTTP status {status}"


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("7", 7),
        ("", PAUSE_S),
        ("soon", PAUSE_S),
        ("0", 1),
        ("999999", LONGEST_PAUSE_S),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_who_has_too_much_says_how_long(web, client, status, header, wait_s):
    web.add(PATH, "", status, {"Retry-After": header} if header else {})
    with pytest.raises(Busy) as caught:
        ask(client)
    assert caught.value.wait_s == wait_s


def test_cookies_are_forgotten(web, client):
    web.add(PATH, "{}", headers={"Set-Cookie": "who=me"})
    ask(client)
    ask(client)
    assert "cookie" not in web.requests[1].headers


def test_nothing_of_a_call_is_logged(web, client, caplog):
    caplog.set_level(0)
    web.add(PATH, f'"{SECRET}"')
    ask(client)
    web.add(PATH, SECRET)
    error(client)
    assert SECRET not in caplog.text
