"""requirements/: what the code imports is named, and all that comes along is pinned."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement

ROOT = settings.BASE_DIR
FOLDER = ROOT / "requirements"
PRODUCTION = ("base", "mysql", "celery")
PACKAGES = packages_distributions()
OUR_OWN = {path.name for path in ROOT.iterdir() if path.is_dir()} | {"conftest"}

pytestmark = pytest.mark.nodb


def normal(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lines(name: str) -> list[str]:
    """The lines of a file that name packages."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if re.match(r"\w", line)]


def pins(*names: str) -> dict[str, Requirement]:
    found = [
        Requirement(line.partition("#")[0]) for name in names for line in lines(name)
    ]
    return {normal(each.name): each for each in found}


def imported(path: Path) -> Iterator[str]:
    """Top-level names of modules that a file imports, by import_module too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        elif isinstance(node, ast.Call) and "import_module(" in ast.unparse(node)[:25]:
            names = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        else:
            continue
        yield from (name.partition(".")[0] for name in names)


def sources(*, of_tests: bool) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split()]
    return [
        path
        for path in paths
        if path.exists()
        and of_tests == ("tests" in path.parts or path.name == "conftest.py")
    ]


@pytest.mark.parametrize(
    ("of_tests", "files"), [(False, PRODUCTION), (True, (*PRODUCTION, "dev"))]
)
def test_what_is_imported_is_named(of_tests, files):
    named, packages = pins(*files), PACKAGES
    paths = sources(of_tests=of_tests)
    assert len(paths) > 50
    modules = {(name, path.name) for path in paths for name in imported(path)}
    unnamed = {
        f"{name} in {file}"
        for name, file in modules
        if name not in sys.stdlib_module_names
        and name not in OUR_OWN
        and not {normal(package) for package in packages.get(name, ())} & named.keys()
    }
    assert not unnamed


@pytest.mark.parametrize("name", [*PRODUCTION, "dev"])
def test_each_requirement_is_one_version_with_its_reason(name):
    for line in lines(name):
        assert re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+ +# .+", line), line


def brought_along(named: dict[str, Requirement]) -> Iterator[str]:
    """All that must be installed for what is named, as its packages' metadata tell."""
    asked, seen = [(name, each.extras) for name, each in named.items()], set()
    while asked:
        name, extras = asked.pop()
        if (name, frozenset(extras)) in seen:
            continue
        seen.add((name, frozenset(extras)))
        try:
            needed = [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:  # the driver, where it can't be built
            continue
        yield name
        asked += [
            (normal(each.name), each.extras)
            for each in needed
            if not each.marker
            or any(each.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        ]


def test_all_that_comes_along_is_pinned_once_and_to_the_version_that_is_named():
    pinned, named = pins("constraints"), pins(*PRODUCTION, "dev")
    assert len(pinned) == len(lines("constraints"))
    for line in lines("constraints"):
        assert re.fullmatch(r"[\w.-]+==[\w.]+", line), line
    for name, each in named.items():
        assert pinned[name].specifier == each.specifier, name
    needed = set(brought_along(named))
    assert len(needed) > 100
    # CUDA's packages come with some builds of PyTorch, which pins them itself.
    cuda = {name for name in needed if name.startswith(("nvidia-", "cuda-", "triton"))}
    assert needed - cuda <= pinned.keys(), "run make constraints"


def test_no_requirement_is_looked_for_anywhere_but_where_pip_looks():
    for path in FOLDER.iterdir():
        options = re.findall(r"^-.*", path.read_text("utf-8"), re.MULTILINE)
        assert all(re.fullmatch(r"-[rc] \w+\.txt", line) for line in options), path


def test_whoever_installs_anything_installs_what_is_pinned():
    assert "\n-c constraints.txt\n" in (FOLDER / "base.txt").read_text("utf-8")
    for name in ("mysql", "celery", "dev"):
        assert "\n-r base.txt\n" in (FOLDER / f"{name}.txt").read_text("utf-8")
