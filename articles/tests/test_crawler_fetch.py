import gzip
import ipaddress
import random
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from datetime import timedelta

import brotli
import httpcore
import httpx
import pytest

from articles.crawler.web import hosts, robots
from articles.crawler.web.errors import FetchError, HostBusy
from articles.crawler.web.fetch import (
    Deadline,
    Fetcher,
    is_public,
    redirected,
    retry_after,
)
from articles.crawler.web.hosts import HostBudget
from articles.tests.web import PATIENCE_S, Web

PUBLIC = "93.184.216.34"
MAX_BYTES = 100_000
OK = b"HTTP/1.1 200 OK\r\n"
PACKED = OK + b"Content-Encoding: gzip\r\n\r\n"
PRIVATE_NETWORKS = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::/96",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]
BOMB = {
    "gzip": gzip.compress(bytes(30_000_000)),
    "deflate": zlib.compress(bytes(30_000_000)),
    "br": brotli.compress(bytes(30_000_000), quality=5),
}
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.8",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
]


@pytest.fixture
def fetcher(web):
    with Fetcher([web.host_port], timeout_s=PATIENCE_S, max_bytes=MAX_BYTES) as fetcher:
        yield fetcher


@pytest.fixture
def outsider():
    """A fetcher without exceptions from the guard."""
    with Fetcher(timeout_s=PATIENCE_S) as fetcher:
        yield fetcher


@pytest.fixture
def names(monkeypatch):
    """Name service of the test: names.answers[host] lists (address, port or None).

    Several answers are given one after the other, the last one for ever.
    """
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    return names


class Names:
    def __init__(self):
        self.answers, self.asked = {}, []

    def getaddrinfo(self, host, port, *args, **kwargs):
        self.asked.append(host)
        answers = self.answers.get(host, [(host, None)])
        address, other_port = answers.pop(0) if len(answers) > 1 else answers[0]
        place = (address, other_port or port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place)]

    def lead_to(self, address, web):
        """Send whoever connects to this very address to a server of the test."""
        self.answers[address] = [web.host_port]


# --- what is fetched


def test_a_page_comes_with_its_body_and_headers(web, fetcher):
    page = fetcher.get(web.add("/a", b"Hej", headers={"ETag": '"1"'}))
    assert (page.status, page.body, page.headers["etag"]) == (200, b"Hej", '"1"')


def test_the_crawler_says_who_it_is(web, fetcher, settings):
    fetcher.get(web.add("/a"))
    assert web.requests[0].headers["user-agent"] == settings.CRAWLER_USER_AGENT


def test_a_proxy_from_the_environment_is_not_asked(web, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Fetcher([web.host_port], timeout_s=PATIENCE_S) as fetcher:
        assert fetcher.get(web.add("/a", b"Hej")).body == b"Hej"


def test_a_compressed_body_is_unpacked(web, fetcher):
    packed = gzip.compress(b"Hej " * 100)
    url = web.add("/a", packed, headers={"Content-Encoding": "gzip"})
    assert fetcher.get(url).body == b"Hej " * 100


def test_an_unchanged_page_has_no_body(web, fetcher):
    url = web.add("/a", b"Hej", headers={"ETag": '"1"'})
    page = fetcher.get(url, etag='"1"', last_modified="Mon, 02 Nov 2026 10:00:00 GMT")
    assert (page.status, page.body) == (304, None)
    assert web.requests[0].headers["if-none-match"] == '"1"'
    assert "2026" in web.requests[0].headers["if-modified-since"]


def test_without_validators_none_are_sent(web, fetcher):
    fetcher.get(web.add("/a", b"Hej"))
    assert not {"if-none-match", "if-modified-since"} & set(web.requests[0].headers)


def test_unchanged_is_no_answer_to_a_first_visit(web, fetcher):
    with pytest.raises(FetchError, match="304"):
        fetcher.get(web.add("/a", status=304))


# --- where it may go


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("network", PRIVATE_NETWORKS)
def test_no_address_of_a_special_network_is_public(network):
    network = ipaddress.ip_network(network)
    some = random.Random(1)
    for _ in range(100):
        assert not is_public(str(network[some.randrange(network.num_addresses)]))
    assert not is_public(str(network[0]))
    assert not is_public(str(network[-1]))


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC,
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "192.0.1.0",
        "2606:2800:220:1::1",
        "2001:4860:4860::8888",
        "2a00:1450::1",
    ],
)
def test_a_public_address_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433"])
def test_a_private_address_is_refused(web, outsider, host):
    with pytest.raises(FetchError, match="private address"):
        outsider.get(web.url("/a", host))
    assert web.requests == []


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"])
def test_a_private_address_is_refused_before_a_connection_is_tried(outsider, host):
    with pytest.raises(FetchError, match="private address"):
        outsider.get(f"http://{host}/a")


