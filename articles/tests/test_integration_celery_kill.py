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
from django.conf import settings

from articles import demo_site
from articles.tests.site import Site, find_port

# On a database of their own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

KILLS = 50
DEMO_ARTICLES = 60
LEASE_S = 5
PATIENCE_S = 120


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
def site(tmp_path, redis_url, free_port, monkeypatch):
    monkeypatch.setattr(settings, "DEMO_SITE_PORT", free_port)
    site = Site(tmp_path, free_port)
    site.env |= {
        "CELERY_BROKER_URL": redis_url,
        "CRAWLER_ALLOWED_HOSTS": f"127.0.0.1:{free_port}",
        "CRAWLER_HOST_LIMITS": "127.0.0.1=8/0",
        "CRAWL_LEASE_S": str(LEASE_S),
        "CRAWL_INTERVAL_S": "1",
        "RUN_DIR": str(tmp_path / "run"),
    }
    assert site.run("migrate", "--verbosity", "0") == (0, "")
    code, _ = site.run("load_default_feeds", "--demo")
    assert code == 0
    with demo_site.serving():
        yield site


class Workers:
    """A Celery worker with two processes, begun again when it was killed."""

    def __init__(self, site, folder):
        self.site, self.log = site, (folder / "worker.log").open("ab")
        self.start()

    def start(self):
        self.process = celery(
            self.site,
            self.log,
            *("worker", "--queues", "crawl", "--concurrency", "2"),
            *("--without-gossip", "--without-mingle"),
        )

    def kill_one(self, chance):
        """Kill the worker, or one of its processes."""
        children = children_of(self.process.pid)
        pid = chance.choice([self.process.pid, *children, *children])
        os.kill(pid, signal.SIGKILL)
        if pid == self.process.pid:
            self.process.wait()
            for child in children:  # what a supervisor does with the whole group
                kill_if_alive(child)
            self.start()

    def end(self):
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.log.close()


def celery(site, log, *arguments):
    command = [sys.executable, "-m", "celery", "-A", "zeeguu", *arguments]
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=site.env, stdout=log, stderr=log
    )


@contextmanager
def beat(site, folder):
    with (folder / "beat.log").open("wb") as log:
        process = celery(site, log, "beat", "--schedule", str(folder / "beat"))
        yield
        process.terminate()
        process.wait(PATIENCE_S)


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
    workers = Workers(site, tmp_path)
    with beat(site, tmp_path):
        for _ in range(KILLS):
            site.make_due(most_articles=DEMO_ARTICLES // 2)
            before = site.count()
            time.sleep(chance.uniform(0.2, 2.5))
            workers.kill_one(chance)
            counts.append(len(site.check()) - before)
        # Most kills must have hit workers that were storing.
        assert sum(count > 0 for count in counts) > KILLS / 3, counts
        site.make_due(most_articles=DEMO_ARTICLES)
        end = time.monotonic() + PATIENCE_S
        while site.count() < DEMO_ARTICLES or claims(site):
            assert time.monotonic() < end, (site.count(), claims(site))
            time.sleep(0.5)
    workers.end()
    urls = site.check()
    assert len(urls) == len(set(urls)) == DEMO_ARTICLES


def claims(site):
    """Feeds that some task has in hand, or had."""
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    sql = f"SELECT count(*) FROM articles_feed WHERE claimed_until > '{now}'"
    return site.query(sql)[0][0]
