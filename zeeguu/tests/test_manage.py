"""What all commands have in common, each run in a process of its own."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from django.conf import settings

from zeeguu.tests.test_commands import ours

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
        stdin=subprocess.DEVNULL,
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


OURS = {
    **dict.fromkeys(("crawl", "export_opml", "load_default_feeds", "demo"), ()),
    **dict.fromkeys(("pretokenize", "cache_stats", "ensure_admin"), ()),
    **dict.fromkeys(("prune_articles", "prune_cache"), ("--keep-days", "3")),
    **dict.fromkeys(("add_feed", "preview_feed"), ("http://example.com/",)),
    "import_opml": ("-",),
    "remove_feed": ("1",),
    "delete_articles": ("--yes",),
    "warm_cache": ("--popular", "3"),
    "load_dictionaries": (),
    "dictionaries": ("list",),
    "rebuild_search": (),
    "import_dictionary": ("words.csv", "--from", "da", "--to", "en"),
}
WITHOUT_DATABASE = {"stanza_models", "lemmas", "data_model", "look_at_text"}


def test_the_walk_takes_in_all_commands():
    assert {name for name, _ in ours()} == {*OURS, *WITHOUT_DATABASE}


@pytest.mark.parametrize("command", OURS)
@pytest.mark.parametrize("content", [b"", b"This is no database. " * 99])
def test_every_command_says_that_the_database_can_not_be_used(
    command, content, tmp_path
):
    file = tmp_path / "db.sqlite3"
    file.write_bytes(content)
    args = [command, *OURS[command]]
    with start(*args, DATABASE_URL=f"sqlite:///{file}") as process:
        [line] = process.stderr.read().splitlines()
    assert process.returncode == 2
    assert "the database can't be used" in line
    assert ("manage.py migrate" in line) == (content == b"")


def test_django_s_commands_say_so_too(tmp_path):
    url = f"sqlite:///{tmp_path}/db.sqlite3"
    with start("remove_stale_contenttypes", DATABASE_URL=url) as process:
        [line] = process.stderr.read().splitlines()
    assert process.returncode == 2
    assert line.endswith("no such table: django_content_type; run: manage.py migrate")


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
