import socket
import threading
import time

import pytest

from articles.crawler.web.errors import FetchError
from articles.crawler.web.fetch import Fetcher
from articles.crawler.web.names import Names
from articles.tests.web import LONGEST_DRIP_S, PATIENCE_S


class SlowNames:
    """A name service that leaves names that begin with "slow" without an answer."""

    def __init__(self):
        self.asked, self.closing, self.real = [], threading.Event(), socket.getaddrinfo

    def getaddrinfo(self, host, *args, **kwargs):
        self.asked.append(host)
        if host.startswith("slow"):
            self.closing.wait(LONGEST_DRIP_S)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return self.real("127.0.0.1", *args, **kwargs)


@pytest.fixture
def slow(monkeypatch):
    service = SlowNames()
    monkeypatch.setattr(socket, "getaddrinfo", service.getaddrinfo)
    yield service
    service.closing.set()
    for thread in threading.enumerate():
        if thread.name.startswith("name "):
            thread.join()


def test_a_name_has_all_its_addresses_once():
    assert Names().addresses("127.0.0.1", 80, 5) == ["127.0.0.1"]
    assert "127.0.0.1" in Names().addresses("localhost", 80, 5)  # of /etc/hosts


@pytest.mark.parametrize("host", ["no.invalid", "a..b", "x" * 70, "a\0b", "xn--\udcff"])
def test_a_name_without_an_address_is_an_error(host):
    with pytest.raises(FetchError, match="can't be found"):
        Names().addresses(host, 80, 20)


def test_a_name_that_nobody_answers_for_ends_at_its_limit_of_time(slow):
    begun = time.monotonic()
    with pytest.raises(
        FetchError, match=r"slow.example can't be found: no answer .* 0.2"
    ):
        Names().addresses("slow.example", 80, 0.2)
    assert time.monotonic() - begun < PATIENCE_S


def test_the_look_up_takes_from_the_downloads_time(slow):
    begun = time.monotonic()
    with (
        Fetcher(timeout_s=0.3) as fetcher,
        pytest.raises(FetchError, match="slow.exam"),
    ):
        fetcher.get("http://slow.example/")
    assert time.monotonic() - begun < PATIENCE_S


def test_an_allowed_host_is_looked_up_in_time_too(slow):
    with Fetcher([("slow.example", 80)], timeout_s=0.3) as fetcher:
        begun = time.monotonic()
        with pytest.raises(FetchError, match="slow.example"):
            fetcher.get("http://slow.example/")
    assert time.monotonic() - begun < PATIENCE_S


def test_all_wait_for_the_same_look_up(slow):
    names = Names(most=2)
    for _ in range(5):
        with pytest.raises(FetchError, match="no answer"):
            names.addresses("slow.example", 80, 0.01)
    assert slow.asked == ["slow.example"]
    assert names.addresses("other.example", 80, 5) == ["127.0.0.1"]


def test_look_ups_without_an_answer_do_not_pile_up(slow):
    names = Names(most=3)
    for number in range(3):
        with pytest.raises(FetchError, match="no answer"):
            names.addresses(f"slow{number}.example", 80, 0.01)
    with pytest.raises(FetchError, match="3 other look-ups have no answer"):
        names.addresses("slow4.example", 80, 0.01)
    assert len(slow.asked) == 3
    slow.closing.set()
    until = time.monotonic() + PATIENCE_S
    while names.running and time.monotonic() < until:
        time.sleep(0.01)
    assert names.addresses("other.example", 80, 5) == ["127.0.0.1"]


def test_a_slow_name_keeps_no_other_thread_waiting(web, slow):
    url = web.add("/a", b"Hej")
    with Fetcher([web.host_port], timeout_s=PATIENCE_S) as fetcher:
        thread = threading.Thread(
            target=lambda: pytest.raises(
                FetchError, fetcher.get, "http://slow.example/"
            )
        )
        thread.start()
        begun = time.monotonic()
        assert fetcher.get(url).body == b"Hej"
        assert time.monotonic() - begun < PATIENCE_S
        slow.closing.set()
        thread.join()


@pytest.mark.parametrize(
    "host", ["bücher.example", "xn--bcher-kva.example", "news.ex."]
)
def test_names_are_asked_for_as_in_dns(slow, host):
    with (
        Fetcher(timeout_s=PATIENCE_S) as fetcher,
        pytest.raises(FetchError, match="private"),
    ):
        fetcher.get(f"http://{host}/")
    expected = host.replace("bücher", "xn--bcher-kva")
    assert slow.asked == [expected]


def test_the_next_address_is_tried_where_one_is_dead(web, monkeypatch):
    monkeypatch.setattr(Names, "addresses", lambda *args: ["127.9.9.9", "127.0.0.1"])
    web.add("/a", b"Hej")
    host = ("news.example", web.host_port[1])
    with Fetcher([host], timeout_s=PATIENCE_S) as fetcher:
        assert fetcher.get(web.url("/a", "news.example")).body == b"Hej"
