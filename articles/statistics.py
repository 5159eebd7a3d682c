"""The crawl in numbers, counted by the database in nine queries."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db.models import Avg, Count, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from articles.delivery import deliveries
from articles.models import FEED_STATES, Article, Feed, FeedVisit, Language

# The last one is today, UTC.
DAYS = 30
# For what is said of single feeds, and of what was skipped.
RECENT = timedelta(days=7)
WORST_FEEDS = 10
# What was skipped is JSON, which no two databases group alike: the newest are read.
MOST_VISITS = 10_000
FAILED = ("failed", "gone")
OUTCOMES = ("ok", "unchanged", "deferred", *FAILED)


def crawl_statistics():
    """Return the numbers of the last weeks; see CrawlStatisticsSerializer."""
    articles = _articles()
    return {
        "feeds": _states(),
        "languages": deliveries(),
        "articles": _summed(articles, ("day", "language"), only_listed=True),
        "visits": _visits(),
        "skipped": _skipped(),
        "broken": _summed(articles, ("language", "broken")),
        "slowest": _worst("-mean_s", mean_s__gt=0),
        "failing": _worst("-failures", failures__gt=0),
    }


def with_sums(runs):
    """Runs with what their visits add up to, by subqueries: a list has many columns."""

    def of_run(what, **wanted):
        visits = FeedVisit.objects.filter(run=OuterRef("pk"), **wanted).order_by()
        return Coalesce(Subquery(visits.values("run").annotate(n=what).values("n")), 0)

    return runs.annotate(
        feeds=of_run(Count("pk")),
        stored=of_run(Sum("stored")),
        updated=of_run(Sum("updated")),
        failed=of_run(Count("pk"), status__in=FAILED),
    )


def days():
    """The days that are told of, the oldest first."""
    today = timezone.now().date()
    return [today - timedelta(days=number) for number in reversed(range(DAYS))]


def _articles():
    """Articles by day, language and what is broken: at most some thousand rows."""
    codes = list(Language.objects.order_by("code").values_list("code", flat=True))
    # Naming the languages lets the index of language and time be used.
    articles = Article.objects.filter(language__in=codes, crawled_at__gte=_midnight())
    groups = articles.order_by().values(
        "language", "broken", day=TruncDate("crawled_at", tzinfo=UTC)
    )
    return list(groups.annotate(articles=Count("pk")))


def _summed(rows, names, only_listed=False):
    sums = Counter()
    for row in rows:
        if not (only_listed and row["broken"]):
            sums[tuple(row[name] for name in names)] += row["articles"]
    return [
        {**dict(zip(names, key, strict=True)), "articles": number}
        for key, number in sorted(sums.items())
    ]


def _states():
    counts = {
        f"are_{state.value}": Count("pk", filter=is_in)
        for state, is_in in FEED_STATES.items()
    }
    found = Feed.objects.aggregate(**counts)
    return [
        {"state": state.value, "feeds": found[f"are_{state.value}"]}
        for state in FEED_STATES
    ]


def _visits():
    visits = FeedVisit.objects.filter(at__gte=_midnight()).order_by()
    groups = visits.values("status", day=TruncDate("at", tzinfo=UTC))
    return list(groups.annotate(visits=Count("pk")).order_by("day", "status"))


def _skipped():
    since = timezone.now() - RECENT
    visits = FeedVisit.objects.filter(at__gte=since, found__gt=0).order_by("-at")
    total = Counter()
    for skipped in visits.values_list("skipped", flat=True)[:MOST_VISITS]:
        total.update(skipped)
    return [{"reason": name, "items": n} for name, n in total.most_common()]


def _worst(order, **wanted):
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


def _midnight():
    first = days()[0]
    return datetime(first.year, first.month, first.day, tzinfo=UTC)
