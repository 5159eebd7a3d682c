"""A MariaDB server of a test's own, to be stopped, killed and frozen at will."""

import getpass
import os
import shutil
import signal
import subprocess
import time

import MySQLdb
import pytest
from django.conf import settings

from articles.tests.site import find_port

PATIENCE_S = 30
INSTALL, SERVER = "mariadb-install-db", "mariadbd"


def needs_own_server():
    """Marks for a module: it runs with the other tests on MySQL, where that can be."""
    is_mysql = settings.DATABASES["default"]["ENGINE"] == "ops.database.mysql"
    is_missing = shutil.which(SERVER) is None and not os.environ.get("REQUIRE_MYSQL")
    return [
        pytest.mark.integration,
        pytest.mark.skipif(not is_mysql, reason="runs with the tests on MySQL"),
        pytest.mark.skipif(is_missing, reason=f"needs {SERVER}"),
    ]


class MariaDB:
    """Runs from ``start`` to ``end``, with variables given as options of mariadbd."""

    def __init__(self, folder, **options):
        self.folder, self.options = folder, options
        self.port = find_port()
        self.process = None
        user = [f"--user={getpass.getuser()}"]
        self.common = ["--no-defaults", f"--datadir={folder}/data", *user]
        self._run(
            [shutil.which(INSTALL), *self.common, "--skip-test-db"],
            "--auth-root-authentication-method=normal",
        )

    def _run(self, command, *arguments):
        subprocess.run([*command, *arguments], check=True, capture_output=True)

    @property
    def url(self):
        return f"mysql://root@127.0.0.1:{self.port}/zeeguu"

    def start(self):
        """Start, and wait until it answers; return when that was."""
        self.process = subprocess.Popen(
            [
                shutil.which(SERVER),
                *self.common,
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                f"--socket={self.folder}/socket",
                "--skip-log-bin",
                "--innodb-buffer-pool-size=64M",
                *(f"--{key.replace('_', '-')}={v}" for key, v in self.options.items()),
            ],
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert time.monotonic() < deadline and self.process.poll() is None
            time.sleep(0.05)
        return time.monotonic()

    def _answers(self):
        try:
            self.connect().close()
        except MySQLdb.OperationalError:
            return False
        return True

    def connect(self, database=""):
        return MySQLdb.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            database=database,
            autocommit=True,
        )

    def rows(self, statement, database=""):
        connection = self.connect(database)
        cursor = connection.cursor()
        cursor.execute(statement)
        rows = cursor.fetchall()
        connection.close()
        return rows

    def clients(self):
        """The ids of its connections but the one that asks."""
        return {
            row[0]
            for row in self.rows(
                "SELECT id FROM information_schema.processlist"
                " WHERE user = 'root' AND id <> CONNECTION_ID()"
            )
        }

    def send(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.send(number)
            self.process.wait(PATIENCE_S)
