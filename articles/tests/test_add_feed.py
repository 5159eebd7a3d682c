from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.models import Feed
from articles.tests.factories import make_feed

pytestmark = pytest.mark.django_db

URL = "https://news.example.com/feed.xml"
FEED = """<rss version="2.0"><channel><title>Fjordbladet</title>{}
<item><title>Ålen</title><link>/eel</link></item></channel></rss>"""


@pytest.fixture
def site(web, settings):
    """A web server that the crawler may visit, with a feed at /feed.xml."""
    settings.CRAWLER_ALLOWED_HOSTS = {web.host_port}
    web.add("/feed.xml", FEED.format("<language>da-DK</language>"))
    return web


def link(href, title=""):
    kind = "application/rss+xml"
    return f'<link rel="alternate" type="{kind}" href="{href}" title="{title}">'


def add_feed(url, **options):
    out = StringIO()
    call_command("add_feed", url, stdout=out, **options)
    return out.getvalue()


def unchecked(url=URL, language="da", **options):
    return add_feed(url, language=language, unchecked=True, **options)


def refused(url=URL, **options):
    """The message of an add_feed that has to be refused with exit code 2."""
    with pytest.raises(CommandError) as caught:
        add_feed(url, **options)
    assert caught.value.returncode == 2
    assert not Feed.objects.exists()
    return str(caught.value)


# --- what the feed says


def test_it_adds_a_feed_and_says_how_to_crawl_it(site):
    out = add_feed(site.url("/feed.xml"))
    feed = Feed.objects.get(url=site.url("/feed.xml"))
    assert (feed.title, feed.language_id, feed.active) == ("Fjordbladet", "da", True)
    assert f"manage.py crawl --feed {feed.pk}" in out


@pytest.mark.parametrize(
    "typed", ["news.example.com:8443/feed", "//news.example.com:8443/feed"]
)
def test_an_address_without_a_scheme_is_one_of_https(typed):
    unchecked(typed)
    assert Feed.objects.get().url == "https://news.example.com:8443/feed"


def test_what_is_given_counts_more_than_what_the_feed_says(site):
    add_feed(site.url("/feed.xml"), language="no", title="Fjorden")
    feed = Feed.objects.get()
    assert (feed.title, feed.language_id) == ("Fjorden", "no")


def test_a_long_title_of_a_feed_is_cut(site):
    site.add("/long.xml", FEED.replace("Fjordbladet", "Fjord" * 50).format(""))
    add_feed(site.url("/long.xml"), language="da")
    assert Feed.objects.get().title == "Fjord" * 40


def test_a_feed_without_items_is_added(site):
    empty = FEED.partition("<item>")[0] + "</channel></rss>"
    url = site.add("/empty.xml", empty.format("<language>da</language>"))
    add_feed(url)
    assert Feed.objects.get().title == "Fjordbladet"


def test_a_feed_whose_items_have_no_address_is_refused_with_their_number(site):
    url = site.add("/bare.xml", FEED.format("").replace("<link>/eel</link>", ""))
    assert "none of its 1 items names a page" in refused(url, language="da")


def test_an_entity_bomb_is_refused_by_its_name(site):
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    url = site.add("/bomb.xml", bomb + FEED.format(""))
    assert f"{url}: refused: its DOCTYPE declares" in refused(url, language="da")


def test_a_feed_reader_s_scheme_is_the_web_s(site):
    add_feed(site.url("/feed.xml").replace("http://", "feed://"))
    assert Feed.objects.get().url == site.url("/feed.xml")


def test_a_language_has_to_be_given_where_the_feed_declares_none(site):
    url = site.add("/mute.xml", FEED.format(""))
    assert refused(url) == (
        f"{url} declares no language; name it with: --language CODE"
    )


def test_a_feed_in_a_language_that_is_not_ours_is_refused(site):
    url = site.add("/ja.xml", FEED.format("<language>ja</language>"))
    assert "unknown language ja; known: da, de, el" in refused(url)


# --- what a page says


def test_the_one_feed_of_a_page_is_added(site):
    url = site.add("/", link("/feed.xml") + '<a href="/rss">Alle feeds</a>')
    add_feed(url)
    feed = Feed.objects.get()
    assert (feed.url, feed.title) == (site.url("/feed.xml"), "Fjordbladet")


def test_a_link_serves_where_a_page_declares_nothing(site):
    add_feed(site.add("/", '<p><a href="/feed.xml">Feed</a>'))
    assert Feed.objects.get().url == site.url("/feed.xml")


