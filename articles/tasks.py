"""The crawl as Celery tasks, for more than one machine."""

import os
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from celery.signals import worker_init, worker_process_shutdown, worker_shutdown
from django.conf import settings
from kombu.exceptions import OperationalError

from articles import cleaning, retention
from articles.crawler import apart
from articles.crawler.line import spread
from articles.crawler.run import Crawl, let_go
from articles.crawler.store.claims import new_lease
from articles.crawler.web.fetch import Fetcher
from articles.crawler.web.redis_hosts import RedisHostBudget
from articles.models import Feed
from tokenization import services
from zeeguu.base.connections import release
from zeeguu.base.process_pool import KillablePool
from zeeguu.celery import app


@worker_init.connect
def share_language_model(**kwargs: Any) -> None:
    """Load it before the worker's processes are forked: they share its memory."""
    apart.preload()


@app.task(name="crawl.send_due")
def send_due() -> int:
    """Send the feeds that are due, the most overdue first; return how many."""
    return send(Feed.objects.active().due().free())


def send(feeds: Iterable[Feed]) -> int:
    """Send each feed to the queue, unless it is there or in work already.

    A claim on the feed tells, so that it does not matter who sends, or how often. It
    ends with the visit, and after CRAWL_LEASE_S where its worker was killed for good.
    Raises QueueAway.
    """
    lease = new_lease()
    return sum(_send(feed.pk, lease) for feed in spread(feeds))


class QueueAway(Exception):
    """The broker does not answer; what was not sent is free to be sent again."""


def _send(pk: int, lease: datetime) -> int:
    if not Feed.objects.active().due().filter(pk=pk).claim(lease):
        return 0
    is_sent = False
    try:
        _enqueue(pk, lease)
        is_sent = True
    finally:  # whatever stopped it; where it was sent nevertheless, that does nothing
        if not is_sent:
            Feed.objects.filter(pk=pk).give_up(lease)
    return 1


def _enqueue(pk: int, lease: datetime) -> None:
    broker: Any = app.connection_for_write()
    try:
        visit.delay(pk, lease.isoformat())
    except (OperationalError, *broker.connection_errors, *broker.channel_errors) as exc:
        server = urlsplit(settings.CELERY_BROKER_URL)
        where = f"{server.scheme}://{server.netloc.rpartition('@')[2]}"  # no password
        message = f"the queue at {where} can't be reached: {_why(exc)}"
        raise QueueAway(message) from exc


def _why(exc: BaseException) -> str:
    """What stopped it, in words: at the end of the chain is what the system said."""
    causes = [exc]
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    if any(isinstance(cause, (TimeoutError, BlockingIOError)) for cause in causes):
        return f"no answer in {settings.BROKER_TIMEOUT_S} s"
    said = [cause.strerror for cause in causes if isinstance(cause, OSError)]
    return next(filter(None, said), "") or str(exc) or type(exc).__name__


@app.task(name="crawl.visit", time_limit=settings.CRAWL_LEASE_S)
def visit(pk: int, lease: str) -> None:
    """Visit one feed, if the claim named by lease is still the one that counts.

    A task whose worker was killed comes again with the same claim, and goes on.
    """
    feed = taken_up(pk, datetime.fromisoformat(lease))
    if feed is None:
        return
    try:
        release()
        fetcher, pool = kept.tools()
        Crawl(fetcher, pool, services.prepare_in(pool)).feed(feed)
    finally:
        let_go(feed)


def taken_up(pk: int, lease: datetime) -> Feed | None:
    """The feed that is claimed under that name; None if it is not, or is paused.

    Where most of the lease went by in the queue, it is made longer once, so that
    nobody else begins while this one is at work. A task that comes again knows both.
    """
    longer = lease + timedelta(seconds=settings.CRAWL_LEASE_S)
    mine = Feed.objects.filter(pk=pk, claimed_until__in=(lease, longer))
    mine.filter(active=False).update(claimed_until=None)
    if new_lease() > lease + timedelta(seconds=settings.CRAWL_LEASE_S / 2):
        mine.prolong(lease, longer)
    return mine.first()


class Kept:
    """What a worker's process keeps from visit to visit: a Fetcher and a KillablePool.

    So each robots.txt is fetched once, and no processes are begun for each visit. Made
    at the first one, and never by the parent of the worker's processes.
    """

    def __init__(self) -> None:
        self.lock, self.pid = threading.Lock(), 0
        self.made: tuple[Fetcher, KillablePool] | None = None

    def tools(self) -> tuple[Fetcher, KillablePool]:
        with self.lock:
            if self.made is None or self.pid != os.getpid():
                self.made = self._make()
                self.pid = os.getpid()
            return self.made

    def _make(self) -> tuple[Fetcher, KillablePool]:
        apart.preload()  # if the parent has not; words take a moment a language
        limits = settings.CRAWLER_HOST_LIMITS
        fetcher = Fetcher(budget=RedisHostBudget(settings.CRAWLER_REDIS_URL, limits))
        return fetcher, KillablePool(1).__enter__()

    def close(self, **kwargs: Any) -> None:
        with self.lock:
            if self.made and self.pid == os.getpid():
                fetcher, pool = self.made
                fetcher.close()
                pool.close()
            self.pid, self.made = 0, None


kept = Kept()
worker_process_shutdown.connect(kept.close)  # a process of the usual pool
worker_shutdown.connect(kept.close)  # a worker that forks none


@app.task(name="crawl.clean")
def clean() -> int:
    """Delete the history that is too old, and what others have; how many visits."""
    return cleaning.clean()


@app.task(name="crawl.clean_articles")
def clean_articles() -> int:
    """Delete articles older than ARTICLE_KEEP_DAYS, if not 0; return how many."""
    days = settings.ARTICLE_KEEP_DAYS
    old = retention.published_before(retention.days_ago(days))
    return sum(retention.prune(old)) if days else 0
