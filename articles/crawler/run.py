"""A crawl: any number of feeds visited, some at a time, each with a report."""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import close_old_connections

from articles.crawler.judge.draft import Standards
from articles.crawler.judge.rules import Rule
from articles.crawler.line import Line, Stop
from articles.crawler.report import (
    BEING_VISITED,
    DELETED,
    OUT_OF_TIME,
    STOPPED,
    FeedReport,
)
from articles.crawler.store.claims import claim, give_up
from articles.crawler.store.feeds import (
    record_failure,
)
from articles.crawler.store.given import Prepare
from articles.crawler.store.history import record_visit
from articles.crawler.threads import SameThread, Threads
from articles.crawler.visit import Visit
from articles.crawler.web.fetch import Fetcher
from articles.models import CrawlRun, Feed, FeedVisit, JudgeRule, Topic
from zeeguu.base.connections import DatabaseFailed, release
from zeeguu.base.process_pool import KillablePool, described
from zeeguu.base.wording import in_words

logger = logging.getLogger(__name__)

# Between two looks at what there is to do, where nothing is.
BLINK_S = 0.5
# Of a feed whose failure could not be noted: nobody is to come again at once.
REST = timedelta(minutes=1)


class VisitError(Exception):
    """A visit ended by what nobody foresaw; the message says what that was."""