def test_a_name_with_a_private_address_is_refused(web, outsider, names):
    names.answers["news.example"] = [web.host_port]
    with pytest.raises(FetchError, match="news.example has the private address 127"):
        outsider.get("http://news.example/a")
    assert web.requests == []


def test_an_allowed_host_is_allowed_on_its_port_only(web, fetcher):
    with Web() as other, pytest.raises(FetchError, match="private address"):
        fetcher.get(other.add("/a"))
    assert other.requests == []


def test_the_settings_allow_hosts(web, settings):
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({("localhost", web.host_port[1])})
    web.add("/a", b"Hej")
    with Fetcher(timeout_s=PATIENCE_S) as fetcher:
        assert fetcher.get(web.url("/a", "LocalHost")).body == b"Hej"


def test_the_connection_goes_to_the_address_that_was_checked(web, outsider, names):
    with Web() as private:
        names.answers["news.example"] = [(PUBLIC, None), private.host_port]
        names.lead_to(PUBLIC, web)
        web.add("/a", b"public")
        assert outsider.get("http://news.example/a").body == b"public"
    assert private.requests == []


def test_the_server_is_told_the_name_not_the_address(web, outsider, names):
    names.answers["news.example"] = [(PUBLIC, None)]
    names.lead_to(PUBLIC, web)
    web.add("/a")
    outsider.get("http://news.example/a")
    assert web.requests[0].headers["host"] == "news.example"


def test_hosts_at_one_address_do_not_share_a_connection(web, outsider, names):
    # Over TLS, the second one's certificate would never be looked at.
    names.answers |= {"one.example": [(PUBLIC, None)], "two.example": [(PUBLIC, None)]}
    names.lead_to(PUBLIC, web)
    web.add("/a")
    for host in ("one.example", "two.example", "two.example"):
        outsider.get(f"http://{host}/a")
    first, second, third = [request.client for request in web.requests]
    assert first != second == third


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a",
        "javascript:alert(1)",
        "",
        "news",
        "//example.com/a",
        "http://",
        "http:///a",
        "gopher://a/",
        "http://[::1",
        "http://a:b:c/",
        "http://a\0b/",
    ],
)
def test_what_is_not_a_web_address_is_refused(outsider, url):
    with pytest.raises(FetchError, match="address"):
        outsider.get(url)


def test_a_password_in_an_address_is_refused_and_not_repeated(web, fetcher):
    with pytest.raises(FetchError, match="password") as caught:
        fetcher.get(web.url("/a", "user:geheim@127.0.0.1"))
    assert "geheim" not in str(caught.value)
    assert web.requests == []


def test_an_unknown_host_is_named(outsider, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError, match="host news.example can't be found"):
        outsider.get("http://news.example/a")