def test_of_several_feeds_one_has_to_be_chosen(site):
    url = site.add("/", link("/feed.xml", "Alt") + link("/b.xml"))
    assert refused(url) == (
        f"{url} names 2 feeds; add one of them:"
        f"\n  {site.url('/feed.xml')}  Alt\n  {site.url('/b.xml')}"
    )
    assert site.paths() == ["/"]


def test_a_page_without_feeds_is_refused_with_a_remedy(site):
    url = site.add("/", "<html><p>Velkommen")
    message = refused(url)
    assert message.startswith(f"{url}: not a feed: ")
    assert message.endswith("names none; --unchecked adds an address without looking")


def test_a_page_whose_feed_is_none_is_refused(site):
    url = site.add("/", link("/"))
    assert "not a feed" in refused(url)
    assert site.paths() == ["/", "/"]


@pytest.mark.parametrize("path", ["/gone.xml", "/page"])
def test_what_can_not_be_reached_is_refused_with_a_remedy(site, path):
    site.add("/page", link("/gone.xml"))
    assert refused(site.url(path), language="da") == (
        f"{site.url('/gone.xml')}: HTTP status 404"
        "; --unchecked adds an address without looking"
    )


def test_private_addresses_are_refused(web):
    url = web.add("/feed.xml", FEED)
    assert "private address" in refused(url, language="da")
    assert web.requests == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/feed", "http://10.1.2.3/feed"])
def test_private_addresses_are_refused_unseen_too(url):
    message = refused(url, language="da", unchecked=True)
    assert "private address" in message
    assert "--unchecked" not in message


def test_a_name_that_is_not_found_is_refused_unless_unchecked():
    url = "https://news.no-such-domain/feed"
    assert "--unchecked adds an address" in refused(url, language="da")
    assert "added" in unchecked(url)


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://News.Example.com:443/./feed.xml#x",
        "https://news.example.com./feed%2Exml",
    ],
)
def test_a_known_address_is_known_in_any_spelling(url):
    feed = make_feed(url=URL)
    assert f"Feed {feed.pk} has this address already" in unchecked(url)


def test_an_address_is_stored_in_its_one_spelling():
    unchecked("HTTPS://News.Example.com:443/a/../f%c3%a6d%2Exml#x")
    assert Feed.objects.get().url == "https://news.example.com/f%C3%A6d.xml"


def test_the_language_is_checked_before_anything_is_fetched(site):
    refused(site.url("/feed.xml"), language="xx")
    assert site.requests == []


# --- without looking


def test_a_feed_can_be_added_unseen(site):
    unchecked(site.url("/feed.xml"), title="Fjordbladet")
    feed = Feed.objects.get()
    assert (feed.title, feed.language_id, feed.active) == ("Fjordbladet", "da", True)
    assert site.requests == []


def test_a_feed_that_was_not_seen_declares_no_language():
    message = refused(unchecked=True)
    assert message == f"{URL} declares no language; name it with: --language CODE"


def test_adding_a_feed_twice_is_harmless(site):
    feed = make_feed(url=site.url("/feed.xml"), title="Fjordbladet")
    for given in ({}, {"title": "Et andet navn", "language": "sv"}):
        out = add_feed(feed.url, **given)
        assert f"Feed {feed.pk} has this address already" in out
    feed = Feed.objects.get()
    assert (feed.title, feed.language_id) == ("Fjordbladet", "da")
    assert site.requests == []


def test_a_page_whose_feed_is_known_is_harmless(site):
    feed = make_feed(url=site.url("/feed.xml"))
    out = add_feed(site.add("/", link("/feed.xml")))
    assert f"Feed {feed.pk} has this address already" in out


def test_a_feed_that_was_switched_off_stays_off():
    make_feed(url=URL, active=False)
    unchecked()
    assert not Feed.objects.get().active


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://news.example.com/feed",
        "file:///etc/passwd",
        "http://",
        "https://no spaces/",
        "https://nonsense/",
        "",
        f"https://news.example.com/{'x' * 500}",
    ],
)
def test_what_is_no_web_address_is_refused_with_the_reason(url):
    assert refused(url, language="da").startswith(f"{url}: url: ")


def test_an_unknown_language_is_refused_with_the_known_ones():
    message = refused(language="xx")
    assert "unknown language xx" in message
    assert "da, de, el" in message


def test_a_title_that_is_too_long_is_refused():
    assert "title: " in refused(title="x" * 201, language="da")


def test_where_a_feed_moved_for_good_it_may_be_already(site):
    feed = make_feed(url=site.url("/feed.xml"))
    with pytest.raises(CommandError) as caught:
        call_command("add_feed", site.redirect("/old.xml", "/feed.xml", 301))
    message = str(caught.value)
    assert f"moved to {feed.url} for good, where feed {feed.pk} is already" in message
    assert "--unchecked" not in message
