"""Imports point one way and never run in a circle.

Read from the source, so that those within functions count as all others.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TypeGuard

import pytest
from django.conf import settings

pytestmark = pytest.mark.nodb

Graph = dict[str, set[str]]

# From the cellar to the roof, which is ``zeeguu`` without ``zeeguu.base``.
STOREYS = ("zeeguu.base", "articles", "tokenization", "learners", "ops", "zeeguu")
FOLDERS = {name.partition(".")[0] for name in STOREYS}
CRAWLER = "articles.crawler"
# Of each room of the crawler those that it may use; what is above them uses all.
ROOMS = {
    "web": (),
    "feeds": (),
    "pages": ("feeds",),
    "judge": ("web", "feeds", "pages"),
    "store": ("web", "feeds", "pages", "judge"),
}
# What puts apps together, beside the roof: a crawl tokenizes, whoever sets it off.
JOINTS = {
    ("articles.management.commands.crawl", "tokenization"),
    ("articles.management.commands.demo", "tokenization"),
    ("articles.tasks", "tokenization"),
}
FROM_THE_ROOF = {
    ("articles.tasks", "zeeguu.celery"),
    ("ops.benchmarks.settings", "zeeguu.settings"),
}
# A queryset's ``delete`` is what the module does with the queryset's model.
IN_A_CIRCLE = {("articles.models", "articles.deletion")}


def graph(sources: dict[str, str]) -> Graph:
    """Which modules each of these, {name: source}, imports of them."""
    return {
        name: set(filter(None, (_known(one, sources) for one in imports(source))))
        - {name}
        for name, source in sources.items()
    }


def imports(source: str) -> Iterator[str]:
    """The names a source imports, the relative ones apart, of which there are none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"from {'.' * node.level}: write the whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            yield from (one.value for one in node.args if _is_name(one))


