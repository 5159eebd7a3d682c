"""POST /api/feeds/ looks at the feed first, as add_feed does."""

import subprocess

import pytest
from django.db import connection

from articles import services
from articles.models import Feed
from articles.tests.factories import make_feed
from articles.tests.test_add_feed import FEED, link
from articles.tests.test_admin_preview import commands  # noqa: F401 - a fixture
from articles.tests.test_api_feeds import FEEDS, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(web, settings, tmp_path, commands):  # noqa: F811 - the fixture
    """A web server that the crawler may visit, with a feed at /feed.xml."""
    settings.RUN_DIR = tmp_path
    settings.CRAWLER_ALLOWED_HOSTS = {web.host_port}
    web.add("/feed.xml", FEED.format("<language>da-DK</language>"))
    return web


def added(response):
    assert response.status_code == 201, response.content
    return Feed.objects.get(pk=response.json()["id"])


def message(response):
    errors = refused(response)
    assert list(errors) == ["url"]
    assert not Feed.objects.exists()
    return errors["url"][0]


def test_title_and_language_are_the_feeds_own(staff_api, site):
    feed = added(staff_api.post(FEEDS, {"url": site.url("/feed.xml")}))
    assert (feed.title, feed.language_id, feed.active) == ("Fjordbladet", "da", True)


def test_what_is_given_counts_more(staff_api, site):
    given = {"url": site.url("/feed.xml"), "language": "no", "title": "Fjorden"}
    feed = added(staff_api.post(FEEDS, {**given, "active": False}))
    assert (feed.title, feed.language_id, feed.active) == ("Fjorden", "no", False)


def test_the_only_feed_of_a_page_is_added(staff_api, site):
    url = site.add("/", link("/feed.xml") + '<a href="/rss">Alle feeds</a>')
    assert added(staff_api.post(FEEDS, {"url": url})).url == site.url("/feed.xml")


def test_several_feeds_of_a_page_are_named(staff_api, site):
    url = site.add("/", link("/feed.xml", "Alt") + link("/b.xml"))
    errors = refused(staff_api.post(FEEDS, {"url": url}))
    assert errors == {
        "url": [f"{url} names 2 feeds; add one of them"],
        "feeds": [site.url("/feed.xml"), site.url("/b.xml")],
    }
    assert not Feed.objects.exists()


def test_what_is_no_feed_is_refused_with_the_reason(staff_api, site):
    page = site.add("/page", "<html><p>Velkommen")
    assert "not a feed" in message(staff_api.post(FEEDS, {"url": page}))
    gone = site.url("/gone.xml")
    assert f"{gone}: HTTP status 404" in message(staff_api.post(FEEDS, {"url": gone}))
    nothing = site.add("/nothing", link("/page"))
    assert "not a feed" in message(staff_api.post(FEEDS, {"url": nothing}))


@pytest.mark.parametrize("code", ["", "<language>ja</language>"])
def test_a_language_has_to_be_ours(staff_api, site, code):
    url = site.add("/other.xml", FEED.format(code))
    assert list(refused(staff_api.post(FEEDS, {"url": url}))) == ["language"]
    assert not Feed.objects.exists()
    assert added(staff_api.post(FEEDS, {"url": url, "language": "da"}))


@pytest.mark.parametrize("code", ["ja", "fao", "danish"])
def test_what_a_feed_declares_is_named(staff_api, site, code):
    url = site.add("/other.xml", FEED.format(f"<language>{code}</language>"))
    [message] = refused(staff_api.post(FEEDS, {"url": url}))["language"]
    why = f"the feed declares '{code}', which is not one of ours: choose one of da, de,"
    assert message.startswith(why)


@pytest.mark.parametrize("value", ["xx", "DA", "", 7, None, ["da"]])
def test_a_language_that_is_none_is_named_with_those_there_are(staff_api, value):
    feed, given = make_feed(), {"url": "https://example.com/feed", "language": value}
    for response in (
        staff_api.post(FEEDS, given),
        staff_api.patch(f"{FEEDS}{feed.pk}/", {"language": value}),
    ):
        [message] = refused(response)["language"]
        assert message == "This field may not be null." or message.startswith(
            f"{value!r}: use da, de, el,"
        )


