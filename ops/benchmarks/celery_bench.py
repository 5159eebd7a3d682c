"""Two Celery workers against one: a crawl shared by several machines, on this one."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import redis
from django.utils import timezone

from articles.models import Article, Feed, FeedVisit
from ops.benchmarks import newspapers, server
from ops.benchmarks.crawl_bench import add_feeds

BROKER = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/14")
PAGES = server.sized(400, 5)
GOAL = 1.7
PATIENCE_S = 300


def run():
    """figure and baseline are articles a second with two workers and with one.

    From the first task's start to the last one's end; each worker has one process.
    """
    try:
        redis.Redis.from_url(BROKER).ping()
    except redis.ConnectionError as exc:
        raise server.MissingMaterial(f"no Redis, see BENCH_REDIS_URL: {exc}") from exc
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pages = newspapers.write_pages(folder, PAGES)
        with newspapers.serving(folder) as base:
            add_feeds(folder, base, pages)
            environment = {**newspapers.allowed(base), "CELERY_BROKER_URL": BROKER}
            baseline, figure = (rate(number, environment) for number in (1, 2))
    return {
        "figure": round(figure, 2),
        "baseline": round(baseline, 2),
        "ratio": round(figure / baseline, 2),
        "unit": "articles a second",
        "goal": GOAL,
        "goal_reached": figure / baseline >= GOAL,
        "articles": PAGES,
    }


def rate(workers, environment):
    """Articles a second of a crawl from nothing by that many workers."""
    Article.objects.all().delete()
    FeedVisit.objects.all().delete()
    Feed.objects.update(
        next_fetch_at=timezone.now(),
        claimed_until=None,
        **dict.fromkeys(("etag", "last_modified", "content_hash"), ""),
    )
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(worker(environment))
        time.sleep(10)  # until the models are loaded
        server.manage("crawl", "--distributed", "--verbosity", "0", **environment)
        wait_for(Feed.objects.count())
    visits = FeedVisit.objects.order_by("at")
    begun = min(visit.at.timestamp() - visit.seconds for visit in visits)
    return Article.objects.count() / (visits.last().at.timestamp() - begun)


@contextmanager
def worker(environment):
    command = [sys.executable, "-m", "celery", "-A", "zeeguu", "worker"]
    command += ["--queues", "crawl", "--concurrency", "1", "--hostname", uuid4().hex]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    process = subprocess.Popen(
        command,
        cwd=server.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def wait_for(visits):
    end = time.monotonic() + PATIENCE_S
    while FeedVisit.objects.count() < visits:
        if time.monotonic() > end:
            raise RuntimeError(f"the crawl did not end in {PATIENCE_S} s")
        time.sleep(0.2)