def _is_name(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _known(name: str, modules: dict[str, str]) -> str:
    """The module of a name, which may be that of something in it; else ``""``."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def wrong_arrows(modules: Graph) -> list[str]:
    """What imports what it must not, and why, a line for each."""
    return [
        f"{importer} -> {imported}: {why}"
        for importer in sorted(modules)
        for imported in sorted(modules[importer])
        if (why := _objection(importer, imported))
    ]


def _objection(importer: str, imported: str) -> str:
    if _is_test(imported):
        return "" if _is_test(importer) else "tests are for tests"
    if _is_test(importer):
        return ""
    if _is_command(importer) and _is_command(imported):
        return "a command is for the command line alone"
    above, below = storey(imported), storey(importer)
    if above == "zeeguu" and below != above:
        return "" if (importer, imported) in FROM_THE_ROOF else "that is the roof"
    if above == "ops" and below not in ("ops", "zeeguu"):
        return "nobody looks at ops"
    is_up = STOREYS.index(above) > STOREYS.index(below)
    if is_up and (importer, above) not in JOINTS:
        return "that is a storey above"
    used, user = room(imported), room(importer)
    if used and user and user not in (used, *_users(used)):
        return f"{used} is no room that {user} looks into"
    return ""


def storey(module: str) -> str:
    return next(
        (one for one in STOREYS if f"{module}.".startswith(f"{one}.")), "zeeguu"
    )


def room(module: str) -> str:
    """A room of the crawler, ``top`` for what is above them; ``""`` elsewhere."""
    if not module.startswith(f"{CRAWLER}."):
        return ""
    first = module.removeprefix(f"{CRAWLER}.").partition(".")[0]
    return first if first in ROOMS else "top"


def _users(used: str) -> list[str]:
    return ["top", *(name for name, others in ROOMS.items() if used in others)]


def _is_test(module: str) -> bool:
    return "tests" in module.split(".") or module == "conftest"


def _is_command(module: str) -> bool:
    return ".management.commands." in module


def circle(modules: Graph) -> list[str]:
    """The modules of a circle, the first one twice; none where there is none."""
    arrows = {
        name: {one for one in others if (name, one) not in IN_A_CIRCLE}
        for name, others in modules.items()
    }
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as exc:
        return exc.args[1]
    return []


# --- this project


@pytest.fixture(scope="module")
def ours() -> Graph:
    paths = [settings.BASE_DIR / "manage.py"]
    for folder in FOLDERS:
        paths += (settings.BASE_DIR / folder).rglob("*.py")
    return graph({_name(path): path.read_text() for path in paths})


def _name(path) -> str:
    parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def test_all_modules_are_looked_at(ours):
    assert {*FOLDERS, "manage"} <= set(ours)
    assert sum(map(len, ours.values())) > 1000
    assert "zeeguu.celery" in ours["articles.tasks"]


def test_imports_point_from_the_roof_to_the_cellar(ours):
    assert wrong_arrows(ours) == []


def test_no_imports_run_in_a_circle(ours):
    assert circle(ours) == []


@pytest.mark.parametrize("arrow", sorted(FROM_THE_ROOF | IN_A_CIRCLE | JOINTS))
def test_an_exception_that_nobody_needs_is_none(ours, arrow):
    importer, imported = arrow
    assert any(f"{one}.".startswith(f"{imported}.") for one in ours[importer])


# --- invented ones


@pytest.mark.parametrize(
    "arrow",
    [
        "zeeguu.base.api articles.models",
        "articles.models tokenization.models",
        "tokenization.services learners.models",
        "articles.admin.feeds learners.models",
        "articles.management.commands.crawl learners.models",
        "articles.management.commands.add_feed tokenization.services",
        "articles.tasks learners.models",
        "articles.crawler.tasks tokenization.services",
        "articles.services ops.health",
        "learners.api.feeds ops.health",
        "tokenization.management.commands.fill ops.health",
        "articles.tasks ops.health",
        "articles.tasks zeeguu.settings",
        "learners.apps zeeguu.urls",
        "ops.views zeeguu.urls",
        "zeeguu.base.env zeeguu.settings",
        "articles.management.commands.crawl articles.management.commands.add_feed",
        "articles.management.commands.crawl tokenization.management.commands.fill",
        "articles.models articles.tests.factories",
        "articles.models conftest",
        "articles.crawler.web.fetch articles.crawler.feeds.parse",
        "articles.crawler.feeds.parse articles.crawler.web.fetch",
        "articles.crawler.pages.extract articles.crawler.web.fetch",
        "articles.crawler.feeds.dates articles.crawler.pages.dates",
        "articles.crawler.pages.extract articles.crawler.judge.draft",
        "articles.crawler.judge.draft articles.crawler.store.feeds",
        "articles.crawler.store.feeds articles.crawler.visit",
        "articles.crawler.web.fetch articles.crawler.run",
    ],
)
def test_an_arrow_that_points_up_is_found(arrow):
    importer, imported = arrow.split()
    modules = graph({importer: f"from {imported} import name", imported: ""})
    [line] = wrong_arrows(modules)
    assert line.startswith(f"{importer} -> {imported}: ")


@pytest.mark.parametrize(
    "arrow",
    [
        "learners.api.feeds articles.models",
        "tokenization.services zeeguu.base.api",
        "ops.health learners.models",
        "ops.views ops.health",
        "zeeguu.gunicorn.conf ops.checks",
        "manage ops.database.errors",
        "zeeguu.urls learners.pages.urls",
        "articles.management.commands.crawl tokenization.services",
        "articles.tasks tokenization.services",
        "articles.tasks zeeguu.celery",
        "articles.tests.test_admin ops.health",
        "articles.tests.test_admin articles.tests.factories",
        "articles.crawler.pages.extract articles.crawler.feeds.markup",
        "articles.crawler.judge.draft articles.crawler.pages.extract",
        "articles.crawler.store.feeds articles.crawler.web.validators",
        "articles.crawler.visit articles.crawler.store.feeds",
        "articles.services articles.crawler.web.fetch",
        "articles.crawler.web.fetch articles.addresses",
    ],
)
def test_an_arrow_that_points_down_is_none_of_these(arrow):
    importer, imported = arrow.split()
    modules = graph({importer: f"from {imported} import name", imported: ""})
    assert modules[importer] == {imported}
    assert wrong_arrows(modules) == []


@pytest.mark.parametrize(
    "source",
    [
        "import articles.models",
        "import os, articles.models as rows",
        "from articles import models",
        "from articles.models import Feed",
        "def late():\n    from articles.models import Feed",
        "if True:\n    import articles.models",
        "importlib.import_module('articles.models')",
        "models = import_module('articles.models').Feed",
    ],
)
def test_an_import_is_found_however_it_is_written(source):
    modules = graph({"zeeguu.base.api": source, "articles": "", "articles.models": ""})
    assert modules["zeeguu.base.api"] == {"articles.models"}


def test_a_relative_import_is_refused():
    with pytest.raises(AssertionError, match="write the whole name"):
        graph({"articles.services": "from . import models"})


def test_a_circle_is_found_by_its_late_import_too():
    late = "def late():\n    import articles.c"
    modules = graph(
        {"articles.a": late, "articles.b": "import articles.a"}
        | {"articles.c": "import articles.b", "articles.d": "import articles.a"}
    )
    assert set(circle(modules)) == {"articles.a", "articles.b", "articles.c"}


def test_what_meets_again_below_is_no_circle():
    modules = graph(
        {"articles.a": "import articles.b, articles.c", "articles.d": ""}
        | dict.fromkeys(("articles.b", "articles.c"), "import articles.d")
    )
    assert circle(modules) == []
