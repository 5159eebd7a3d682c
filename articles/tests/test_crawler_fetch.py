import gzip
import ipaddress
import random
import shutil
import socket
import ssl
import subprocess
import time
from datetime import timedelta

import httpcore
import httpx
import pytest

from articles.crawler.fetch import (
    Deadline,
    Fetcher,
    FetchError,
    is_public,
    redirected,
    retry_after,
)
from articles.tests.web import Web

PUBLIC = "93.184.216.34"
MAX_BYTES = 100_000
OK = b"HTTP/1.1 200 OK\r\n"
PACKED = OK + b"Content-Encoding: gzip\r\n\r\n"
PRIVATE_NETWORKS = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
    *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32"),
    *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64"),
    *("2001::/32", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16"),
    *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
]
PRIVATE = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.8", "172.16.0.1"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1"),
    *("ff02::1", "2001:db8::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "2002:7f00:1::", "2001:0:7f00:1::"),
]


@pytest.fixture
def fetcher(web):
    with Fetcher([web.host_port], timeout_s=1, max_bytes=MAX_BYTES) as fetcher:
        yield fetcher


@pytest.fixture
def outsider():
    """A fetcher without exceptions from the guard."""
    with Fetcher(timeout_s=1) as fetcher:
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
    with Fetcher([web.host_port], timeout_s=1) as fetcher:
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
        *(PUBLIC, "8.8.8.8", "100.63.255.255", "100.128.0.0", "192.0.1.0"),
        *("2606:2800:220:1::1", "2001:4860:4860::8888", "2a00:1450::1"),
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
    with Fetcher(timeout_s=1) as fetcher:
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
        *("file:///etc/passwd", "ftp://example.com/a", "javascript:alert(1)"),
        *("", "news", "//example.com/a", "http://", "http:///a", "gopher://a/"),
        *("http://[::1", "http://a:b:c/", "http://a\0b/"),
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
        *(("120", 120), ("0", 0), ("99999999999999999999", 86_400)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ],
)
def test_a_server_may_ask_for_seconds_or_name_a_date_up_to_a_day(header, seconds):
    assert retry_after(header) == timedelta(seconds=seconds)


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "٣", "Wed, 99 Oct 2015"])
def test_what_a_server_says_in_vain(header):
    assert retry_after(header) is None


def test_an_error_has_its_status_and_what_the_server_asks_for(web, fetcher):
    web.add("/a", status=429, headers={"Retry-After": "60"})
    with pytest.raises(FetchError, match="status 429") as caught:
        fetcher.get(web.url("/a"))
    assert caught.value.status == 429
    assert caught.value.retry_after == timedelta(seconds=60)


# --- redirects


def test_a_redirect_is_followed_and_the_last_address_kept(web, fetcher):
    web.redirect("/old", "new")
    web.add("/new", b"Hej")
    page = fetcher.get(web.url("/old"))
    assert (page.body, page.url) == (b"Hej", web.url("/new"))


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


def test_it_is_the_unpacked_size_that_counts(web, fetcher):
    bomb = gzip.compress(bytes(20_000_000))
    url = web.add("/a", bomb, headers={"Content-Encoding": "gzip"})
    assert len(bomb) < MAX_BYTES
    with pytest.raises(FetchError, match="larger than"):
        fetcher.get(url)


def test_a_bomb_in_a_bomb_is_not_unpacked(web, fetcher):
    bomb = gzip.compress(gzip.compress(bytes(1_000_000)))
    url = web.add("/a", bomb, headers={"Content-Encoding": "gzip, gzip"})
    with pytest.raises(FetchError, match="compressed more than once"):
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
    assert time.monotonic() - begun < 1


def test_redirects_share_one_time_limit(web):
    for hop in range(6):
        head = f"HTTP/1.1 302 Found\r\nLocation: /{hop + 1}\r\nContent-Length: 9\r\n"
        head += "Connection: close\r\n\r\n"
        web.drip(f"/{hop}", head.encode(), b"x", delay_s=0.02)
    hasty = Fetcher([web.host_port], timeout_s=0.5)
    with hasty, pytest.raises(FetchError, match="no full answer"):
        hasty.get(web.url("/0"))
    assert 1 < len(web.requests) < 6


def test_the_time_limit_starts_anew_with_each_page(web):
    url = web.drip("/slow", OK + b"\r\n", b"x")
    with Fetcher([web.host_port], timeout_s=0.2) as fetcher:
        with pytest.raises(FetchError):
            fetcher.get(url)
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
    fetcher = Fetcher([("localhost", tls_web.host_port[1])], timeout_s=2)
    with fetcher, pytest.raises(FetchError, match="certificate verify failed"):
        fetcher.get(tls_web.url("/a", "localhost", "https"))


@pytest.fixture
def trusted(certificate, monkeypatch):
    trusting = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **kwargs: trusting)


def test_a_page_comes_over_tls_from_the_host_that_was_named(tls_web, trusted, names):
    names.answers["localhost"] = [(PUBLIC, None)]
    names.lead_to(PUBLIC, tls_web)
    tls_web.add("/a", b"Hej")
    with Fetcher(timeout_s=2) as fetcher:
        assert fetcher.get("https://localhost/a").body == b"Hej"


def test_a_slow_drip_over_tls_ends_at_the_time_limit(tls_web, trusted):
    tls_web.drip("/a", OK + b"\r\n", b"x", delay_s=0.02)
    fetcher = Fetcher([("localhost", tls_web.host_port[1])], timeout_s=0.5)
    begun = time.monotonic()
    with fetcher, pytest.raises(FetchError, match="no full answer"):
        fetcher.get(tls_web.url("/a", "localhost", "https"))
    assert time.monotonic() - begun < 2