# --- asked to wait


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999999999999", 86_400),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ],
)
def test_a_server_may_ask_for_seconds_or_name_a_date_up_to_a_day(header, seconds):
    assert retry_after(header) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "soon",
        "-5",
        "1.5",
        "٣",
        "Wed, 99 Oct 2015",
        "1 2",
        "\0",
        "x" * 9000,
        "Fri, 31 Dec 99999 23:59:59 GMT",
        f"Wed, {'9' * 5000} Oct 2015 07:28:00 GMT",
        f"Wed, 21 Oct 2015 07:28:00 +{'9' * 20}",
    ],
)
def test_what_a_server_says_in_vain(header):
    assert retry_after(header) is None


def test_an_error_has_its_status_and_what_the_server_asks_for(web, fetcher):
    web.add("/a", status=429, headers={"Retry-After": "60"})
    with pytest.raises(FetchError, match="status 429") as caught:
        fetcher.get(web.url("/a"))
    assert caught.value.status == 429
    assert caught.value.retry_after == timedelta(seconds=60)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "wait_s"),
    [("90", 90), ("", 60), ("-1", 60), ("9" * 20, 300), ("soon", 60)],
)
def test_a_host_that_has_too_much_is_left_alone(web, fetcher, status, header, wait_s):
    url = web.add("/a", status=status, headers={"Retry-After": header})
    with pytest.raises(FetchError, match=f"status {status}") as caught:
        fetcher.get(url)
    assert not isinstance(caught.value, HostBusy)
    with pytest.raises(HostBusy, match="127.0.0.1 is paused") as caught:
        fetcher.get(web.add("/b"))
    assert caught.value.wait_s == pytest.approx(wait_s, abs=1)
    assert web.paths() == ["/a"]


@pytest.mark.parametrize("get", ["get", "get_article"])
def test_one_page_that_asks_for_a_day_keeps_no_others_away_for_it(
    web, fetcher, monkeypatch, get
):
    monkeypatch.setattr(hosts, "LONGEST_PAUSE_S", 0.1)
    get = getattr(fetcher, get)
    web.add("/a", status=503, headers={"Retry-After": "86400"})
    web.redirect("/b", "/a")
    with pytest.raises(FetchError, match="status 503") as caught:
        get(web.url("/a"))
    assert caught.value.retry_after == timedelta(days=1)
    time.sleep(0.15)
    for path in ("/a", "/b"):
        with pytest.raises(HostBusy, match="for this address until .*it answered 503"):
            get(web.url(path))
    assert get(web.add("/c", b"Hej")).body == b"Hej"
    assert web.paths().count("/a") == 1


def test_a_robots_txt_that_asks_for_a_day_is_asked_again_after_minutes(
    web, fetcher, monkeypatch
):
    monkeypatch.setattr(hosts, "LONGEST_PAUSE_S", 0.1)
    monkeypatch.setattr(robots, "RETRY_S", 0.1)
    web.add("/robots.txt", status=503, headers={"Retry-After": "86400"})
    url = web.add("/a", b"Hej")
    with pytest.raises(HostBusy, match=r"robots.txt could not be had \(.*status 503\)"):
        fetcher.get_article(url)
    time.sleep(0.2)
    web.add("/robots.txt", b"")
    assert fetcher.get_article(url).body == b"Hej"


