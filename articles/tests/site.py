"""An installation of its own, for tests that kill its processes or frighten them."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

from django.conf import settings

PATIENCE_S = 60
CONTENT = (
    "articles_searchtext",
    "tokenization_tokenizationcache",
    "articles_fragment",
    "articles_address",
    "articles_article_topics",
    "articles_article",
)
FORGET = """
    UPDATE articles_feed SET next_fetch_at = '2000-01-01 00:00:00',
    claimed_until = NULL, etag = '', last_modified = '', content_hash = ''
"""
ARTICLES = """
    SELECT article.url, article.broken, cache.content, cache.error, count(fragment.id)
    FROM articles_article AS article
    LEFT JOIN tokenization_tokenizationcache AS cache ON cache.article_id = article.id
    LEFT JOIN articles_fragment AS fragment ON fragment.article_id = article.id
    GROUP BY article.id
"""


def find_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Site:
    """An installation of its own: a database file and the commands on it."""

    def __init__(self, folder, port, database):
        """database is the file that it begins with a copy of."""
        self.database = folder / "db.sqlite3"
        shutil.copy(database, self.database)
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

    def command(self, *arguments):
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]

    def start(self, *command):
        return subprocess.Popen(
            self.command(*command),
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
        opened = sqlite3.connect(self.database, timeout=20)
        with closing(opened) as connection, connection:
            return connection.execute(sql).fetchall()

    def count(self):
        return self.query("SELECT count(*) FROM articles_article")[0][0]

    def crawl_and_kill(self, chance):
        """Kill a crawl, one in four at any instant, the others while they store.

        Return how many articles it stored.
        """
        before, waits_s = self.count(), chance.uniform(0, 3)
        with self.start("crawl", "--due", "--verbosity", "0") as process:
            if chance.random() < 0.75:
                while self.count() == before and process.poll() is None:
                    pause(process, 0.002)
                waits_s = chance.uniform(0, 0.7)
            pause(process, waits_s)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        return self.count() - before

    def make_due(self, most_articles):
        """Let the next crawl have work: where much is stored, all of it is gone."""
        deletes = [f"DELETE FROM {table}" for table in CONTENT]
        statements = [
            "BEGIN IMMEDIATE",
            *(deletes if self.count() > most_articles else ()),
            FORGET,
            "COMMIT",
        ]
        opened = sqlite3.connect(self.database, timeout=20)
        with closing(opened) as connection:
            connection.executescript(";".join(statements))

    def check(self):
        """Assert that every article is whole; return the URLs."""
        rows = self.query(ARTICLES)
        for url, broken, content, error, fragments in rows:
            assert (broken, error) == ("", ""), url
            assert len(json.loads(content)) == fragments > 0, url
        self.check_database()
        return [url for url, *_ in rows]

    def check_database(self):
        assert self.query("PRAGMA foreign_key_check") == []
        assert self.query("PRAGMA integrity_check") == [("ok",)]


def pause(process, seconds):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
