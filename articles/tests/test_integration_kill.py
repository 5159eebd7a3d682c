import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from django.conf import settings

pytestmark = pytest.mark.integration

DEMO_ARTICLES = 60
PATIENCE_S = 60
ARTICLES = """
    SELECT article.url, article.broken, cache.content, cache.error, count(fragment.id)
    FROM articles_article AS article
    LEFT JOIN tokenization_tokenizationcache AS cache ON cache.article_id = article.id
    LEFT JOIN articles_fragment AS fragment ON fragment.article_id = article.id
    GROUP BY article.id
"""


class Site:
    """An installation of its own: a database file and the commands on it."""

    def __init__(self, folder, port):
        self.database = folder / "db.sqlite3"
        self.env = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SECRET_KEY": "killed-" * 20,
            "ALLOWED_HOSTS": "localhost",
            "HTTPS": "False",
            "DEBUG": "False",
            "DEMO_SITE_PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "zeeguu.settings",
        }

    def start(self, *command):
        return subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", *command],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *command):
        """Run a command to its end; return its exit code and output."""
        with self.start(*command) as process:
            out, _ = process.communicate(timeout=PATIENCE_S)
        return process.returncode, out.decode()

    def query(self, sql):
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def count(self):
        return self.query("SELECT count(*) FROM articles_article")[0][0]

    def crawl_and_kill(self, delay_s):
        """Kill a crawl delay_s seconds after its first article; return the new ones."""
        before, end = self.count(), time.monotonic() + PATIENCE_S
        with self.start("crawl") as process:
            while self.count() == before and process.poll() is None:
                assert time.monotonic() < end, "the crawl stores nothing"
                pause(process, 0.002)
            pause(process, delay_s)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        return self.count() - before

    def check(self):
        """Assert that every article is whole; return the URLs."""
        rows = self.query(ARTICLES)
        for url, broken, content, error, fragments in rows:
            assert (broken, error) == ("", ""), url
            assert len(json.loads(content)) == fragments > 0, url
        assert self.query("PRAGMA foreign_key_check") == []
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        return [url for url, *_ in rows]


def pause(process, seconds):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


@pytest.fixture
def site(tmp_path, free_port):
    site = Site(tmp_path, free_port)
    assert site.run("migrate", "--verbosity", "0") == (0, "")
    code, _ = site.run("load_default_feeds", "--demo")
    assert code == 0
    return site


def test_a_crawl_killed_at_any_instant_leaves_only_whole_articles(site):
    stored = 0
    for delay_s in (0, 0.003, 0.02, 0.15, 0.4):
        stored += site.crawl_and_kill(delay_s)
        assert len(site.check()) == stored
    assert 5 <= stored < DEMO_ARTICLES
    code, out = site.run("crawl")
    assert code == 0, out
    urls = site.check()
    assert len(urls) == len(set(urls)) == DEMO_ARTICLES
