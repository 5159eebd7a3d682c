"""docs/settings.md: each setting that the code reads, its default and unit."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from articles.languages import LANGUAGES

ROOT = settings.BASE_DIR
# As docs/settings.md tells a setting, its lines joined to one.
ENTRY = re.compile(r"- `([A-Z_]+)`, default (?:`([^`]*)`|empty|none: must be set)(.*)")
UNITS = {
    "_S": "seconds",
    "_SECONDS": "seconds",
    "_MS": "milliseconds",
    "_MB": "megabytes",
    "_BYTES": "bytes",
    "_DAYS": "days",
    "_HOURS": "hours",
    "_PERCENT": "percent",
}
# gunicorn reads it by itself.
NOT_OURS = {"FORWARDED_ALLOW_IPS": "127.0.0.1"}
# Reads all settings, and notes what each is where the environment says nothing.
LISTEN = """
import json, runpy
from zeeguu.base import env
asked, env_str = {}, env.env_str
def note(name, default=""):
    asked.setdefault(name, default)
    return env_str(name, default)
env.env_str = note
runpy.run_path("zeeguu/gunicorn.conf.py")
print(json.dumps(asked))
"""

pytestmark = pytest.mark.nodb


def documented() -> dict[str, tuple[str, str]]:
    """By name: the default, and what follows it."""
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    text = text.replace("default one for each language", f"default `{len(LANGUAGES)}`")
    entries = ENTRY.findall(re.sub(r"\n +", " ", text))
    assert len({name for name, _, _ in entries}) == len(entries)
    assert len(entries) == len(re.findall(r"^- ", text, re.MULTILINE))
    return {name: (default, rest) for name, default, rest in entries}


def read_at_start(**given: str) -> dict[str, str]:
    """The defaults of all settings that a start of gunicorn reads, by name."""
    must = {"SECRET_KEY": "0123456789" * 6, "ALLOWED_HOSTS": "localhost"}
    done = subprocess.run(
        [sys.executable, "-c", LISTEN],
        cwd=ROOT,
        # As in a new clone: what is there may have a .env.
        env={
            "PATH": os.environ["PATH"],
            "PYTHON_DOTENV_DISABLED": "1",
            **must,
            **given,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def named_in_the_code() -> Iterator[str]:
    """The names in all calls of env_…("NAME", …), of tests and benches not."""
    for path in ROOT.glob("[!.]*/**/*.py"):
        if {"tests", "benchmarks", "var"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            function = getattr(getattr(node, "func", None), "id", "")
            if function.startswith("env_") and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


@pytest.fixture(scope="module")
def asked():
    mysql = read_at_start(DATABASE_URL="mysql://ada@127.0.0.1:1/name")
    return {**mysql, **read_at_start()}


def test_each_setting_is_told_and_none_is_invented(asked):
    assert len(documented()) > 60
    assert documented().keys() == asked.keys() | NOT_OURS.keys()


def test_each_setting_that_the_code_names_is_read_at_the_start(asked):
    assert set(named_in_the_code()) == asked.keys()


def test_each_default_is_the_code_s(asked):
    expected = {
        name: default.replace(f"{ROOT}/", "") for name, default in asked.items()
    }
    told = {name: default for name, (default, _) in documented().items()}
    assert told == {**expected, **NOT_OURS}


def test_each_unit_is_told():
    for name, (_, rest) in documented().items():
        ending = re.search(r"_[A-Z]+$", name)
        unit = UNITS.get(ending[0] if ending else "", "")
        assert rest.startswith(f" {unit}" if unit else (":", " (", ".")), name