def test_a_known_feed_is_not_looked_at_again(staff_api, site):
    feed = make_feed(url=site.url("/feed.xml"))
    errors = refused(staff_api.post(FEEDS, {"url": feed.url}))
    assert f"feed {feed.pk} has this address already" in errors["url"][0]
    assert site.requests == []
    page = site.add("/", link("/feed.xml"))
    errors = refused(staff_api.post(FEEDS, {"url": page}))
    assert f"feed {feed.pk} has this address already" in errors["url"][0]


@pytest.mark.parametrize("given", [{}, {"unchecked": True, "language": "da"}])
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://10.1.2.3/feed", "http://localhost:1/x"]
)
def test_private_addresses_are_refused_also_unseen(staff_api, url, given):
    assert list(refused(staff_api.post(FEEDS, {"url": url, **given}))) == ["url"]
    feed = make_feed()
    assert list(refused(staff_api.patch(f"{FEEDS}{feed.pk}/", {"url": url}))) == ["url"]


def test_a_name_that_nobody_knows_is_refused_unless_unchecked(staff_api):
    given = {"url": "https://news.no-such-domain/feed", "language": "da"}
    assert "can't be found" in message(staff_api.post(FEEDS, given))
    assert added(staff_api.post(FEEDS, {**given, "unchecked": True}))


def test_unseen_it_needs_a_language(staff_api, site):
    given = {"url": site.url("/feed.xml"), "unchecked": True}
    assert list(refused(staff_api.post(FEEDS, given))) == ["language"]
    assert added(staff_api.post(FEEDS, {**given, "language": "da"})).title == ""
    assert site.requests == []


def test_no_connection_is_held_while_looking(staff_api, monkeypatch):
    seen = []

    def look(command, **options):
        seen.append(len(released))
        assert options["timeout"] < 120
        raise subprocess.TimeoutExpired(command, 1)

    released = []
    monkeypatch.setattr(services, "release", lambda: released.append(1))
    monkeypatch.setattr(subprocess, "run", look)
    given = {"url": "https://news.example.com/feed"}
    assert "not looked at in" in message(staff_api.post(FEEDS, given))
    assert seen == [2]  # before the name is looked up, and before the look
    assert connection.connection is not None


# --- another address


def test_a_new_address_of_a_feed_is_looked_at(staff_api, site):
    feed = make_feed()
    url, page = f"{FEEDS}{feed.pk}/", site.add("/page", "<html><p>Velkommen")
    errors = refused(staff_api.patch(url, {"url": page}))
    assert "not a feed" in errors["url"][0]
    site.add("/", link("/feed.xml"))
    answer = staff_api.patch(url, {"url": site.url("/")})
    assert (answer.status_code, answer.json()["url"]) == (200, site.url("/feed.xml"))
    feed.refresh_from_db()
    assert feed.url == site.url("/feed.xml")


def test_a_new_address_is_taken_unseen_where_that_is_meant(staff_api, site):
    feed, page = make_feed(), site.add("/page", "<html><p>Velkommen")
    given = {"url": page, "unchecked": True}
    answer = staff_api.patch(f"{FEEDS}{feed.pk}/", given)
    assert answer.status_code == 200, answer.content
    assert "unchecked" not in answer.json()
    assert site.requests == []


# --- addresses that moved


@pytest.mark.parametrize("status", [301, 308])
def test_where_a_feed_moved_for_good_it_may_be_already(staff_api, site, status):
    known, other = make_feed(url=site.url("/feed.xml")), make_feed()
    old = site.redirect("/old.xml", "/feed.xml", status)
    for response in (
        staff_api.post(FEEDS, {"url": old}),
        staff_api.patch(f"{FEEDS}{other.pk}/", {"url": old}),
    ):
        [message] = refused(response)["url"]
        assert message.startswith(f"feed {known.pk} is at {known.url} already")
    assert Feed.objects.count() == 2


def test_a_feed_gets_the_address_back_that_leads_to_it(staff_api, site):
    feed = make_feed(url=site.url("/feed.xml"))
    old = site.redirect("/old.xml", "/feed.xml", 301)
    answer = staff_api.patch(f"{FEEDS}{feed.pk}/", {"url": old})
    assert answer.status_code == 200, answer.content


def test_a_redirect_for_now_leads_to_nobody_else(staff_api, site):
    make_feed(url=site.url("/feed.xml"))
    assert added(staff_api.post(FEEDS, {"url": site.redirect("/new", "/feed.xml")}))
