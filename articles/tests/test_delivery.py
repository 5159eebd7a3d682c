"""Which feeds are silent, and which languages deliver."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import demo_site
from articles.delivery import deliveries, silent, watched
from articles.models import Article
from articles.tests.factories import make_article, make_feed, make_visit

pytestmark = pytest.mark.django_db


def ago(**time):
    return timezone.now() - timedelta(**time)


def test_a_feed_is_silent_after_some_days_without_a_new_article(settings):
    feed = make_feed(last_new_at=ago(days=6))
    assert list(silent(watched())) == []
    settings.FEED_SILENT_DAYS = 5
    assert list(silent(watched())) == [feed]


def test_a_feed_that_never_brought_anything_is_silent_some_days_after_its_first_visit():
    young, old, _ = make_feed(), make_feed(), make_feed()
    make_visit(young, at=ago(days=6))
    for days in (8, 1):
        make_visit(old, at=ago(days=days))
    assert list(silent(watched())) == [old]


def test_its_last_new_article_speaks_for_a_feed_visited_long_ago():
    feed = make_feed(last_new_at=ago(days=1))
    make_visit(feed, at=ago(days=100))
    assert list(silent(watched())) == []


def test_neither_paused_feeds_nor_the_demo_sites_are_watched():
    feed = make_feed()
    make_feed(active=False)
    make_feed(url=demo_site.feeds()[0]["url"])
    assert list(watched()) == [feed]


def test_deliveries_tell_of_each_language_what_came_lately():
    now = timezone.now()
    visited = make_feed("da", last_fetched_at=now, last_new_at=now)
    make_feed("da")
    make_feed("sv")
    make_feed("de", active=False)
    make_article(feed=visited)
    make_article(feed=visited, broken="paywall")
    old = make_article(feed=visited)
    Article.objects.filter(pk=old.pk).update(crawled_at=ago(hours=49))
    nothing = {"feeds": 1, "visited": 0, "last_new_at": None, "fresh": 0}
    assert deliveries() == [
        {"language": "da", "feeds": 2, "visited": 1, "last_new_at": now, "fresh": 1},
        {"language": "sv", **nothing},
    ]


def test_a_language_whose_feeds_are_all_gone_delivers_nothing():
    make_feed(active=False, last_status="gone", last_fetched_at=timezone.now())
    make_feed("de", active=False)  # paused
    assert [(row["language"], row["fresh"]) for row in deliveries()] == [("da", 0)]
