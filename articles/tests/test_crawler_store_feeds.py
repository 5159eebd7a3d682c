from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from articles.crawler.feeds.parse import FeedDocument
from articles.crawler.report import FeedReport
from articles.crawler.store.feeds import (
    record_deferred,
    record_failure,
    record_success,
)
from articles.crawler.web.fetch import FetchError, Page
from articles.models import Feed
from articles.tests.factories import make_article, make_feed

pytestmark = pytest.mark.django_db

URL = "https://news.example.com/feed"
ELSEWHERE = "https://www.example.com/rss"
VALIDATORS = {"ETag": '"1"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}


@pytest.fixture(autouse=True)
def no_chance(monkeypatch):
    monkeypatch.setattr("random.random", lambda: 0.0)


def make_page(status=200, moved_to="", **headers):
    headers = httpx.Headers({**VALIDATORS, **headers})
    body = None if status == 304 else b"..."
    return Page(URL, status, body, headers, moved_to)


def make_document(title="", **facts):
    return FeedDocument(title, (), **facts)


def succeed(
    feed, page=None, *, complete=True, document=None, listed=0, hidden=0, errors=()
):
    """A visit that read the feed, unless page says that there was nothing new."""
    page = page or make_page()
    if page.body is not None:
        document = document or make_document()
    report = FeedReport(feed.pk, "", feed.url, "da", listed=listed, errors=[*errors])
    report.count("hidden", hidden, "paywall")
    report.count("left", int(not complete), "over the limit")
    record_success(feed, page, report, document=document)


def wait(feed):
    return feed.next_fetch_at - feed.last_fetched_at


def test_a_complete_visit_keeps_the_validators():
    feed = make_feed()
    succeed(feed)
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified) == tuple(VALIDATORS.values())
    assert feed.last_status == "ok"


def test_an_incomplete_visit_drops_the_validators():
    # Else the next answer would be 304 and hide what was left.
    feed = make_feed(etag='"0"', last_modified="Sun, 01 Nov 2026 10:00:00 GMT")
    succeed(feed, complete=False)
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified) == ("", "")


def test_an_unchanged_feed_keeps_the_validators_it_had():
    feed = make_feed(etag='"0"')
    succeed(feed, make_page(304))
    feed.refresh_from_db()
    assert (feed.etag, feed.last_status) == ('"0"', "unchanged")


def test_validators_longer_than_their_columns_are_not_stored():
    feed = make_feed(etag='"0"')
    page = make_page(**{"ETag": "x" * 600, "Last-Modified": "y" * 200})
    succeed(feed, page)
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified) == ("", "")


def test_an_answer_with_the_content_of_before_brings_its_validators_up_to_date():
    feed = make_feed(etag="š", last_modified="x" * 100, content_hash="1")
    report = FeedReport(feed.pk, "", feed.url, "da")
    record_success(feed, make_page(), report, content_hash="1")
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified) == tuple(VALIDATORS.values())


def test_a_visit_that_failed_asks_without_validators_next_time():
    feed = make_feed(etag='"0"', last_modified="x", content_hash="1")
    record_failure(feed, FetchError("HTTP status 500", 500))
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified, feed.content_hash) == ("", "", "1")


def test_a_feed_without_a_title_takes_the_one_it_tells():
    feed = make_feed(title="")
    succeed(feed, document=make_document("F" * 300))
    feed.refresh_from_db()
    assert feed.title == "F" * 200


def test_a_title_that_was_given_stays():
    feed = make_feed(title="Min avis")
    succeed(feed, document=make_document("Fjordbladet"))
    feed.refresh_from_db()
    assert feed.title == "Min avis"


def test_a_visit_leaves_alone_what_an_admin_changes_meanwhile():
    feed = make_feed()
    Feed.objects.update(active=False, url="https://news.example.com/moved")
    succeed(feed)
    feed.refresh_from_db()
    assert (feed.active, feed.url) == (False, "https://news.example.com/moved")


def test_a_success_forgets_failures():
    feed = make_feed(consecutive_failures=3, last_error="HTTP status 500")
    succeed(feed)
    feed.refresh_from_db()
    assert (feed.consecutive_failures, feed.last_error) == (0, "")
    assert wait(feed) == timedelta(minutes=15)


def test_a_failure_is_noted_with_its_error():
    feed = make_feed()
    record_failure(feed, ValueError("HTTP status 500"))
    feed.refresh_from_db()
    assert (feed.consecutive_failures, feed.last_status) == (1, "failed")
    assert feed.last_error == "HTTP status 500"
    assert feed.last_success_at is None


@pytest.mark.parametrize(
    "earlier, hours", [(0, 2), (1, 4), (2, 8), (3, 16), (4, 24), (100, 24)]
)
def test_each_failure_doubles_the_wait_up_to_a_day(earlier, hours):
    feed = make_feed(interval=timedelta(hours=1), consecutive_failures=earlier)
    record_failure(feed, "HTTP status 500")
    assert wait(feed) == timedelta(hours=hours)


@pytest.mark.parametrize("asked_h, hours", [(1, 2), (5, 5)])
def test_a_server_that_asks_for_more_time_gets_it(asked_h, hours):
    feed = make_feed(interval=timedelta(hours=1))
    record_failure(feed, FetchError("later", 503, timedelta(hours=asked_h)))
    assert wait(feed) == timedelta(hours=hours)