@pytest.mark.parametrize("header", ["0", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_host_that_asks_for_no_time_gets_none(web, fetcher, header):
    url = web.add("/a", status=503, headers={"Retry-After": header})
    for _ in range(2):
        with pytest.raises(FetchError, match="status 503"):
            fetcher.get(url)


@pytest.mark.parametrize("status", [404, 410, 500, 502])
def test_other_errors_say_nothing_of_the_host(web, fetcher, status):
    with pytest.raises(FetchError):
        fetcher.get(web.add("/a", status=status, headers={"Retry-After": "60"}))
    fetcher.get(web.add("/b"))


# --- the hosts' budgets


class Slots(HostBudget):
    """Notes whose slots are taken and given back."""

    def __init__(self, limits, patience_s=0.0):
        super().__init__(limits, patience_s)
        self.noted = []

    def _ask(self, host, *args):
        turn = super()._ask(host, *args)
        self.noted.append(f"+{host}" if not turn.reason else turn.reason)
        return turn

    def _leave(self, host, lease):
        self.noted.append(f"-{host}")
        super()._leave(host, lease)


def test_each_hop_is_a_request_to_its_own_host(web, names):
    for host in ("one.example.", "two.example"):
        names.answers[host] = [(PUBLIC, None)]
    names.lead_to(PUBLIC, web)
    web.redirect("/a", "http://two.example/b")
    web.add("/b", b"Hej")
    slots = Slots({"*": (1, 0)})
    with Fetcher(budget=slots) as fetcher:
        assert fetcher.get("http://ONE.example.:80/a").body == b"Hej"
    # Nobody holds one host while waiting for another.
    assert slots.noted == [
        "+one.example",
        "-one.example",
        "+two.example",
        "-two.example",
    ]


def test_a_host_without_room_is_not_asked(web):
    with Fetcher([web.host_port], budget=Slots({"*": (1, 2)})) as fetcher:
        url = web.add("/a", b"Hej")
        fetcher.get(url)
        fetcher.get(url)
        with pytest.raises(HostBusy):
            fetcher.get(url)
    assert len(web.requests) == 2


def test_an_error_gives_the_slot_back(web):
    with Fetcher(
        [web.host_port], timeout_s=0.2, budget=Slots({"*": (1, 0)})
    ) as fetcher:
        for _ in range(2):
            with pytest.raises(FetchError, match="no full answer"):
                fetcher.get(web.drip("/slow", OK + b"\r\n", b"x"))


def test_waiting_for_a_turn_takes_nothing_from_the_downloads_time(web):
    budget = Slots({"*": (1, 0)}, patience_s=PATIENCE_S)
    held = budget.slot("127.0.0.1")
    held.__enter__()
    end = threading.Timer(2.5, held.__exit__, [None, None, None])
    with Fetcher([web.host_port], timeout_s=2, budget=budget) as fetcher:
        end.start()
        assert fetcher.get(web.add("/a", b"Hej")).body == b"Hej"
    end.join()
    assert "busy" in budget.noted


def test_the_limits_come_from_the_settings(web, settings):
    settings.CRAWLER_HOST_LIMITS = {"127.0.0.1": (1, 1)}
    settings.CRAWLER_HOST_PATIENCE_S = 0
    with Fetcher([web.host_port]) as fetcher:
        fetcher.get(web.add("/a"))
        with pytest.raises(HostBusy):
            fetcher.get(web.url("/a"))


# --- threads


def test_threads_share_a_fetcher(web):
    """One of them has slow answers all the time; the others don't notice."""
    slow = web.drip("/slow", OK + b"\r\n", b"x", delay_s=0.02)
    urls = [web.add(f"/{number}", f"Hej {number}" * 100) for number in range(40)]
    found = {}

    def visit(thread):
        for number, url in enumerate(urls):
            found[thread, number] = fetcher.get(url).body.decode()

    def wait():
        with pytest.raises(FetchError, match="no full answer in 3 s"):
            fetcher.get(slow)
        found["slow"] = True

    threads = [threading.Thread(target=visit, args=[thread]) for thread in range(7)]
    threads.append(threading.Thread(target=wait))
    with Fetcher([web.host_port], timeout_s=3) as fetcher:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found.pop("slow")
    assert len(found) == 7 * 40
    for (_thread, number), text in found.items():
        assert text == f"Hej {number}" * 100


def test_more_threads_than_ten_are_at_work_at_once(web):
    urls = [web.drip(f"/{number}", b"", OK + b"\r\n", 0.5) for number in range(15)]
    asked_when_it_failed = []
    budget = HostBudget({"*": (100, 0)})

    def visit(url):
        try:
            fetcher.get(url)
        except FetchError:
            asked_when_it_failed.append(len(web.requests))

    with Fetcher([web.host_port], timeout_s=2, budget=budget) as fetcher:
        threads = [threading.Thread(target=visit, args=[url]) for url in urls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert asked_when_it_failed == [15] * 15  # their bodies have no end


def test_no_cookie_is_kept(web, fetcher):
    web.add("/a", headers={"Set-Cookie": "a=b; Max-Age=9999"})
    for _ in range(2):
        fetcher.get(web.url("/a"))
    assert not any("cookie" in request.headers for request in web.requests)


# --- redirects


@pytest.mark.parametrize(
    ("statuses", "has_moved"),
    [
        ([], False),
        ([301], True),
        ([308], True),
        ([301, 308, 301], True),
        ([302], False),
        ([303], False),
        ([307], False),
        ([301, 302], False),
        ([302, 301], False),
        ([301, 307, 308], False),
    ],
)
def test_a_page_has_moved_if_all_redirects_are_for_good(
    web, fetcher, statuses, has_moved
):
    for hop, status in enumerate(statuses):
        web.redirect(f"/{hop}", f"/{hop + 1}", status)
    last = web.add(f"/{len(statuses)}", b"Hej", headers={"ETag": '"1"'})
    for etag in ("", '"1"'):
        page = fetcher.get(web.url("/0"), etag=etag)
        assert page.moved_to == (last if has_moved else "")
        assert page.url == last


@pytest.mark.parametrize("coding", ["", "gzip", "br", "gzip, gzip"])
def test_the_body_of_a_redirect_is_not_read(web, coding):
    bomb = BOMB.get(coding, bytes(30_000_000))
    headers = {"Location": "/b", "Content-Encoding": coding}
    web.add("/a", bomb, 302, headers)
    web.add("/b", b"Hej")
    with Fetcher([web.host_port], max_bytes=1000) as fetcher:
        assert fetcher.get(web.url("/a")).body == b"Hej"


def test_a_redirect_whose_body_has_no_end_is_followed(web, fetcher):
    head = b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n"
    web.drip("/a", head, b"x", delay_s=0.001)
    web.add("/b", b"Hej")
    assert fetcher.get(web.url("/a")).body == b"Hej"


def test_a_redirect_is_followed_and_the_last_address_kept(web, fetcher):
    web.redirect("/old", "new")
    web.add("/new", b"Hej")
    page = fetcher.get(web.url("/old"))
    assert (page.body, page.url) == (b"Hej", web.url("/new"))


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/å".encode(), "/%C3%A5"),
        ("/å".encode("latin-1"), "/%E5"),
        (b"/a b?c=%20\xff&d=[1]", "/a%20b?c=%20%FF&d=[1]"),
        (b"/a%zz#part", "/a%zz"),
    ],
)
@pytest.mark.parametrize("other", [b"", b"\xff", "å".encode()])
def test_a_redirect_leads_to_the_bytes_that_its_server_wrote(
    web, fetcher, location, path, other
):
    head = b"HTTP/1.1 302 Found\r\nX-A: %s\r\nLocation: %s\r\n\r\n" % (other, location)
    web.add(path, b"Hej")
    assert fetcher.get(web.drip("/a", head, b"", lasts_s=0)).body == b"Hej"


def test_of_two_locations_the_first_one_counts(web, fetcher):
    head = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nLocation: /c\r\n\r\n"
    web.add("/b", b"Hej")
    assert fetcher.get(web.drip("/a", head, b"", lasts_s=0)).body == b"Hej"


@pytest.mark.parametrize("hops", [1, 2, 5])
def test_a_private_address_is_refused_on_every_hop(web, fetcher, hops):
    with Web() as private:
        for hop in range(hops):
            web.redirect(f"/{hop}", f"/{hop + 1}")
        web.redirect(f"/{hops - 1}", private.add("/a"))
        with pytest.raises(FetchError, match="private address"):
            fetcher.get(web.url("/0"))
    assert private.requests == []
    assert len(web.requests) == hops


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://a.example/"])
def test_a_redirect_to_another_protocol_is_refused(web, fetcher, location):
    web.redirect("/a", location)
    with pytest.raises(FetchError, match="not an http or https address"):
        fetcher.get(web.url("/a"))


def test_a_redirect_with_a_password_is_refused(web, fetcher):
    web.redirect("/a", web.url("/b", "user:geheim@127.0.0.1"))
    with pytest.raises(FetchError, match="password"):
        fetcher.get(web.url("/a"))


def test_a_redirect_to_a_broken_address_is_an_error(web, fetcher):
    web.redirect("/a", "http://a]/")
    with pytest.raises(FetchError, match="redirected"):
        fetcher.get(web.url("/a"))


@pytest.mark.parametrize("location", ["http://example.com/a", "HTTP://example.com/a"])
def test_a_redirect_from_https_to_http_is_refused(location):
    with pytest.raises(FetchError, match="from https to http"):
        redirected("HTTPS://example.com/a", location)


@pytest.mark.parametrize("location", ["/b", "https://example.org/", "//example.org/"])
def test_a_redirect_from_https_to_https_is_none(location):
    assert redirected("https://example.com/a", location).startswith("https://")


def test_a_redirect_to_nowhere_ends(web, fetcher):
    with pytest.raises(FetchError, match="redirects"):
        fetcher.get(web.add("/a", status=302))


def test_a_redirect_loop_ends(web, fetcher):
    web.redirect("/a", "/b")
    web.redirect("/b", "/a")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.get(web.url("/a"))
    assert web.paths() == ["/a", "/b"] * 3


def test_five_redirects_are_followed(web, fetcher):
    for hop in range(5):
        web.redirect(f"/{hop}", f"/{hop + 1}")
    web.add("/5", b"Hej")
    assert fetcher.get(web.url("/0")).body == b"Hej"


# --- where it ends


@pytest.mark.parametrize("status", [204, 206, 400, 403, 404, 410, 429, 500, 503])
def test_an_error_status_is_named_with_the_address(web, fetcher, status):
    url = web.add("/a", b"" if status == 204 else b"Oh", status=status)
    with pytest.raises(FetchError, match=f"{url}: HTTP status {status}"):
        fetcher.get(url)


def test_a_dead_host_is_named(web, fetcher):
    with Web() as closed:
        url = closed.url("/a")
    with Fetcher([closed.host_port]) as fetcher, pytest.raises(FetchError, match=url):
        fetcher.get(url)


def test_a_server_that_talks_nonsense_is_named(web, fetcher):
    url = web.drip("/a", b"\x00\x01 nonsense\r\n\r\n", b"")
    with pytest.raises(FetchError, match=url):
        fetcher.get(url)


def test_a_body_that_breaks_off_is_an_error(web, fetcher):
    url = web.add("/a", b"Hej", headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match=url):
        fetcher.get(url)


def test_a_body_of_the_largest_size_is_taken(web, fetcher):
    assert len(fetcher.get(web.add("/a", b"x" * MAX_BYTES)).body) == MAX_BYTES


def test_a_larger_body_is_refused(web, fetcher):
    with pytest.raises(FetchError, match="larger than 100000 bytes"):
        fetcher.get(web.add("/a", b"x" * (MAX_BYTES + 1)))


def test_a_body_without_end_is_refused(web, fetcher):
    url = web.drip("/a", OK + b"\r\n", b"x" * 50_000, delay_s=0.001)
    with pytest.raises(FetchError, match="larger than"):
        fetcher.get(url)


@pytest.mark.parametrize("coding", BOMB)
def test_it_is_the_unpacked_size_that_counts(web, coding):
    url = web.add("/a", BOMB[coding], headers={"Content-Encoding": coding})
    with Fetcher([web.host_port], max_bytes=1_000_000) as fetcher:
        tracemalloc.start()
        with pytest.raises(FetchError, match="larger than 1000000 bytes"):
            fetcher.get(url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


def test_the_packed_size_counts_too(web, fetcher):
    # Members without content: nothing comes out, however many there are.
    empty = gzip.compress(b"") * 300
    url = web.drip("/a", PACKED, empty, delay_s=0.001)
    with pytest.raises(FetchError, match="larger than"):
        fetcher.get(url)


def test_all_codings_that_are_asked_for_are_unpacked(web, fetcher):
    for coding, pack in (("gzip", gzip), ("deflate", zlib), ("br", brotli)):
        url = web.add("/a", pack.compress(b"Hej"), headers={"Content-Encoding": coding})
        assert fetcher.get(url).body == b"Hej"
        assert coding in web.requests[0].headers["accept-encoding"].split(", ")


def test_an_unknown_coding_is_an_error(web, fetcher):
    url = web.add("/a", b"Hej", headers={"Content-Encoding": "zstd"})
    with pytest.raises(FetchError, match=f"{url}: compressed by zstd"):
        fetcher.get(url)


def test_a_size_that_is_too_large_is_refused_before_a_byte_is_read(web, fetcher):
    url = web.drip("/a", OK + b"Content-Length: 100001\r\n\r\n", b"")
    with pytest.raises(FetchError, match="larger than 100000 bytes"):
        fetcher.get(url)


@pytest.mark.parametrize("size", ["9" * 5000, "-5", "0x10", "3\r\nContent-Length: 4"])
def test_a_size_that_is_none_is_an_error(web, fetcher, size):
    start = OK + f"Content-Length: {size}\r\nConnection: close\r\n\r\nHej".encode()
    with pytest.raises(FetchError):
        fetcher.get(web.drip("/a", start, b""))


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_body_that_is_longer_than_it_says_is_an_error(web, fetcher, size):
    start = OK + f"Content-Length: {size}\r\n\r\nHejsa".encode()
    with pytest.raises(FetchError, match=f"more than the {size} bytes it announced"):
        fetcher.get(web.drip("/a", start, b""))
    assert fetcher.get(web.add("/b", b"Hej")).body == b"Hej"


def test_a_body_that_is_shorter_than_it_says_is_an_error(web, fetcher):
    start = OK + b"Content-Length: 30\r\n\r\nHejsa"
    url = web.drip("/a", start, b"", lasts_s=0)
    with pytest.raises(FetchError, match="received 5 bytes, expected 30"):
        fetcher.get(url)


def test_chunks_tell_the_size_whatever_else_is_said(web, fetcher):
    head = OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    url = web.drip("/a", head + b"3\r\nHej\r\n2\r\nsa\r\n0\r\n\r\n", b"")
    assert fetcher.get(url).body == b"Hejsa"


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip", "", "utf-8"])
def test_a_bomb_in_a_bomb_ends_at_the_size_limit(web, fetcher, coding):
    bomb = gzip.compress(gzip.compress(bytes(90_000_000)))
    url = web.add("/a", bomb, headers={"Content-Encoding": coding})
    with pytest.raises(FetchError, match="larger than 100000 bytes"):
        fetcher.get(url)


@pytest.mark.parametrize(
    "start, drop",
    [
        (b"", b"."),
        (OK + b"X-Slow: ", b"x"),
        (OK + b"\r\n", b"x"),
        # A file name in the header of gzip may be of any length.
        (PACKED + b"\x1f\x8b\x08\x08" + b"0" * 6, b"x"),
    ],
    ids=["silence", "header", "body", "packed"],
)
def test_a_slow_drip_ends_at_the_time_limit(web, start, drop):
    delay_s = 60 if not start else 0.02
    url = web.drip("/a", start, drop, delay_s)
    with Fetcher([web.host_port], timeout_s=0.3) as fetcher:
        begun = time.monotonic()
        with pytest.raises(FetchError, match="no full answer in 0.3 s"):
            fetcher.get(url)
    assert time.monotonic() - begun < PATIENCE_S


def test_redirects_share_one_time_limit(web):
    for hop in range(6):
        head = f"HTTP/1.1 302 Found\r\nLocation: /{hop + 1}\r\n\r\n"
        web.drip(f"/{hop}", b"", head.encode(), delay_s=0.4)
    hasty = Fetcher([web.host_port], timeout_s=1.5)
    with hasty, pytest.raises(FetchError, match="no full answer"):
        hasty.get(web.url("/0"))
    assert 1 < len(web.requests) < 6


def test_the_time_limit_starts_anew_with_each_page(web):
    url = web.drip("/slow", OK + b"\r\n", b"x")
    with Fetcher([web.host_port], timeout_s=0.2) as fetcher:
        with pytest.raises(FetchError):
            fetcher.get(url)
        fetcher.timeout_s = PATIENCE_S
        assert fetcher.get(web.add("/a", b"Hej")).body == b"Hej"


def test_what_is_left_of_the_time_caps_each_wait():
    deadline = Deadline()
    assert deadline.cap(30) == 30
    deadline.at = time.monotonic() + 5
    assert 4 < deadline.cap(30) <= 5
    assert deadline.cap(1) == 1


def test_when_the_time_is_over_there_is_no_more_waiting():
    deadline = Deadline()
    deadline.at = time.monotonic() - 1
    with pytest.raises(httpcore.ReadTimeout):
        deadline.cap(30)


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Paths of a certificate of localhost that nobody has signed, and of its key."""
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl command")
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "certificate.pem", folder / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    out = ["-out", paths[0], "-keyout", paths[1]]
    command = ["openssl", "req", "-x509", *key, *names, *out]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@pytest.fixture
def tls_web(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with Web(context) as server:
        yield server


def test_a_certificate_that_nobody_signed_is_refused(tls_web):
    fetcher = Fetcher([("localhost", tls_web.host_port[1])], timeout_s=PATIENCE_S)
    with fetcher, pytest.raises(FetchError, match="its certificate is not valid: self"):
        fetcher.get(tls_web.url("/a", "localhost", "https"))


@pytest.fixture
def trusted(certificate, monkeypatch):
    trusting = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **kwargs: trusting)


def test_a_page_comes_over_tls_from_the_host_that_was_named(tls_web, trusted, names):
    names.answers["localhost"] = [(PUBLIC, None)]
    names.lead_to(PUBLIC, tls_web)
    tls_web.add("/a", b"Hej")
    with Fetcher(timeout_s=PATIENCE_S) as fetcher:
        assert fetcher.get("https://localhost/a").body == b"Hej"


def test_the_dot_at_a_names_end_is_in_no_certificate(tls_web, trusted, names):
    names.answers["localhost."] = [(PUBLIC, None)]
    names.lead_to(PUBLIC, tls_web)
    tls_web.add("/a", b"Hej")
    with Fetcher(timeout_s=PATIENCE_S) as fetcher:
        assert fetcher.get("https://localhost./a").body == b"Hej"


def test_a_slow_drip_over_tls_ends_at_the_time_limit(tls_web, trusted):
    tls_web.drip("/a", OK + b"\r\n", b"x", delay_s=0.02)
    fetcher = Fetcher([("localhost", tls_web.host_port[1])], timeout_s=0.5)
    begun = time.monotonic()
    with fetcher, pytest.raises(FetchError, match="no full answer"):
        fetcher.get(tls_web.url("/a", "localhost", "https"))
    assert time.monotonic() - begun < PATIENCE_S


@pytest.mark.parametrize(
    "host", ["xn--a", "xn--zzzzzzzzz-.example", "xn--ls8h.example"]
)
def test_a_host_that_is_no_name_is_refused_by_name(host):
    with Fetcher() as fetcher, pytest.raises(FetchError, match=host):
        fetcher.get(f"http://{host}/")
