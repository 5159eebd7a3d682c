"""What we keep is private: made so whatever the umask, and made so again."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import Tags, run_checks

from ops.privacy import exposed, protect, sqlite_file
from ops.tests.clients import wait_until
from ops.tests.serving import serving
from zeeguu.base import private
from zeeguu.tests.locks import is_locked_for_others

SQLITE = "django.db.backends.sqlite3"


@pytest.fixture
def careless():
    """A umask that keeps nobody out."""
    old = os.umask(0)
    yield
    os.umask(old)


@pytest.fixture
def var(tmp_path, careless):
    """As installations of before have it, below a folder that all may enter."""
    tmp_path.chmod(0o755)
    var = tmp_path / "var"
    for folder in (var, var / "run", var / "static"):
        folder.mkdir(0o777)
    for file in ("db.sqlite3", "db.sqlite3-wal", "static/a.css"):
        (var / file).touch(0o666)
    return var


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def guard(var: Path, database: Path | None = None) -> None:
    protect(var, var / "static", database)


def test_var_and_all_in_it_is_made_private_but_static_files(var):
    guard(var)
    assert [mode(var), mode(var / "run")] == [0o700, 0o700]
    assert [mode(var / f"db.sqlite3{end}") for end in ("", "-wal")] == [0o600, 0o600]
    assert [mode(var / "static"), mode(var / "static/a.css")] == [0o777, 0o666]


def test_var_is_made_private_where_it_is_missing(tmp_path, careless):
    database = tmp_path / "var" / "db.sqlite3"
    guard(tmp_path / "var", database)
    assert [mode(tmp_path / "var"), mode(database)] == [0o700, 0o600]
    assert database.read_bytes() == b""


def test_what_links_lead_to_is_left_alone(var, tmp_path):
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir(0o777)
    (var / "link").symlink_to(elsewhere)
    (var / "broken").symlink_to(tmp_path / "nothing")
    guard(var)
    assert mode(elsewhere) == 0o777


def test_a_database_elsewhere_is_private_from_its_making_and_then_left(var, tmp_path):
    new, old = tmp_path / "new.sqlite3", tmp_path / "old.sqlite3"
    old.touch(0o660)
    guard(var, new)
    guard(var, old)
    assert [mode(new), mode(old)] == [0o600, 0o660]


def test_files_that_are_there_or_are_made_are_never_opened(var, tmp_path, monkeypatch):
    """Closing one would take the locks that SQLite has on it in another thread."""

    def opens(*args, **kwargs):
        pytest.fail(f"opened {args[0]}")

    monkeypatch.setattr(os, "open", opens)
    monkeypatch.setattr("builtins.open", opens)
    guard(var, var / "db.sqlite3")
    guard(var, tmp_path / "new.sqlite3")
    monkeypatch.undo()
    assert mode(tmp_path / "new.sqlite3") == 0o600


def test_a_database_keeps_the_locks_that_a_thread_has_on_it(tmp_path):
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("CREATE TABLE kept (id)")
        database.execute("BEGIN IMMEDIATE")
        guard(tmp_path, path)
        assert is_locked_for_others(path)


def test_a_file_is_made_where_a_link_leads_to(tmp_path, careless):
    (tmp_path / "link").symlink_to(tmp_path / "db.sqlite3")
    private.make_file(tmp_path / "link")
    assert mode(tmp_path / "db.sqlite3") == 0o600


def test_what_cant_be_made_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    guard(tmp_path / "file" / "var", tmp_path / "no" / "db.sqlite3")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.geteuid() != 0, reason="makes files of another user")
def test_what_is_another_users_is_left_alone(var):
    os.chown(var, 1, 1)
    guard(var)
    assert mode(var) == 0o777


def test_folders_above_keep_others_out(var, tmp_path):
    assert exposed(var, var / "db.sqlite3", var / "none", None) == [
        var,
        var / "db.sqlite3",
    ] or any(not path.stat().st_mode & private.OTHERS for path in tmp_path.parents)
    tmp_path.chmod(0o700)
    assert exposed(var, var / "db.sqlite3") == []


@pytest.mark.parametrize(
    ("database", "file"),
    [
        ({"ENGINE": SQLITE, "NAME": "/srv/db"}, Path("/srv/db")),
        ({"ENGINE": SQLITE, "NAME": Path("db")}, Path("db")),
        ({"ENGINE": SQLITE, "NAME": ":memory:"}, None),
        ({"ENGINE": SQLITE, "NAME": "file:memory?mode=memory"}, None),
        ({"ENGINE": "ops.database.mysql", "NAME": "zeeguu"}, None),
    ],
)
def test_only_sqlite_has_a_file(database, file):
    assert sqlite_file(database) == file


@pytest.mark.django_db
def test_a_check_tells_of_what_others_can_read(settings, tmp_path, monkeypatch):
    def messages():
        found = run_checks(tags=[Tags.database], databases=["default"])
        return [message for message in found if message.id == "ops.W003"]

    settings.RUN_DIR = tmp_path / "run"
    settings.RUN_DIR.mkdir(0o700)
    assert messages() == []
    monkeypatch.setattr("ops.checks.exposed", lambda *paths: paths[1:2])
    [message] = messages()
    assert str(settings.RUN_DIR) in message.msg
    assert f"chmod go= {settings.RUN_DIR}" in message.hint


def carelessly(env, *command):
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=env,
        check=True,
        capture_output=True,
        umask=0,
    )


@pytest.fixture
def env(tmp_path):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "RUN_DIR": str(tmp_path / "run" / "web"),
        "STATIC_ROOT": str(tmp_path / "public" / "static"),
        "GUNICORN_WORKERS": "2",
        "TOKENIZER_PRELOAD": "none",
    }


def others_may_touch(folder: Path) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if mode(path) & private.OTHERS
    ]


@pytest.mark.integration
@pytest.mark.nodb
def test_migrate_and_gunicorn_make_private_files_whatever_the_umask(
    env, tmp_path, careless
):
    carelessly(env, "migrate", "--verbosity", "0")
    carelessly(env, "crawl", "--due")
    with serving(env) as server:
        wait_until(lambda: server.get("/health/live")[0] == 200)
        assert server.get("/")[0] == 200
        assert list((tmp_path / "run" / "web").iterdir())
        assert (tmp_path / "db.sqlite3-wal").exists()
        assert others_may_touch(tmp_path) == []


@pytest.mark.integration
@pytest.mark.nodb
def test_static_files_can_be_read_by_a_server_in_front_whatever_the_umask(
    env, tmp_path
):
    command = [sys.executable, "manage.py", "collectstatic", "--noinput"]
    env["DJANGO_SETTINGS_MODULE"] = "zeeguu.settings"
    env |= {"SECRET_KEY": "0123456789abcdefghij" * 3, "ALLOWED_HOSTS": "localhost"}
    (tmp_path / "public").mkdir()
    subprocess.run(
        command, cwd=settings.BASE_DIR, env=env, check=True, umask=0o077, stdout=-3
    )
    static = tmp_path / "public" / "static"
    assert [mode(static / "admin"), mode(static / "admin/css")] == [0o755, 0o755]
    assert mode(static / "zeeguu.css") == 0o644
