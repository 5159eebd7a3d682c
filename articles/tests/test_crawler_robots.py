import threading
import time
import tracemalloc

import pytest

from articles.crawler.web import robots
from articles.crawler.web.errors import Disallowed, FetchError, HostBusy, Refused
from articles.crawler.web.fetch import Fetcher
from articles.crawler.web.hosts import HostBudget
from articles.crawler.web.robots import MAX_ROBOTS_BYTES, rules_for
from articles.tests.web import Web

FORBID_ALL = b"User-agent: *\nDisallow: /\n"


@pytest.fixture
def fetcher(web):
    with Fetcher([web.host_port], timeout_s=2) as fetcher:
        yield fetcher


@pytest.fixture
def clock(monkeypatch):
    """The clock of robots.txt files' age; move it by clock.now."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(robots, "time", clock)
    return clock


def visited(web, fetcher, path="/a"):
    """Whether an article may be fetched; what was asked for must agree."""
    url = web.add(path, b"Hej")
    before = web.paths().count(path)
    try:
        page = fetcher.get_article(url)
    except Disallowed as exc:
        assert url in str(exc)
        assert web.url("/robots.txt") in str(exc)
        assert web.paths().count(path) == before
        return False
    assert (page.body, web.paths().count(path)) == (b"Hej", before + 1)
    return True


# --- whose rules


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /b\n", True),
        ("User-agent: *\nDisallow: /\nAllow: /a$\n", True),
        ("User-agent: *\nDisallow: /*a\n", False),
        ("USER-AGENT: ZEEGUUCRAWLER\nDISALLOW: /\n", False),
        ("User-agent: ZeeguuCrawler/9.9\nDisallow: /\n", False),
        ("User-agent: Zeeguu\nDisallow: /\n", True),
        ("User-agent: OtherBot\nDisallow: /\n", True),
        ("User-agent: OtherBot\nUser-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: ZeeguuCrawler\nDisallow:\n", True),
        ("User-agent: ZeeguuCrawler\nAllow: /\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: ZeeguuCrawler\nUser-agent: X\n\n\nDisallow: /a\n", False),
        ("User-agent: ZeeguuCrawler\nSitemap: /s\nDisallow: /a\n", False),
        (
            "User-agent: ZeeguuCrawler\nDisallow: /b\n"
            "User-agent: X\nDisallow: /\nUser-agent: ZeeguuCrawler\nDisallow: /a\n",
            False,
        ),
        ("Disallow: /\n", True),
        ("\ufeffUser-agent: *\r\nDisallow: / # all\r\n", False),
        ("User-agent: *\rDisallow: /\r", False),
        ("\0\0\ud7ff<html>nonsense:::\n\nUser-agent: *\nDisallow: /\n", False),
        ("<html><body>User-agent: * Disallow: /</body></html>", True),
    ],
)
def test_a_page_is_fetched_where_robots_txt_allows_it(web, fetcher, text, is_allowed):
    web.add("/robots.txt", text)
    assert visited(web, fetcher) == is_allowed


def test_a_robots_txt_that_is_no_text_allows_all(web, fetcher):
    web.add("/robots.txt", bytes(range(256)) * 100)
    assert visited(web, fetcher)


def test_our_name_comes_from_the_settings(web, settings):
    settings.CRAWLER_USER_AGENT = "SomeBot (me@example.com)"
    web.add("/robots.txt", "User-agent: somebot\nDisallow: /\n")
    with Fetcher([web.host_port]) as fetcher:
        assert not visited(web, fetcher)


def test_queries_count_and_odd_addresses_are_no_trouble(web, fetcher):
    web.add("/robots.txt", "User-agent: *\nDisallow: /a?print=\nDisallow: /%C3%A6\n")
    assert not visited(web, fetcher, "/a?print=1")
    assert not visited(web, fetcher, "/%c3%a6ble")
    with pytest.raises(FetchError, match="404"):
        fetcher.get_article(web.url("//a[0]?x=%%%&y=["))


def test_feeds_are_fetched_without_asking(web, fetcher):
    web.add("/robots.txt", FORBID_ALL)
    assert fetcher.get(web.add("/feed", b"Hej")).body == b"Hej"
    assert web.paths() == ["/feed"]


def test_only_so_much_is_read_and_no_half_rule():
    filler = b"User-agent: *\n" + b"#" * (MAX_ROBOTS_BYTES - 30) + b"\n"
    text = rules_for("bot", filler + b"Disallow: /private/\nDisallow: /late/\n")
    assert text == "User-agent: *"


def test_a_file_of_many_agents_and_rules_takes_little_time_and_memory(web, fetcher):
    agents = b"".join(b"User-agent: a%d\n" % number for number in range(12_000))
    rules = b"Disallow: /b\nAllow: /*c$\n" * 10_000
    web.add("/robots.txt", agents + b"User-agent: *\n" + rules)
    begun = time.monotonic()
    tracemalloc.start()
    assert visited(web, fetcher)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000
    assert time.monotonic() - begun < 10


# --- answers


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 451])
def test_without_a_robots_txt_all_is_allowed(web, fetcher, status):
    web.add("/robots.txt", status=status)
    assert visited(web, fetcher)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_where_the_server_fails_nothing_is_allowed_for_now(web, fetcher, clock, status):
    web.add("/robots.txt", status=status, headers={"Retry-After": "0"})
    url = web.add("/a", b"Hej")
    for _ in range(2):
        with pytest.raises(HostBusy, match=f"robots.txt: HTTP status {status}") as exc:
            fetcher.get_article(url)
    assert exc.value.wait_s == 300
    assert web.paths() == ["/robots.txt"]
    clock.now += 300
    web.add("/robots.txt")
    assert visited(web, fetcher)


def test_where_nobody_answers_nothing_is_allowed_for_now():
    with Web() as closed:
        url = closed.url("/a")
    with (
        Fetcher([closed.host_port]) as fetcher,
        pytest.raises(HostBusy, match="robots"),
    ):
        fetcher.get_article(url)


def test_a_robots_txt_that_is_too_large_or_broken_allows_nothing_for_now(web):
    with Fetcher([web.host_port], max_bytes=1000) as fetcher:
        web.add("/robots.txt", b"#" * 1001)
        with pytest.raises(HostBusy, match="larger than"):
            fetcher.get_article(web.url("/a"))


def test_a_private_address_is_an_error_that_waiting_does_not_mend(web):
    with Fetcher(timeout_s=2) as outsider, pytest.raises(Refused, match="private"):
        outsider.get_article(web.add("/a"))
    assert web.requests == []


def test_redirects_are_followed_to_the_robots_txt(web, fetcher):
    for hop in range(5):
        source = f"/{hop}" if hop else "/robots.txt"
        web.redirect(source, f"/{hop + 1}")
    web.add("/5", FORBID_ALL)
    assert not visited(web, fetcher)


@pytest.mark.parametrize("elsewhere", ["http://10.0.0.1/", "ftp://x/", "http://[x"])
def test_a_redirect_that_is_refused_is_no_robots_txt_and_remembered(
    web, fetcher, elsewhere
):
    web.redirect("/robots.txt", elsewhere, status=301)
    assert visited(web, fetcher)
    assert visited(web, fetcher)
    assert web.paths().count("/robots.txt") == 1


def test_a_redirect_without_end_is_no_robots_txt(web, fetcher):
    web.redirect("/robots.txt", "/robots.txt")
    assert visited(web, fetcher)


def test_the_page_that_a_redirect_leads_to_must_be_allowed_too(web, fetcher):
    web.add("/robots.txt", "User-agent: *\nDisallow: /private\n")
    web.redirect("/a", "/private")
    with pytest.raises(Disallowed, match="/private"):
        fetcher.get_article(web.url("/a"))
    with Web() as other:
        fetcher.backend.allowed_hosts |= {other.host_port}
        other.add("/robots.txt", FORBID_ALL)
        web.redirect("/b", other.url("/b"))
        with pytest.raises(Disallowed, match=other.url("/robots.txt")):
            fetcher.get_article(web.url("/b"))
    assert "/private" not in web.paths()
    assert other.paths() == ["/robots.txt"]


# --- memory


def test_it_is_fetched_once_a_day_for_each_origin(web, fetcher, clock, settings):
    settings.CRAWLER_ROBOTS_MAX_AGE_S = 86_400
    assert all(visited(web, fetcher, path) for path in ("/a", "/b", "/c"))
    assert web.paths().count("/robots.txt") == 1
    with Web() as other:  # another port
        fetcher.backend.allowed_hosts |= {other.host_port}
        other.add("/robots.txt", FORBID_ALL)
        assert not visited(other, fetcher)
    clock.now += 86_399
    assert visited(web, fetcher)
    web.add("/robots.txt", FORBID_ALL)
    clock.now += 2
    assert not visited(web, fetcher)
    assert web.paths().count("/robots.txt") == 2


def test_threads_fetch_it_once_and_wait_for_it(web, fetcher):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n"
    web.drip("/robots.txt", b"", head + FORBID_ALL, delay_s=0.3)
    found = []

    def visit():
        try:
            fetcher.get_article(web.url("/a"))
        except FetchError as exc:
            found.append(type(exc))

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Disallowed] * 8
    assert web.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_ORIGINS", 2), ("MAX_CHARACTERS", 60)]
)
def test_the_one_not_asked_for_longest_is_forgotten(
    web, fetcher, monkeypatch, limit, value
):
    monkeypatch.setattr(robots, limit, value)
    with Web() as second, Web() as third:
        fetcher.backend.allowed_hosts |= {second.host_port, third.host_port}
        for site in (web, second, web, third, third, web, second):
            site.add("/robots.txt", FORBID_ALL)
            assert not visited(site, fetcher)
    counts = [site.paths().count("/robots.txt") for site in (web, second, third)]
    assert counts == [1, 2, 1]


# --- delays


@pytest.fixture
def slow_site(web):
    """Asks for a delay; the fetcher has no patience at all."""
    limits = {"*": (1, 0)}
    with Fetcher([web.host_port], budget=HostBudget(limits, 0)) as fetcher:
        yield lambda text: (web.add("/robots.txt", text), fetcher)[1]


@pytest.mark.parametrize(
    ("value", "delay_s"),
    [("20", 20), ("0.5", 0.5), ("9999", 60), ("inf", 0), ("-5", 0), ("soon", 0)],
)
def test_the_crawl_delay_is_obeyed_up_to_a_minute(web, slow_site, value, delay_s):
    fetcher = slow_site(f"User-agent: *\nCrawl-delay: {value}\n")
    assert fetcher.robots.delay_s(web.url("/a")) == delay_s


def test_articles_are_spaced_but_not_feeds_nor_robots_txt(web, slow_site):
    fetcher = slow_site("User-agent: *\nCrawl-delay: 20\n")
    fetcher.get(web.add("/feed"))
    assert visited(web, fetcher)
    fetcher.get(web.url("/feed"))
    with pytest.raises(HostBusy, match="asked once in 20.0 s") as caught:
        fetcher.get_article(web.url("/a"))
    assert 18 < caught.value.wait_s <= 20


def test_the_robots_txt_counts_as_a_request(web):
    fetcher = Fetcher([web.host_port], budget=HostBudget({"*": (1, 2)}, 0))
    with fetcher:
        assert visited(web, fetcher)
        with pytest.raises(HostBusy):
            fetcher.get_article(web.url("/a"))


def test_a_host_that_is_busy_may_be_asked_again_at_once(web):
    budget = HostBudget({"*": (1, 0)}, 0)
    with Fetcher([web.host_port], budget=budget) as fetcher:
        with budget.slot("127.0.0.1"), pytest.raises(HostBusy):
            fetcher.get_article(web.url("/a"))
        assert visited(web, fetcher)
