"""docs/data-model.md, made from the models, their docstrings, help and comments."""

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.fields.related import ForeignKey

from zeeguu.base.commands import BaseCommand

WIDTH = 110
HEAD = """\
# Data model

Written by `manage.py data_model > docs/data-model.md` from the models; a test compares.
Times are in UTC; each foreign key is enforced by the database.
"""


class Command(BaseCommand):
    writes_result = True
    needs_database = False
    help = (
        "Write the data model as Markdown, as docs/data-model.md has it, to standard"
        " output. Exit code: 0."
    )

    def handle(self, **options) -> str:
        return render()


def render() -> str:
    """The document, without a line break at its end."""
    parts = [HEAD, diagram()]
    for app, found in our_models().items():
        parts.append(f"## {app}\n")
        parts += [section(model) for model in found]
    return "\n".join(parts).rstrip()


def our_models() -> dict[str, list[type[models.Model]]]:
    """Models of this project's own apps, by the app's name; proxies are no tables."""
    found = {}
    for config in apps.get_app_configs():
        tables = [model for model in config.get_models() if not model._meta.proxy]
        if tables and Path(config.path).parent == settings.BASE_DIR:
            found[config.label] = tables
    return found


def diagram() -> str:
    """Which table points to which, as Mermaid draws it."""
    lines = [
        line(field)
        for found in our_models().values()
        for model in found
        for field in model._meta.fields
        if isinstance(field, ForeignKey)
    ]
    return "\n".join(["```mermaid", "erDiagram", *lines, "```", ""])


def line(field: ForeignKey) -> str:
    ends = f"{'|o' if field.null else '||'}--{'o|' if field.unique else 'o{'}"
    tables = field.related_model.__name__, field.model.__name__
    return f"  {tables[0]} {ends} {tables[1]} : {field.name}"


def section(model: type[models.Model]) -> str:
    """A model: what it is, its fields, and what its indexes are for."""
    notes = comments(model)
    lines = [f"### {model.__name__}", ""]
    doc = model.__doc__ or ""
    if not doc.startswith(f"{model.__name__}("):
        told = inspect.cleandoc(doc).replace("``", "`")
        lines += [wrapped(part) + "\n" for part in told.split("\n\n")]
    lines += [
        item(field.name, kind(field), told_of(field, notes))
        for field in model._meta.fields
    ]
    rules = [*model._meta.constraints, *model._meta.indexes]
    if rules:
        lines += ["", "Rules and indexes:", ""]
    lines += [
        item(rule.name, columns(rule), notes.get(rule.name, "")) for rule in rules
    ]
    return "\n".join([*lines, ""])


def told_of(field: models.Field, notes: dict[str, str]) -> str:
    return str(field.help_text) or notes.get(field.name, "")


def kind(field: models.Field) -> str:
    """Such as "text of 50, unique", or "to Feed (CASCADE), may be null"."""
    words = [type_of(field)]
    if field.primary_key:
        words.append("primary key")
    elif field.unique:
        words.append("unique")
    if field.null:
        words.append("may be null")
    return ", ".join(words)


def type_of(field: models.Field) -> str:
    if isinstance(field, ForeignKey):
        on_delete = getattr(field.remote_field.on_delete, "__name__", "")
        return f"to {field.related_model.__name__} ({on_delete})"
    name = field.get_internal_type().removesuffix("Field").replace("Char", "Text")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return f"{words} of {field.max_length}" if field.max_length else words


def columns(rule: models.Index | models.BaseConstraint) -> str:
    what = "index" if isinstance(rule, models.Index) else "unique"
    return f"{what} of {', '.join(getattr(rule, 'fields', ()))}"


def item(name: str, what: str, told: str) -> str:
    return wrapped(f"- `{name}`: {what}{'. ' if told else ''}{told}", indent="  ")


def wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def comments(model: type[models.Model]) -> dict[str, str]:
    """The comments above fields and indexes in our source, by name."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if each.__module__.partition(".")[0] in our_models():
            found.update(_comments(inspect.getsource(each).splitlines()))
    return found


def _comments(lines: list[str]) -> Iterator[tuple[str, str]]:
    held: list[str] = []
    is_rule = False
    for line in map(str.strip, lines):
        if line.startswith("#"):
            held.append(line.lstrip("# "))
            continue
        is_rule = is_rule or "Index(" in line or "Constraint(" in line
        pattern = r'name="(\w+)"' if is_rule else r"^(\w+) = "
        if named := re.search(pattern, line):
            yield named[1], " ".join(held)
        # The name of an index is some lines below its comment, that of a field is not.
        if named or not (held and is_rule):
            held, is_rule = [], False
