"""One spelling of a feed's address, and whether the crawler may ever fetch it."""

import pytest

from articles import defaults, demo_site
from articles.addresses import normal_url
from articles.crawler.web import fetchable
from articles.crawler.web.errors import FetchError, Refused
from articles.crawler.web.fetchable import require_fetchable

SAME = {
    "https://example.com/": [
        "HTTPS://Example.COM",
        "https://example.com:443/",
        "https://example.com./",
        "https://example.com/#top",
        " https://example.com/ ",
        "https://example.com/.",
        "https://example.com/a/..",
        "feed:https://example.com/",
        "https://example.com:443/a/../#x",
    ],
    "http://example.com/": ["feed://example.com", "http://EXAMPLE.com:80"],
    "http://example.com:8080/a?b=c&a=%2F": [
        "http://example.com:8080/a?b=c&a=%2f#x",
        "http://example.com:08080/%61?b=c&a=%2f",
        "http://example.com:8080/./x/../a?b=c&%61=%2f",
    ],
    "https://example.com/~a-b_c.d/%C3%A6%2F%25": [
        "https://example.com/%7Ea%2Db%5fc%2ed/%c3%a6%2f%25",
        "https://example.com/~a-b_c.d/æ%2F%25",
    ],
    "https://xn--bcher-kva.example/": [
        "https://bücher.example",
        "https://BÜCHER.example./",
    ],
    "https://example.com/a": ["https://example.com/a?", "https://example.com/a?#x"],
    "http://[::1]:8080/": ["http://[::1]:8080", "http://[::1]:8080/#"],
}
DIFFERENT = [
    "https://example.com/a",
    "http://example.com/a",
    "https://example.com/A",
    "https://example.com/a/",
    "https://example.com/a??",
    "https://example.com/a?b&c",
    "https://example.com/a?c&b",
    "https://www.example.com/a",
    "https://example.com//a",
    "https://example.com/a%2Fb",
    "https://example.com/a/b",
    "https://example.com:8443/a",
]


@pytest.mark.parametrize(
    ("url", "normal"), [(url, normal) for normal, urls in SAME.items() for url in urls]
)
def test_spellings_of_one_address_are_one(url, normal):
    assert normal_url(url) == normal
    assert normal_url(normal) == normal


def test_what_a_server_may_tell_apart_stays():
    assert [normal_url(url) for url in DIFFERENT] == DIFFERENT


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "news.example.com/feed",
        "javascript:alert(1)",
        "http://",
        "https://no spaces/",
        "https://a.com/a b",
        "ftp://a.com/",
        "http://[",
        "\x00",
        "https://a.com:99999/",
        "https://xn--a/",
        "http://a.com:x/",
        "//a.com/",
    ],
)
def test_what_is_no_web_address_stays_as_it_is(url):
    assert normal_url(url) in (url, f"{url}/")


def test_a_password_stays_to_be_refused():
    assert normal_url("https://ada:x@A.com/") == "https://ada:x@a.com/"


def test_the_feeds_that_come_with_us_are_spelt_so():
    for feed in [*defaults.public_feeds(), *demo_site.feeds()]:
        assert normal_url(feed["url"]) == feed["url"]


# --- what the crawler may fetch

PRIVATE = [
    "http://127.0.0.1/",
    "http://10.1.2.3/",
    "http://192.168.1.1:8080/",
    "http://[::1]/",
    "http://169.254.169.254/",
    "http://0.0.0.0/",
    "http://[::ffff:10.1.2.3]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[fe80::1]/",
    "http://100.64.0.1/",
]


@pytest.fixture
def lead_to(monkeypatch):
    """Make every name lead to addresses, or to none."""

    def lead(*addresses):
        def look_up(host, port, timeout_s):
            if not addresses:
                raise FetchError(f"host {host} can't be found")
            return list(addresses)

        monkeypatch.setattr(fetchable.names, "addresses", look_up)

    return lead


@pytest.mark.parametrize("name", ["found", "public", "any"])
@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_refused_in_any_spelling(url, name):
    with pytest.raises(Refused):
        require_fetchable(url, name)


@pytest.mark.parametrize("name", ["found", "public"])
def test_a_name_with_one_private_address_is_refused(lead_to, name):
    lead_to("93.184.215.14", "10.1.2.3")
    with pytest.raises(Refused, match=r"host db has the private address 10\.1\.2\.3"):
        require_fetchable("http://db/feed", name)


def test_a_name_that_is_not_found_is_refused_where_it_has_to_be(lead_to):
    lead_to()
    with pytest.raises(FetchError, match="host news.example can't be found"):
        require_fetchable("https://news.example/", "found")
    require_fetchable("https://news.example/", "public")


def test_no_name_is_looked_up_where_any_will_do(lead_to):
    lead_to("10.1.2.3")
    require_fetchable("https://news.example/", "any")


def test_public_names_and_addresses_are_fine(lead_to):
    lead_to("93.184.215.14")
    for url in ("https://news.example/", "http://93.184.215.14:8080/x"):
        require_fetchable(url, "found")


@pytest.mark.parametrize(
    "url",
    ["ftp://a.com/", "file:///etc/passwd", "https://u:p@a.com/", "https://xn--a/", ""],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(Refused):
        require_fetchable(url, "any")


def test_exceptions_are_by_host_and_port(settings):
    settings.CRAWLER_ALLOWED_HOSTS = {("127.0.0.1", 8089), ("localhost", 80)}
    require_fetchable("http://127.0.0.1:8089/da/feed", "found")
    require_fetchable("http://localhost/", "found")
    with pytest.raises(Refused):
        require_fetchable("http://127.0.0.1:8090/", "found")


@pytest.mark.parametrize("name", ["found", "public", "any"])
@pytest.mark.parametrize("host", ["nope.invalid", "NOPE.INVALID.", "invalid"])
def test_names_that_can_never_be_found_are_refused(host, name):
    with pytest.raises(Refused, match="can't be found: no name ends with .invalid"):
        require_fetchable(f"http://{host}/", name)
