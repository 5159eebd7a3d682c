"""What crawls did, kept for a while: runs, and the visits of feeds."""

import contextlib
import socket
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from articles.crawler.store.given import Report
from articles.deletion import SMALL_BATCH, delete_rows
from articles.models import FAILED, CrawlRun, Feed, FeedVisit

# Of a visit's failures; the others are counted in the report.
MOST_LISTED = 50
# Failures of one address in a day after which it is given up for that day.
OFTEN = 3


def start_run(command: str) -> CrawlRun:
    """Return the CrawlRun that begins now."""
    host = socket.gethostname()[:100]
    return CrawlRun.objects.create(host=host, command=command[:200])


def finish_run(run: CrawlRun) -> None:
    CrawlRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())


def record_visit(report: Report, error: str = "", run: CrawlRun | None = None) -> None:
    """Keep a FeedReport, and add it to its run's sums.

    Unless its feed or run was deleted just now.
    """
    counts = {name: getattr(report, name) for name in report.COUNTS}
    with contextlib.suppress(IntegrityError), transaction.atomic():
        # First, and so locked for writing: to create the visit locks the run for
        # reading, and two visits that both want to write then wait for each other.
        if run is not None:
            _add(run, report.status, counts)
        FeedVisit.objects.create(
            run=run,
            feed_id=report.feed,
            status=report.status,
            error=error,
            seconds=report.seconds,
            reasons=report.reasons,
            errors=report.errors[:MOST_LISTED],
            **counts,
        )


def _add(run: CrawlRun, status: str, counts: dict[str, int]) -> None:
    more = {name: F(name) + number for name, number in counts.items() if number}
    if status in FAILED:
        more["failed_visits"] = F("failed_visits") + 1
    CrawlRun.objects.filter(pk=run.pk).update(visited=F("visited") + 1, **more)


def often_failed(feed: Feed) -> set[str]:
    """Addresses that failed so often in the feed's visits of the last day.

    Asking for them at each visit would bother their server in vain.
    """
    since = timezone.now() - timedelta(days=1)
    visits = FeedVisit.objects.filter(feed=feed, at__gt=since).exclude(errors=[])
    lists = visits.order_by().values_list("errors", flat=True)
    counts = Counter(error["url"] for errors in lists for error in errors)
    return {url for url, number in counts.items() if number >= OFTEN}


def prune() -> int:
    """Delete what is older than CRAWL_HISTORY_DAYS; return how many visits."""
    before = timezone.now() - timedelta(days=settings.CRAWL_HISTORY_DAYS)
    visits = delete_rows(FeedVisit.objects.filter(at__lt=before))
    delete_rows(CrawlRun.objects.filter(started_at__lt=before, visits=None))
    return visits


def delete_visits(feed_id: int) -> None:
    """Delete a feed's visits, and the runs that visited nothing else."""
    visits = FeedVisit.objects.filter(feed=feed_id).order_by("pk")
    while batch := list(visits.values_list("pk", "run")[:SMALL_BATCH]):
        ids, runs = zip(*batch, strict=True)
        FeedVisit.objects.filter(pk__in=ids).delete()
        done = CrawlRun.objects.filter(pk__in=set(runs), finished_at__isnull=False)
        delete_rows(done.filter(visits=None))
