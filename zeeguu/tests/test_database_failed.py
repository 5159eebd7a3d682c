"""One name for "the database failed", whoever means that."""

import ast

import pytest
from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError

from zeeguu.base.connections import DatabaseFailed

APPS = ("articles", "learners", "ops", "tokenization", "zeeguu")
SPELLINGS = {"Error", "DatabaseError", "OperationalError", "InterfaceError"}
COMPARISONS = {"isinstance", "issubclass", "suppress"}


@pytest.mark.parametrize("kind", [InterfaceError, OperationalError, DataError])
def test_that_name_is_for_all_errors_of_databases(kind):
    assert issubclass(kind, DatabaseFailed)


def test_there_is_no_other_name_for_it():
    root = settings.BASE_DIR
    files = [file for app in APPS for file in (root / app).rglob("*.py")]
    files = [file for file in files if not {"tests", "migrations"} & set(file.parts)]
    found = {str(file): caught(file) for file in [*files, root / "manage.py"]}
    assert len(found) > 50
    assert {file: names for file, names in found.items() if names} == {}


def test_another_name_would_be_found(tmp_path):
    code = "from django.db import {0} as E\ntry: pass\nexcept (OSError, E): pass"
    file = tmp_path / "module.py"
    for name in SPELLINGS:
        file.write_text(code.format(name))
        assert caught(file) == {"E"}
    file.write_text("from django.db.utils import Error\nisinstance(x, Error)")
    assert caught(file) == {"Error"}


def caught(file):
    """The names of django.db's general errors that a module catches or asks for."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    of_django = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        and node.module in {"django.db", "django.db.utils"}
        for alias in node.names
        if alias.name in SPELLINGS
    }
    places = [node.type for node in nodes if isinstance(node, ast.ExceptHandler)]
    places += [node for node in nodes if isinstance(node, ast.Call) and asks(node)]
    words = [word for place in filter(None, places) for word in ast.walk(place)]
    return of_django & {word.id for word in words if isinstance(word, ast.Name)}


def asks(call):
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name in COMPARISONS