class Crawl:
    """One crawl over any number of feeds.

    fetcher is a Fetcher, pool a KillablePool. prepare(texts, language_code) returns for
    each ArticleText an object with ``save(article_id, fragment_ids)`` and ``error``.
    limit bounds a feed's new articles. progress, where given, is called with (done,
    known) articles: how many were handled, and how many came up. run is the CrawlRun
    that the visits belong to. When ``stop.is_asked``, and after timeout_s, by default
    CRAWLER_RUN_TIMEOUT_S, nothing is begun any more, and what was begun is stored.
    only_due: feeds that somebody else has visited meanwhile are left alone.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        pool: KillablePool,
        prepare: Prepare,
        *,
        limit: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        run: CrawlRun | None = None,
        stop: Stop | None = None,
        timeout_s: float | None = None,
        only_due: bool = False,
    ) -> None:
        self.fetcher, self.pool, self.prepare = fetcher, pool, prepare
        self.limit, self.run, self.stop, self.only_due = limit, run, stop, only_due
        if timeout_s is None:
            timeout_s = settings.CRAWLER_RUN_TIMEOUT_S
        self.deadline = time.monotonic() + timeout_s
        self.progress = progress or (lambda done, known: None)
        self.not_noted: set[int] = set()
        self.refresh()

    def refresh(self) -> None:
        """Read topics and rules again: an admin may have changed them."""
        self.topics = tuple(Topic.objects.all())
        self.rules = tuple(JudgeRule.objects.filter(active=True))

    @property
    def is_over(self) -> bool:
        return self.is_stopped or time.monotonic() > self.deadline

    @property
    def is_stopped(self) -> bool:
        return self.stop is not None and self.stop.is_asked

    @property
    def why_over(self) -> str:
        return STOPPED if self.is_stopped else OUT_OF_TIME

    def feeds(self, feeds: Iterable[Feed], workers: int = 1) -> Iterator[FeedReport]:
        """Crawl feeds with that many threads; yields a FeedReport as each ends."""
        return self.visits(Line(feeds, self.room), workers)

    def room(self, host: str) -> int:
        """How many feeds of a host may be visited at a time without one in vain."""
        return self.fetcher.budget.limit(host).concurrent

    def visits(self, line: Line, workers: int = 1) -> Iterator[FeedReport]:
        """Crawl the feeds of a line with that many threads, each as one is free."""
        with SameThread() if workers == 1 else Threads(workers, "crawl") as threads:
            try:
                yield from self._visits(line, workers, threads)
            finally:
                self.deadline = 0  # also where this one is interrupted

    def _visits(
        self, line: Line, workers: int, threads: Executor
    ) -> Iterator[FeedReport]:
        under_way: dict[Future[FeedReport], Feed] = {}
        try:
            while under_way or not line.is_over:
                while len(under_way) < workers and (feed := line.take()):
                    # Here, on one connection: to open one costs as much as a visit.
                    claimed, report = self._take_up(feed)
                    if claimed is None:
                        line.leave(feed)
                        yield report
                    else:
                        under_way[threads.submit(self._visit, claimed)] = claimed
                done = self._wait_for(under_way)
                for future in done:
                    line.leave(under_way.pop(future))
                    yield future.result()
        finally:
            for future, feed in under_way.items():
                if future.cancel():
                    let_go(feed)

    def _wait_for(
        self, under_way: Collection[Future[FeedReport]]
    ) -> set[Future[FeedReport]]:
        """The futures that are done; soon none, and then no connection is held."""
        if not under_way:
            release()
            time.sleep(BLINK_S)
        done, _ = wait(under_way, BLINK_S, FIRST_COMPLETED)
        if not done:
            release()
        return done

    def visit(self, feed: Feed) -> FeedReport:
        """Crawl one feed unless somebody else does; others leave it alone meanwhile."""
        claimed, report = self._take_up(feed)
        return report if claimed is None else self._visit(claimed)

    def _take_up(self, feed: Feed) -> tuple[Feed | None, FeedReport]:
        """The feed as it is now, claimed; None, and why, if it can't be visited."""
        report = report_of(feed)
        if self.is_over:
            report.defer(self.why_over)
            return None, report
        try:
            claimed = claim(feed, only_due=self.only_due)
        except DatabaseFailed as exc:
            self._fail(report, exc)
            return None, report
        if claimed is None:
            is_there = Feed.objects.filter(pk=feed.pk).exists()
            report.defer(BEING_VISITED if is_there else DELETED)
        return claimed, report

    def _visit(self, claimed: Feed) -> FeedReport:
        try:
            return self.feed(claimed)
        finally:
            let_go(claimed, REST if claimed.pk in self.not_noted else None)
            self.not_noted.discard(claimed.pk)

    def feed(self, feed: Feed) -> FeedReport:
        """Crawl one feed; return its FeedReport. Raises nothing a feed can cause.

        Whatever ends the visit, a fault of ours or of a library included, is this
        feed's failure, and nobody else's.
        """
        report = report_of(feed)
        started = time.monotonic()
        if self.is_over:
            report.defer(self.why_over)
            return report
        try:
            note = Visit(self, feed, report, started).crawl()
            report.seconds = round(time.monotonic() - started, 2)
            self._note(note, feed, report)
        except Exception as exc:  # noqa: BLE001 - logged and reported there
            message = self._fail(report, exc)
            report.seconds = round(time.monotonic() - started, 2)
            self._note_failure(feed, report, VisitError(message))
        return report

    def _note(self, note: Callable[[], bool], feed: Feed, report: FeedReport) -> None:
        """Note on the feed and in the history how a visit went.

        Nothing where the feed was deleted meanwhile.
        """
        if note():
            report.status = feed.last_status
            record_visit(report, feed.last_error or report.put_off, self.run)

    def _fail(self, report: FeedReport, exc: Exception) -> str:
        """Log what ended a visit, with its traceback, and report it; return it."""
        logger.exception("Feed %s: the visit ended", report.feed, exc_info=exc)
        if isinstance(exc, DatabaseFailed):
            message = f"the database failed: {in_words(exc)}"
            close_old_connections()  # the next one gets a new one
        else:
            message = f"{report.url}: the visit ended by {described(exc)}"
        report.status = FeedVisit.FAILED
        report.err(report.url, message)
        return message

    def _note_failure(self, feed: Feed, report: FeedReport, error: Exception) -> None:
        try:
            # Not as the visit has left it: what it changed may be what is wrong.
            fresh = Feed.objects.filter(pk=feed.pk).first()
            if fresh is not None:
                fresh.etag = fresh.last_modified = ""
                fresh.content_hash = fresh.moved_to = ""
                # Not the claim that it has now, but the one that the visit had.
                fresh.claimed_until = feed.claimed_until
                self._note(partial(record_failure, fresh, error), fresh, report)
        except Exception:
            logger.exception("Feed %s: its failure was not noted", report.feed)
            close_old_connections()
            self.not_noted.add(report.feed)

    def standards(self, language: str) -> Standards:
        """The Standards of a language."""
        rules = [rule for rule in self.rules if rule.language_id in (None, language)]
        return Standards(
            language,
            tuple(Rule(r.pk, r.reason, r.where, r.phrase) for r in rules),
            self.topics,
        )


def report_of(feed: Feed) -> FeedReport:
    """The FeedReport of a visit that has not begun."""
    return FeedReport(feed.pk, str(feed), feed.url, feed.language_id)


def let_go(feed: Feed, rest: timedelta | None = None) -> None:
    """Give up the claim on a feed; in vain is no harm, since its lease ends."""
    try:
        give_up(feed, rest)
    except DatabaseFailed as exc:
        logger.error("The claim on feed %s ends with its lease: %s", feed.pk, exc)
        close_old_connections()
