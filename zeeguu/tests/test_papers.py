"""README, CHANGELOG and docs/: true where that can be told, and fit to be read."""

import argparse
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from zeeguu.base.commands import BaseCommand
from zeeguu.tests.test_commands import ours

ROOT = settings.BASE_DIR
WIDEST = 120
LONGEST_README = 120
NOT_OURS = {".venv", "var", "node_modules", ".git", ".pytest_cache"}
PAPERS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not NOT_OURS & set(path.relative_to(ROOT).parts)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.nodb


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def names(papers: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in papers]


def test_these_are_the_papers():
    top = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    assert top | {"docs/settings.md", "docs/architecture.md"} <= set(names(PAPERS))


def test_the_changelog_s_newest_version_is_the_project_s_and_the_api_s():
    newest = re.search(r"^## (\S+) - \d{4}-\d\d-\d\d$", text("CHANGELOG.md"), re.M)
    project = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert newest[1] == project == settings.SPECTACULAR_SETTINGS["VERSION"]


# Others', kept as they are.
WIDE = {"learners/dictionaries/data/CARD.md"}


@pytest.mark.parametrize("name", sorted({*names(PAPERS)} - WIDE))
def test_lines_are_short(name):
    assert [line for line in text(name).splitlines() if len(line) > WIDEST] == []


def test_the_readme_is_read_to_its_end():
    assert len(text("README.md").splitlines()) <= LONGEST_README


@pytest.mark.parametrize("name", names(PAPERS))
def test_links_within_the_project_lead_somewhere(name):
    folder = (ROOT / name).parent
    prose = FENCE.sub("", text(name))
    links = [link for link in LINK.findall(prose) if "://" not in link]
    for path, _, part in (link.partition("#") for link in links):
        assert (folder / path).exists(), path
        assert not part, "no paper is long enough for that"


def test_the_readme_leads_to_every_paper():
    linked = {os.path.normpath(link) for link in LINK.findall(text("README.md"))}
    assert {"LICENSE", *names(PAPERS)} - {"README.md"} <= linked


@pytest.mark.parametrize("name", names(PAPERS))
def test_files_that_are_named_exist(name):
    """Paths with a folder, in code or between backticks; var/ and .venv/ are made."""
    named = re.findall(r"`((?:\w+|\.ci)/[\w./-]*\w)`", text(name))
    of_ours = {path.name for path in ROOT.iterdir() if path.is_dir()} - NOT_OURS
    for path in named:
        if path.partition("/")[0] in of_ours:
            assert (ROOT / path).exists(), path


def test_the_tree_of_folders_is_the_project_s():
    tree = FENCE.findall(text("docs/architecture.md"))[1]
    told, above = set(), []
    for indent, name in re.findall(r"^( *)([\w./]+/) ", tree, re.MULTILINE):
        above[len(indent) // 2 :] = [name]
        told.add("".join(above).rstrip("/"))
    assert all((ROOT / path).is_dir() for path in told)
    packages = {
        str(path.parent.relative_to(ROOT)) for path in ROOT.glob("[!.]*/**/__init__.py")
    }
    left_out = re.compile(r"(^|/)(tests|migrations|management|admin|defaults|mysql)\b")
    assert {path for path in packages if not left_out.search(path)} <= told


# --- commands


def commands() -> dict[str, BaseCommand]:
    return {name: load_command_class(app, name) for name, app in ours()}


def options(command: BaseCommand) -> set[str]:
    """The long options of its own, without those that every command has."""
    own, all_have = argparse.ArgumentParser(), BaseCommand().create_parser("", "")
    command.add_arguments(own)
    everybody_s = set(all_have._option_string_actions)
    return {
        option
        for option in own._option_string_actions
        if option.startswith("--") and option not in everybody_s
    }


def usages() -> Iterator[tuple[str, str, str]]:
    """Of each command in docs/commands.md its name, its usage and what is said."""
    for part in text("docs/commands.md").split("\n## ")[1:]:
        name, _, rest = part.partition("\n")
        if usage := FENCE.search(rest):
            yield name, usage[1], rest[usage.end() :]


def test_each_command_is_told_with_each_option_and_none_is_invented():
    told = {name: set(re.findall(r"--[a-z-]+", usage)) for name, usage, _ in usages()}
    assert told == {name: options(command) for name, command in commands().items()}


def test_each_command_tells_its_exit_codes_on_the_page_and_in_its_help():
    for name, usage, said in usages():
        assert usage.startswith(f"manage.py {name}"), name
        assert "\nExit codes: " in said, name
        assert "Exit code" in commands()[name].help, name


def lines_of_code() -> Iterator[tuple[str, str]]:
    """(paper, line) of every command line in a block, continued lines as one."""
    for name in names(PAPERS):
        for block in FENCE.findall(text(name)):
            for line in block.replace("\\\n", " ").splitlines():
                yield name, line.partition("  # ")[0]


def test_command_lines_of_the_papers_can_be_typed():
    seen = 0
    for paper, line in lines_of_code():
        typed = re.search(r"manage\.py (\w+)(.*)", line)
        if not typed or paper == "docs/commands.md":
            continue
        seen += 1
        name, rest = typed[1], typed[2]
        assert name in get_commands(), line
        if name in commands():
            known = options(commands()[name]) | {"--verbosity"}
            assert set(re.findall(r"--[a-z-]+", rest)) <= known, line
    assert seen > 8


def test_targets_of_make_that_the_papers_name_are_shown_by_its_help():
    targets = set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE))
    prose = "\n".join(text(name) for name in names(PAPERS) if name != "CHANGELOG.md")
    named = re.findall(r"(?:^|`)make ([a-z-]+)", prose, re.MULTILINE)
    assert {"run", "test", "bench"} <= set(named) <= targets


def test_packages_are_installed_from_files_that_exist():
    seen = re.findall(r"pip install -r (\S+)", "\n".join(map(text, names(PAPERS))))
    assert seen
    assert all((ROOT / path).exists() for path in seen)


def test_each_bench_is_told_and_none_is_invented():
    told = re.findall(r"^- `(\w+)`: ", text("docs/benches.md"), re.MULTILINE)
    files = (ROOT / "ops" / "benchmarks").glob("*_bench.py")
    assert sorted(told) == sorted(path.stem.removesuffix("_bench") for path in files)


def test_the_api_s_calls_are_addresses_of_ours():
    page = "\n".join(map(text, ("README.md", "docs/api.md", "docs/operations.md")))
    paths = set(re.findall(r"(?::8000|`)(/(?:api|admin|health)/[\w/]*)", page))
    assert len(paths) > 10
    for path in paths:
        assert resolve(path)


# --- CI


def test_the_workflow_calls_ci_s_command_reads_only_and_ends():
    workflow = yaml.safe_load(text(".github/workflows/ci.yml"))
    assert workflow["permissions"] == {"contents": "read"}
    [job] = workflow["jobs"].values()
    assert job["timeout-minutes"] == 90
    assert job["steps"][-1] == {"run": ".ci/run"}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in used)
