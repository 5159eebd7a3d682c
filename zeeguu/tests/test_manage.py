"""What all commands have in common, each run in a process of its own."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = [pytest.mark.integration, pytest.mark.nodb]


def start(*args, **variables):
    return subprocess.Popen(
        [sys.executable, "manage.py", *args],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
            **variables,
        },
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "command", [["crawl"], ["migrate"], ["cache_stats"], ["ensure_admin"]]
)
def test_a_database_that_cannot_be_opened_is_told_in_a_line(command, tmp_path):
    url = f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3"
    with start(*command, DATABASE_URL=url) as process:
        [line] = process.stderr.read().splitlines()
    assert process.returncode == 2
    assert "unable to open database file" in line


def test_a_missing_table_is_no_outage(tmp_path):
    url = f"sqlite:///{tmp_path}/db.sqlite3"
    with start("ensure_admin", DATABASE_URL=url) as process:
        assert "no such table" in process.stderr.read()
    assert process.returncode == 1


def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path):
    """It waits for an answer from a server that never says a word."""
    pytest.importorskip("MySQLdb", reason="only MySQL has a server to wait for")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"mysql://root@127.0.0.1:{server.getsockname()[1]}/none"
        with start("crawl", DATABASE_URL=url) as process:
            connection, _ = server.accept()
            process.send_signal(signal.SIGINT)
            assert process.stderr.read() == "stopped\n"
            connection.close()
    assert process.returncode == 130
