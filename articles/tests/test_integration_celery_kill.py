"""Celery's processes, killed at random while they crawl, on a Redis of their own."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings

from articles import demo_site
from articles.tests.site import Site, find_port

# On a database of their own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

# KILLS=50 looks at more instants, and takes as much longer.
KILLS = int(os.environ.get("KILLS", "20"))
DEMO_ARTICLES = sum(len(one["articles"]) for one in demo_site.papers().values())
LEASE_S = 5
PROCESSES = 2
PATIENCE_S = 120
# Until the first article is stored, after a start of the worker too.
BEGIN_S = 20


@pytest.fixture
def redis_url(tmp_path):
    if not shutil.which("redis-server"):
        require = pytest.fail if os.environ.get("REQUIRE_REDIS") else pytest.skip
        require("redis-server is not installed")
    port = find_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


@pytest.fixture
def site(tmp_path, migrated, redis_url, free_port, monkeypatch):
    monkeypatch.setattr(settings, "DEMO_SITE_PORT", free_port)
    site = Site(tmp_path, free_port, migrated)
    site.env |= {
        "CELERY_BROKER_URL": redis_url,
        "CRAWLER_ALLOWED_HOSTS": f"127.0.0.1:{free_port}",
        "CRAWLER_HOST_LIMITS": "127.0.0.1=8/0",
        "CRAWL_LEASE_S": str(LEASE_S),
        "CRAWL_INTERVAL_S": "1",
        "RUN_DIR": str(tmp_path / "run"),
    }
    code, _ = site.run("load_default_feeds", "--demo")
    assert code == 0
    with demo_site.serving():
        yield site


class Workers:
    """A Celery worker with two processes, begun again when it was killed."""

    def __init__(self, site, log):
        self.site, self.log = site, log
        self.start()

    def start(self):
        self.process = celery(
            self.site,
            self.log,
            "worker",
            "--queues",
            "crawl",
            "--concurrency",
            str(PROCESSES),
            "--without-gossip",
            "--without-mingle",
        )

    def kill_one(self, chance):
        """Kill one of the worker's processes, now and then itself with all of them."""
        children = children_of(self.process.pid)
        if children and chance.random() < 0.85:
            return kill_if_alive(chance.choice(children))
        self.process.kill()
        self.process.wait()
        for child in children:  # what a supervisor does with the whole group
            kill_if_alive(child)
        return self.start()

    def end(self):
        self.process.terminate()
        self.process.wait(PATIENCE_S)


@contextmanager
def crawling(site, folder):
    """Workers and a beat; yields the former."""
    with (folder / "celery.log").open("ab") as log:
        workers = Workers(site, log)
        beat = celery(site, log, "beat", "--schedule", str(folder / "beat"))
        try:
            yield workers
        finally:
            beat.terminate()
            beat.wait(PATIENCE_S)
            workers.end()


def celery(site, log, *arguments):
    command = [sys.executable, "-m", "celery", "-A", "zeeguu", *arguments]
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=site.env, stdout=log, stderr=log
    )


def children_of(pid):
    try:
        return [
            int(child)
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except FileNotFoundError:
        return []


def kill_if_alive(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_workers_killed_at_random_lose_and_double_nothing(site, tmp_path):
    chance, counts = random.Random(3), []
    with crawling(site, tmp_path) as workers:
        for _ in range(KILLS):
            site.make_due(most_articles=DEMO_ARTICLES // 2)
            before = site.count()
            wait_until(lambda before=before: site.count() != before, BEGIN_S)
            time.sleep(chance.uniform(0, 0.5))
            counts.append(site.count() - before)
            workers.kill_one(chance)
            site.check()
        # Most kills must have hit workers that were storing.
        assert sum(count > 0 for count in counts) > KILLS / 2, counts
        site.make_due(most_articles=DEMO_ARTICLES)
        done = wait_until(
            lambda: site.count() == DEMO_ARTICLES and not claims(site), PATIENCE_S
        )
        assert done, (site.count(), claims(site))
    urls = site.check()
    assert len(urls) == len(set(urls)) == DEMO_ARTICLES


def test_the_command_sends_each_feed_to_the_queue_once(site, redis_url):
    site.env["CRAWL_LEASE_S"] = "600"  # the second one may begin late
    sent = f"{len(demo_site.papers())} feeds sent to the queue\n"
    assert site.run("crawl", "--distributed") == (0, sent)
    assert site.run("crawl", "--distributed") == (0, "0 feeds sent to the queue\n")
    with redis.Redis.from_url(redis_url) as server:
        assert server.llen("crawl") == len(demo_site.papers())


def wait_until(is_so, seconds):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


def claims(site):
    """Feeds that some task has in hand, or had."""
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    sql = f"SELECT count(*) FROM articles_feed WHERE claimed_until > '{now}'"
    return site.query(sql)[0][0]
