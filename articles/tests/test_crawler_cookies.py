import threading

import httpx
import pytest

from articles.crawler.web.cookies import MOST_CHARACTERS, new_jar
from articles.crawler.web.errors import FetchError
from articles.crawler.web.fetch import Fetcher
from articles.crawler.web.hosts import HostBudget


@pytest.fixture
def fetcher(web):
    with Fetcher([web.host_port], timeout_s=2) as fetcher:
        yield fetcher


def sent_to(url, *cookies, origin="https://www.news.example/a/b", jar=None):
    """What goes to url after origin has set cookies in one download."""
    jar = new_jar() if jar is None else jar  # an empty one is false
    headers = [(b"Set-Cookie", cookie.encode("latin-1")) for cookie in cookies]
    asked = httpx.Request("GET", origin)
    jar.extract_cookies(httpx.Response(302, headers=headers, request=asked))
    request = httpx.Request("GET", url)
    jar.set_cookie_header(request)
    return request.headers.get("cookie", "")


# --- on the web


@pytest.mark.parametrize("get", ["get", "get_article"])
def test_a_gate_lets_in_who_brings_its_cookie_back(web, fetcher, get):
    url = web.gate("/feed", b"Hej", "seen=1")
    assert getattr(fetcher, get)(url).body == b"Hej"


def test_a_gate_at_another_address_does_too(web, fetcher):
    web.gate("/feed", b"Hej", "seen=1")
    web.gates["/feed"].headers["Location"] = "/login"
    web.redirect("/login", "/feed")
    assert fetcher.get(web.url("/feed")).body == b"Hej"
    assert web.paths() == ["/feed", "/login", "/feed"]


def test_no_cookie_goes_into_the_next_download(web, fetcher):
    url = web.gate("/feed", b"Hej", "seen=1", "; Path=/; Max-Age=9999")
    for _ in range(2):
        fetcher.get(url)
    cookies = [request.headers.get("cookie") for request in web.requests]
    assert cookies == [None, "seen=1"] * 2


def test_threads_do_not_see_each_others_cookies(web):
    def visit(number):
        fetcher.get(web.gate(f"/{number}", b"Hej", f"seen={number}"))

    budget = HostBudget({"*": (9, 0)})
    with Fetcher([web.host_port], timeout_s=5, budget=budget) as fetcher:
        threads = [threading.Thread(target=visit, args=[n]) for n in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for request in web.requests:
        assert request.headers.get("cookie") in (None, f"seen={request.path[1:]}")
    assert len(web.requests) == 18


def test_a_gate_that_never_opens_ends(web, fetcher):
    headers = {"Set-Cookie": "a=b", "Location": "/a"}
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.get(web.add("/a", status=302, headers=headers))
    assert len(web.requests) == 6


# --- whose cookie it is


@pytest.mark.parametrize(
    ("cookie", "url"),
    [
        ("a=b", "https://www.news.example/"),
        ("a=b; Path=/", "http://www.news.example/c"),
        ("a=b; Domain=news.example; Path=/", "https://login.news.example/"),
        ("a=b; Domain=.news.example; Path=/", "https://news.example/"),
        ("a=b; Secure; HttpOnly; SameSite=None; Path=/", "https://www.news.example/"),
        ("a=b; Path=/other", "https://www.news.example/other/c"),
        ("a=b; Max-Age=60; Expires=nonsense; Path=/", "https://www.news.example/"),
    ],
)
def test_a_cookie_goes_back_to_its_site(cookie, url):
    path = "/a/c" if cookie == "a=b" else ""
    assert sent_to(f"{url}{path[1:]}", cookie) == "a=b"


@pytest.mark.parametrize(
    ("cookie", "url"),
    [
        ("a=b; Path=/", "https://news.example/"),
        ("a=b; Path=/", "https://other.example/"),
        ("a=b; Path=/", "https://evil-www.news.example/"),
        ("a=b; Domain=other.example; Path=/", "https://other.example/"),
        ("a=b; Domain=example; Path=/", "https://other.example/"),
        ("a=b; Domain=.example; Path=/", "https://www.news.example/"),
        ("a=b; Secure; Path=/", "http://www.news.example/"),
        ("a=b; Path=/other", "https://www.news.example/"),
        ("a=b; Max-Age=0; Path=/", "https://www.news.example/"),
    ],
)
def test_a_cookie_goes_nowhere_else(cookie, url):
    assert sent_to(url, cookie) == ""


def test_a_suffix_of_many_sites_is_no_site():
    url = "https://other.co.uk/"
    assert sent_to(url, "a=b; Domain=.co.uk; Path=/", origin="https://one.co.uk/") == ""


@pytest.mark.parametrize("domain", [".0.0.1", "0.0.1", ".1"])
def test_the_end_of_an_ip_address_is_no_site(domain):
    cookie = f"a=b; Domain={domain}; Path=/"
    assert sent_to("http://10.0.0.1/", cookie, origin="http://127.0.0.1/") == ""
    assert sent_to("http://127.0.0.1/", cookie, origin="http://127.0.0.1/") == ""


@pytest.mark.parametrize("value", ["é", "\x01", "x" * 9000])
def test_what_can_not_be_sent_back_is_not_kept(value):
    url = "https://www.news.example/a/b"
    assert sent_to(url, f"a={value}", "c=d") == "c=d"


def test_a_server_does_not_fill_our_memory():
    jar = new_jar()
    cookies = [f"a{number}={'x' * 100}" for number in range(500)]
    sent = sent_to("https://www.news.example/a/b", *cookies, jar=jar)
    assert MOST_CHARACTERS * 0.9 < len(sent) < MOST_CHARACTERS * 1.1
    assert len(jar.jar) < 100


@pytest.mark.parametrize(
    "cookie", ["", ";", "=", "a", "=b", "a=b; Domain=", "a=b; Expires=1", "\x00", ",,,"]
)
def test_a_broken_cookie_is_no_error(cookie):
    sent_to("https://www.news.example/a/b", cookie)
