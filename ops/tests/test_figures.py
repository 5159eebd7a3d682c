"""What is counted of the source, on invented files."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from ops.figures import Figures, count, spread, table

pytestmark = pytest.mark.nodb

SOURCE = '''\
"""A module."""


class Shop:
    """Sells."""

    def __init__(self, name: str):
        self.name = name

    def open(self, hour: int, *doors: str, **more: int) -> None:
        def hidden(x):
            return x

    @property
    def later(self) -> int:
        return 1


def told(a: int, /, *, b: int = 1) -> int:
    """Told."""
    return a


async def untold(a: int, *rest) -> int:
    return a


def without_end(a: int): ...


def _private():
    """Not for others."""


class Bare: ...
'''


@pytest.fixture
def figures():
    found = Figures()
    found.add(SOURCE)
    return found


def test_lines_are_counted_by_file_and_by_function(figures):
    assert figures.files == [35]
    # Decorators are no part of what must be read at a glance.
    assert sorted(figures.functions) == [1, 2, 2, 2, 2, 2, 3, 3]
    assert figures.rows()["lines"] == "35"


def test_a_function_has_all_hints_where_each_parameter_and_the_end_has_one(figures):
    assert figures.hinted == 4  # __init__, open, later, told
    assert figures.rows()["functions with all type hints"] == "50.0%"


def test_public_names_are_those_at_the_top(figures):
    assert (figures.public, figures.documented) == (5, 2)
    assert figures.rows()["public names with a docstring"] == "40.0%"


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([], "-"),
        ([7], "7 / 7 / 7"),
        ([1, 2], "1.5 / 2 / 2"),
        (range(1, 11), "5.5 / 9 / 10"),
        ([1] * 18 + [50, 99], "1 / 1 / 99"),
    ],
)
def test_a_spread_is_median_nine_of_ten_and_largest(numbers, told):
    assert spread(list(numbers)) == told


@pytest.fixture
def project(tmp_path):
    for name, text in {
        "shop/models.py": SOURCE,
        "shop/__init__.py": "",
        "shop/migrations/0001_initial.py": SOURCE,
        "shop/notes.txt": "no code",
        ".venv/lib.py": SOURCE,
        "var/left.py": SOURCE,
        "conftest.py": "def client(): ...\n",
        "shop/tests/test_shop.py": "def test_a(): ...\n\n\ndef test_b(): ...\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "link").symlink_to(tmp_path / "shop")
    return tmp_path


def test_code_and_tests_are_counted_apart(project):
    code, tests = count(project)
    assert (code.files, code.tests) == ([35], 0)
    assert (sorted(tests.files), tests.tests) == ([1, 4], 2)


def test_a_table_shows_all(project):
    lines = table(*count(project)).splitlines()
    assert len(lines) == 9
    assert lines[0].split()[-2:] == ["code", "tests"]
    assert lines[-1].split() == ["tests", "0", "2"]


@pytest.mark.integration
def test_the_command_counts_this_project_without_django():
    env = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "ops.figures"],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "lines per function" in done.stdout
