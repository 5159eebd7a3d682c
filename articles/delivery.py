"""Whether feeds and languages still deliver.

The demo site is not looked at: nothing new ever comes from it.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles import demo_site
from articles.models import (
    FEED_STATES,
    Article,
    Feed,
    FeedQuerySet,
    FeedState,
    FeedVisit,
)


def watched() -> FeedQuerySet:
    """The active feeds from which something new is expected."""
    return _real(Feed.objects.active())


def _real(feeds: FeedQuerySet) -> FeedQuerySet:
    return feeds.exclude(url__startswith=f"{demo_site.base_url()}/").order_by("pk")


def silent(feeds: FeedQuerySet) -> FeedQuerySet:
    """Those of the feeds that brought readers nothing new for FEED_SILENT_DAYS days.

    Counted from the last new article that was listed, or else from the first visit we
    know of: a feed that was never visited is not silent.
    """
    since = timezone.now() - timedelta(days=settings.FEED_SILENT_DAYS)
    visits = FeedVisit.objects.filter(feed=OuterRef("pk")).order_by("at")
    heard_at = Coalesce("last_new_at", Subquery(visits.values("at")[:1]))
    return feeds.annotate(heard_at=heard_at).filter(heard_at__lt=since)


def deliveries() -> list[dict[str, Any]]:
    """What each language delivers that has feeds but paused ones, in two queries.

    Those that are gone count: their readers were not asked.

    Rows of {"language", "feeds", "visited", "last_new_at", "fresh"}: its feeds, how
    many of them were ever visited, when the last new one for readers came, and how many
    listed articles did within DELIVERY_HOURS.
    """
    facts = {
        "feeds": Count("pk"),
        "visited": Count("pk", filter=Q(last_fetched_at__isnull=False)),
        "last_new_at": Max("last_new_at"),
    }
    feeds = _real(Feed.objects.exclude(FEED_STATES[FeedState.PAUSED]))
    groups = feeds.order_by("language").values(code=F("language"))
    found: list[Any] = list(groups.annotate(**facts))
    rows = [{"language": row.pop("code"), **row} for row in found]
    since = timezone.now() - timedelta(hours=settings.DELIVERY_HOURS)
    codes = [row["language"] for row in rows]
    fresh = Article.objects.listed().filter(language__in=codes, crawled_at__gte=since)
    listed = fresh.order_by().values(code=F("language")).annotate(n=Count("pk"))
    counts = {row["code"]: row["n"] for row in listed}
    return [{**row, "fresh": counts.get(row["language"], 0)} for row in rows]
