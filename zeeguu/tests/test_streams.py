"""Commands whose standard streams are closed, full, or read no more; by the shell."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

MANAGE = 'manage() { "$PYTHON" manage.py "$@"; }'
FULL = "Standard output can't be written to: no space left on device\n"
LOADED_AND_REMOVED = "manage load_default_feeds >/dev/null; manage remove_feed 1 <&-"
CLOSED = "Standard output can't be written to: it is closed\n"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The address of a migrated database of the module's own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('streams')}/db.sqlite3"
    assert ended("manage migrate --verbosity 0", url) == (0, "")
    return url


def ended(line, url):
    """The exit code of a line of the shell, and what it said on standard error."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{MANAGE}\n{line}"],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
            "PYTHON": sys.executable,
            "DATABASE_URL": url,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "command", ["export_opml", "cache_stats", "load_default_feeds"]
)
@pytest.mark.parametrize(("where", "said"), [(">/dev/full", FULL), (">&-", CLOSED)])
def test_an_output_that_takes_nothing_is_told(command, where, said, database):
    assert ended(f"manage {command} {where}", database) == (2, said)


def test_where_errors_can_not_be_told_the_exit_code_tells(database):
    for where in ("2>&-", "2>/dev/full"):
        assert ended(f"manage export_opml x --language xx {where}", database)[0] == 2


def test_a_reader_that_has_gone_is_no_failure(database):
    assert ended("manage cache_stats --json | true", database) == (0, "")


@pytest.mark.parametrize("command", ["import_opml -", "delete_articles --yes"])
def test_a_closed_input_is_told(command, database):
    said = "CommandError: there is no standard input: it is closed\n"
    assert ended(f"manage {command} <&-", database) == (2, said)


def test_nobody_can_be_asked_where_input_is_closed(database):
    code, said = ended(LOADED_AND_REMOVED, database)
    assert code == 2
    assert said.endswith("add --yes\n")
