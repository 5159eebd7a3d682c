"""The crawl as Celery tasks, for more than one machine."""

from datetime import datetime, timedelta

from celery.signals import worker_init
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from articles.crawler import apart
from articles.crawler.fetch import Fetcher
from articles.crawler.redis_hosts import RedisHostBudget
from articles.crawler.run import Crawl
from articles.crawler.store.history import prune
from articles.models import Feed
from tokenization import services
from zeeguu.celery import app
from zeeguu.connections import release
from zeeguu.process_pool import KillablePool


@worker_init.connect
def share_language_model(**kwargs):
    """Load it before the worker's processes are forked: they share its memory."""
    apart.preload()


@app.task(name="crawl.send_due")
def send_due():
    """Send the feeds that are due; return how many."""
    return send(Feed.objects.active().due())


def send(feeds):
    """Send each feed to the queue, unless it is there or in work already.

    A claim on the feed tells, so that it does not matter who sends, or how often. It
    ends with the visit, and after CRAWL_LEASE_S where its worker was killed for good.
    Raises QueueAway.
    """
    lease = timezone.now() + timedelta(seconds=settings.CRAWL_LEASE_S)
    return sum(_send(feed.pk, lease) for feed in feeds)


class QueueAway(Exception):
    """The broker does not answer; what was not sent is free to be sent again."""


def _send(pk, lease):
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    due = Feed.objects.active().due()
    if not due.filter(is_free, pk=pk).update(claimed_until=lease):
        return 0
    try:
        visit.delay(pk, lease.isoformat())
    except BrokerAway as exc:
        Feed.objects.filter(pk=pk, claimed_until=lease).update(claimed_until=None)
        raise QueueAway(f"the queue can't be reached: {exc}") from exc
    return 1


@app.task(name="crawl.visit", time_limit=settings.CRAWL_LEASE_S)
def visit(pk, lease):
    """Visit one feed, if the claim named by lease is still the one that counts.

    A task whose worker was killed comes again with the same claim, and goes on.
    """
    mine = Feed.objects.filter(pk=pk, claimed_until=datetime.fromisoformat(lease))
    feed = mine.filter(active=True).first()
    if feed is None:
        return
    release()
    apart.preload([feed.language_id])
    budget = RedisHostBudget(settings.CRAWLER_REDIS_URL, settings.CRAWLER_HOST_LIMITS)
    with KillablePool(1) as pool, Fetcher(budget=budget) as fetcher:
        Crawl(fetcher, pool, services.prepare_in(pool)).feed(feed)
    mine.update(claimed_until=None)


@app.task(name="crawl.clean")
def clean():
    """Delete the history that is too old; return how many visits."""
    return prune()
