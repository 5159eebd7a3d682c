"""The crawl in numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from articles.statistics import crawl_statistics
from articles.tests.factories import make_article, make_feed, make_visit

pytestmark = pytest.mark.django_db


def ago(**time):
    return timezone.now() - timedelta(**time)


def stored(article, at):
    """Let an article have been stored at another time: a new one is of now."""
    Article.objects.filter(pk=article.pk).update(crawled_at=at)


def test_feeds_are_counted_by_state():
    make_feed()
    make_feed(consecutive_failures=2)
    make_feed(hidden_in_a_row=1)
    make_feed(active=False)
    make_feed(active=False, last_status="gone")
    make_feed(active=False, last_status="gone")
    found = {row["state"]: row["feeds"] for row in crawl_statistics()["feeds"]}
    assert found == {"active": 1, "unlisted": 1, "failing": 1, "gone": 2, "paused": 1}


def test_listed_articles_are_counted_by_day_and_language():
    today = timezone.now().date()
    make_article()
    make_article(language="sv")
    make_article(broken="too_short")
    stored(make_article(), ago(days=29))
    stored(make_article(), ago(days=31))
    assert crawl_statistics()["articles"] == [
        {"day": today - timedelta(days=29), "language": "da", "articles": 1},
        {"day": today, "language": "da", "articles": 1},
        {"day": today, "language": "sv", "articles": 1},
    ]


def test_broken_articles_are_counted_by_language_and_reason():
    make_article()
    make_article(broken="paywall")
    stored(make_article(broken="paywall"), ago(days=3))
    assert crawl_statistics()["broken"] == [
        {"language": "da", "broken": "", "articles": 1},
        {"language": "da", "broken": "paywall", "articles": 2},
    ]


def test_visits_are_counted_by_day_and_outcome(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 1, 15, 12, tzinfo=UTC))
    for status in ("ok", "ok", "failed"):
        make_visit(status=status, at=datetime(2026, 1, 14, 23, 30, tzinfo=UTC))
    make_visit(at=datetime(2025, 11, 1, tzinfo=UTC))
    with timezone.override("Asia/Tokyo"):
        visits = crawl_statistics()["visits"]
    assert [(row["day"].day, row["status"], row["visits"]) for row in visits] == [
        (14, "failed", 1),
        (14, "ok", 2),
    ]


def test_what_became_of_items_is_summed_by_kind_and_reason():
    reasons = {"left": {"out of time": 1}, "hidden": {"paywall": 2, "too_short": 1}}
    make_visit(found=5, listed=1, hidden=3, left=1, reasons=reasons)
    make_visit(found=3, hidden=3, reasons={"hidden": {"paywall": 3}})
    make_visit(found=9, hidden=9, reasons={"hidden": {"advert": 9}}, at=ago(days=8))
    found = crawl_statistics()
    items = {row["kind"]: row["items"] for row in found["items"] if row["items"]}
    assert items == {"listed": 1, "hidden": 6, "left": 1}
    assert found["reasons"] == [
        {"kind": "hidden", "reason": "paywall", "items": 5},
        {"kind": "hidden", "reason": "too_short", "items": 1},
        {"kind": "left", "reason": "out of time", "items": 1},
    ]


def test_the_slowest_feeds_come_first():
    quick, slow = make_visit(seconds=1).feed, make_visit(seconds=9).feed
    make_visit(slow, seconds=3)
    make_visit()
    found = crawl_statistics()["slowest"]
    assert [(row["feed"], row["mean_s"], row["longest_s"]) for row in found] == [
        (slow.pk, 6, 9),
        (quick.pk, 1, 1),
    ]


def test_the_most_failing_feeds_come_first():
    seldom, often = make_visit(status="failed").feed, make_visit(status="gone").feed
    make_visit(often, status="failed")
    make_visit(often)
    make_visit()
    found = crawl_statistics()["failing"]
    assert [(row["feed"], row["failures"], row["visits"]) for row in found] == [
        (often.pk, 2, 3),
        (seldom.pk, 1, 1),
    ]


def test_more_rows_cost_no_more_queries():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            crawl_statistics()
        return len(captured)

    make_visit(found=1, hidden=1)
    few = queries()
    for language in ("da", "de", "sv"):
        make_visit(make_feed(language), found=1, seconds=1, hidden=1)
        make_article(language=language, broken="paywall")
    assert queries() == few == 10