def test_a_feed_that_is_gone_for_good_is_switched_off_and_says_so():
    feed = make_feed()
    record_failure(feed, FetchError("HTTP status 410", 410))
    feed.refresh_from_db()
    assert (feed.active, feed.last_status) == (False, "gone")


def test_a_feed_that_is_not_found_stays_active():
    feed = make_feed()
    record_failure(feed, FetchError("HTTP status 404", 404))
    feed.refresh_from_db()
    assert (feed.active, feed.last_status) == (True, "failed")


def test_a_feed_deleted_meanwhile_does_not_come_back():
    feed = make_feed()
    Feed.objects.all().delete()
    record_failure(feed, "HTTP status 500")
    assert not Feed.objects.exists()


def test_an_interval_of_thousands_of_years_is_a_day():
    feed = make_feed(interval=timedelta(days=10**6), consecutive_failures=9)
    record_failure(feed, "gone")
    feed.refresh_from_db()
    assert wait(feed) == timedelta(days=1)


def test_a_feed_that_is_gone_and_one_that_was_paused_are_told_apart():
    gone, paused, failing = make_feed(), make_feed(active=False), make_feed()
    record_failure(gone, FetchError("HTTP status 410", 410))
    record_failure(failing, FetchError("HTTP status 404", 404))
    fine = make_feed()
    by_state = {
        state: list(Feed.objects.in_state(state))
        for state in ("active", "failing", "gone", "paused")
    }
    assert by_state == {
        "active": [fine],
        "failing": [failing],
        "gone": [gone],
        "paused": [paused],
    }
    for state, feeds in by_state.items():
        assert [feed.state for feed in feeds] == [state]


def test_a_feed_whose_host_has_no_room_has_not_failed():
    feed = make_feed(consecutive_failures=2)
    record_deferred(feed)
    feed.refresh_from_db()
    assert (feed.last_status, feed.consecutive_failures) == ("deferred", 2)


def test_a_new_article_is_remembered():
    feed = make_feed()
    succeed(feed)
    assert feed.last_new_at is None
    succeed(feed, listed=1)
    feed.refresh_from_db()
    assert feed.last_new_at == feed.last_success_at


# --- when it is visited next


@pytest.mark.parametrize(
    "page, document",
    [
        (make_page(**{"Cache-Control": "max-age=7200"}), make_document()),
        (make_page(), make_document(ttl_s=7200)),
    ],
)
def test_a_feed_that_says_how_long_it_stays_the_same_is_left_alone(page, document):
    feed = make_feed()
    succeed(feed, page, document=document)
    assert wait(feed) == timedelta(hours=2)
    succeed(feed, page, document=document, complete=False, listed=1)
    assert wait(feed) == timedelta(minutes=15)


@pytest.mark.parametrize(
    "facts", [{"complete": False}, {"errors": [{"url": "x", "error": "404"}]}]
)
def test_a_feed_that_gives_nothing_though_something_is_left_is_not_visited_sooner(
    facts,
):
    feed = make_feed()
    succeed(feed, make_page(**{"Cache-Control": "max-age=7200"}), **facts)
    assert wait(feed) == timedelta(hours=2)


def test_an_unchanged_feed_is_visited_as_often_as_its_articles_came():
    feed = make_feed()
    make_article(feed=feed, published_at=timezone.now() - timedelta(hours=8))
    succeed(feed, make_page(304))
    assert timedelta(hours=3.9) < wait(feed) < timedelta(hours=4.1)


# --- feeds that move


def test_a_feed_that_moved_for_good_is_followed_when_it_was_said_three_times():
    feed = make_feed(url=URL)
    for _ in range(2):
        succeed(feed, make_page(moved_to=ELSEWHERE))
        feed.refresh_from_db()
        assert feed.url == URL
    succeed(feed, make_page(304, moved_to=ELSEWHERE))
    feed.refresh_from_db()
    assert (feed.url, feed.moved_to, feed.moved_sightings) == (ELSEWHERE, "", 0)


@pytest.mark.parametrize("between", ["", "https://www.example.com/other"])
def test_a_feed_whose_server_says_one_thing_and_another_stays(between):
    feed = make_feed(url=URL)
    for moved_to in (ELSEWHERE, ELSEWHERE, between, ELSEWHERE, ELSEWHERE):
        succeed(feed, make_page(moved_to=moved_to))
    feed.refresh_from_db()
    assert (feed.url, feed.moved_sightings) == (URL, 2)


def test_a_feed_does_not_move_to_where_another_one_is():
    make_feed(url=ELSEWHERE)
    feed = make_feed(url=URL)
    for _ in range(4):
        succeed(feed, make_page(moved_to=ELSEWHERE))
    feed.refresh_from_db()
    assert (feed.url, feed.last_status) == (URL, "ok")


def test_a_feed_does_not_move_where_an_admin_has_moved_it_meanwhile():
    feed = make_feed(url=URL, moved_to=ELSEWHERE, moved_sightings=2)
    Feed.objects.update(url="https://news.example.com/new")
    succeed(feed, make_page(moved_to=ELSEWHERE))
    feed.refresh_from_db()
    assert feed.url == "https://news.example.com/new"


def test_an_address_that_is_too_long_to_move_to_is_not_kept():
    feed = make_feed(url=URL)
    for _ in range(4):
        succeed(feed, make_page(moved_to=f"{ELSEWHERE}?{'x' * 500}"))
    feed.refresh_from_db()
    assert (feed.url, feed.moved_to, feed.moved_sightings) == (URL, "", 0)
