"""Installations of tests' own, and gunicorn as the project configures it."""

import http.client
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from articles.tests.site import find_port

PATIENCE_S = 60


def installation(folder: Path, migrated: Path, **variables: str) -> dict[str, str]:
    """The environment of an installation in folder, on a copy of a database file."""
    shutil.copy(migrated, folder / "db.sqlite3")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "RUN_DIR": str(folder / "run"),
        "TOKENIZER_PRELOAD": "none",
        **variables,
    }


def bring_demo_news(env):
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "load_default_feeds", "--demo", "--language", "da")
    manage(env, "crawl")


def manage(env, *command):
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=env,
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )


class Server:
    """gunicorn as the project configures it; ``log`` grows until it has ended."""

    def __init__(self, env, application, options):
        self.port = find_port()
        self.log = []
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("gunicorn")),
                "-c",
                "zeeguu/gunicorn.conf.py",
                *options,
                application,
            ],
            cwd=settings.BASE_DIR,
            env={**env, "BIND": f"127.0.0.1:{self.port}"},
            stderr=subprocess.PIPE,
            text=True,
        )
        # Read all the time: who writes into a full pipe waits.
        self._lines = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        # Once it listens, requests wait in the queue until a worker takes them.
        self.read_until("Listening at")

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)
            self._lines.put(line)
        self._lines.put("")

    def read_until(self, words):
        while line := self._lines.get(timeout=PATIENCE_S):
            if words in line:
                return line
        raise AssertionError(f"gunicorn ended early:\n{''.join(self.log)}")

    def get(self, path, accept="*/*"):
        """Status and body, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE_S)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def get_json(self, path):
        status, body = self.get(path, "application/json")
        assert status == 200, body
        return json.loads(body)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self._reader.join(PATIENCE_S)
        self.process.stderr.close()
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(env, application="zeeguu.wsgi", *options):
    server = Server(env, application, options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end()
