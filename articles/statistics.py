"""The crawl in numbers, counted by the database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Max, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from articles.counts import counted
from articles.crawler.report import sum_reasons
from articles.delivery import deliveries
from articles.models import (
    FAILED,
    FEED_STATES,
    KINDS,
    Article,
    Feed,
    FeedVisit,
    Language,
)

# The last one is today, UTC.
DAYS = 30
# For what is said of single feeds, and of what became of their items.
RECENT = timedelta(days=7)
WORST_FEEDS = 10
# The reasons are JSON, which no two databases group alike: the newest are read.
MOST_VISITS = 10_000
OUTCOMES = (FeedVisit.OK, FeedVisit.UNCHANGED, FeedVisit.DEFERRED, *FAILED)
NO_VISITS = dict.fromkeys(("visits", "items", "reasons", "slowest", "failing"), ())


def crawl_statistics() -> dict[str, Any]:
    """Return the numbers of the last weeks; see CrawlStatisticsSerializer.

    Those of articles and visits may be some minutes old where there are many, and
    ``counted_at`` says so; it is None while they are counted for the first time.
    """
    articles, visits = counted("articles by day", _articles), counted("visits", _visits)
    new, of_visits = articles.value or [], visits.value or NO_VISITS
    return {
        "counted_at": articles.at and visits.at and min(articles.at, visits.at),
        "feeds": _states(),
        "languages": deliveries(),
        "articles": _dated(_summed(new, ("day", "language"), only_listed=True)),
        "broken": _summed(new, ("language", "broken")),
        **of_visits,
        "visits": _dated(of_visits["visits"]),
    }


def days() -> list[date]:
    """The days that are told of, the oldest first."""
    today = timezone.now().date()
    return [today - timedelta(days=number) for number in reversed(range(DAYS))]


def _articles() -> list[Any]:
    """Articles by day, language and what is broken: at most some thousand rows."""
    learnable = Language.objects.learnable().order_by("code")
    codes = list(learnable.values_list("code", flat=True))
    # Naming the languages lets the index of language and time be used.
    articles = Article.objects.filter(language__in=codes, crawled_at__gte=_midnight())
    groups = articles.order_by().values(
        "language", "broken", day=TruncDate("crawled_at", tzinfo=UTC)
    )
    return list(groups.annotate(articles=Count("pk")))


def _summed(
    rows: Iterable[Mapping[str, Any]], names: Sequence[str], only_listed: bool = False
) -> list[dict[str, Any]]:
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        if not (only_listed and row["broken"]):
            sums[tuple(row[name] for name in names)] += row["articles"]
    return [
        {**dict(zip(names, key, strict=True)), "articles": number}
        for key, number in sorted(sums.items())
    ]


def _states() -> list[dict[str, Any]]:
    counts = {
        f"are_{state.value}": Count("pk", filter=is_in)
        for state, is_in in FEED_STATES.items()
    }
    found = Feed.objects.aggregate(**counts)
    return [
        {"state": state.value, "feeds": found[f"are_{state.value}"]}
        for state in FEED_STATES
    ]


def _dated(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same rows, with days that are no longer texts."""
    return [{**row, "day": date.fromisoformat(row["day"])} for row in rows]


def _visits() -> dict[str, Any]:
    """All that is told of visits; counted as one."""
    return {
        "visits": _outcomes(),
        "items": _items(),
        "reasons": _reasons(),
        "slowest": _worst("-mean_s", mean_s__gt=0),
        "failing": _worst("-failures", failures__gt=0),
    }


def _outcomes() -> list[Any]:
    visits = FeedVisit.objects.filter(at__gte=_midnight()).order_by()
    groups = visits.values("status", day=TruncDate("at", tzinfo=UTC))
    return list(groups.annotate(visits=Count("pk")).order_by("day", "status"))


def _items() -> list[dict[str, Any]]:
    """How many items were of which kind; they add up to what was found."""
    visits = FeedVisit.objects.filter(at__gte=timezone.now() - RECENT)
    found = visits.aggregate(**{kind: Sum(kind) for kind in KINDS})
    return [{"kind": kind, "items": found[kind] or 0} for kind in KINDS]


def _reasons() -> list[dict[str, Any]]:
    since = timezone.now() - RECENT
    visits = FeedVisit.objects.filter(at__gte=since, found__gt=0).order_by("-at")
    total = sum_reasons(visits.values_list("reasons", flat=True)[:MOST_VISITS])
    return [
        {"kind": kind, "reason": reason, "items": n}
        for kind in KINDS
        for reason, n in total.get(kind, Counter()).most_common()
    ]


def _worst(order: str, **wanted: Any) -> list[Any]:
    visits = FeedVisit.objects.filter(at__gte=timezone.now() - RECENT).order_by()
    of_feeds = visits.values("feed").annotate(
        title=F("feed__title"),
        url=F("feed__url"),
        visits=Count("pk"),
        failures=Count("pk", filter=Q(status__in=FAILED)),
        mean_s=Avg("seconds"),
        longest_s=Max("seconds"),
    )
    return list(of_feeds.filter(**wanted).order_by(order, "feed")[:WORST_FEEDS])


def _midnight() -> datetime:
    first = days()[0]
    return datetime(first.year, first.month, first.day, tzinfo=UTC)
