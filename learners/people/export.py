"""An account as one JSON file: every row of the learner's, some at a time."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.db.models import BinaryField, Field, ForeignKey, Model
from django.utils import timezone

from articles.models import Article
from learners.models import Cohort, User
from learners.people.owned import own_tables
from tokenization.lexemes import unpacked, words_of
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import release

# Texts are long.
AT_ONCE = 200
WORDS_AT_ONCE = 1000
# What is not in the file though it is somebody's, and why: models, and fields of them.
MADE = "made from the text, which is here"
SECRET = "whoever has it could use it to get in"  # noqa: S105 - says why
LEFT_OUT = {
    "admin.LogEntry": "what staff did to others' rows",
    "learners.Code": f"a hash of what a mail brought: {SECRET}",
    "learners.Session.data": SECRET,
    "learners.Session.digest": SECRET,
    "learners.Text.content": MADE,
    "learners.Text.lexeme_counts": MADE,
    "learners.Text.lexemes": MADE,
    "learners.Text.title_tokens": MADE,
    "learners.User.password": SECRET,
}
# What ids alone would not tell in a file.
NAMED: dict[type[Model], tuple[str, ...]] = {
    Article: ("url", "title"),
    Cohort: ("name",),
}


def pieces(user: User) -> Iterator[bytes]:
    """The file; no connection is held between two pieces: who reads may be slow."""
    yield b'{"exported_at":' + _json(timezone.now())
    yield b',"left_out":' + _json(LEFT_OUT)
    tables: dict[type[Model], str] = {User: "pk", **own_tables()}
    for model, path in tables.items():
        if model._meta.label not in LEFT_OUT:
            yield f',"{model._meta.model_name}":['.encode()
            yield from _listed(_rows(model, {path: user.pk}))
            yield b"]"
    yield b"}"


def _listed(slices: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    comma = b""
    for rows in slices:
        release()
        yield comma + b",".join(map(_json, rows))
        comma = b","


def _rows(model: type[Model], mine: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    fields = [field for field in model._meta.concrete_fields if not _is_left_out(field)]
    names = [field.attname for field in fields]
    packed = [field.attname for field in fields if isinstance(field, BinaryField)]
    # "pk" too, which may have another name.
    rows = model._base_manager.filter(**mine).order_by("pk")
    asked = rows.values("pk", *names, *(name for f in fields for name in _told(f)))
    last: dict[str, Any] = {}
    while found := list(asked.filter(**last)[:AT_ONCE]):
        last = {"pk__gt": found[-1]["pk"]}
        for row in found:
            row.update({name: _words(row[name]) for name in packed})
        yield found


def _is_left_out(field: Field) -> bool:
    return f"{field.model._meta.label}.{field.name}" in LEFT_OUT


def _told(field: Field) -> list[str]:
    """Such as article__title, of a field that names an article."""
    if not isinstance(field, ForeignKey):
        return []
    return [f"{field.name}__{name}" for name in NAMED.get(field.related_model, ())]


def _words(packed: bytes) -> list[str]:
    """The words of a packed set of lexemes."""
    ids = sorted(unpacked(bytes(packed))) if packed else []
    return [
        word.lemma
        for some in in_slices(ids, WORDS_AT_ONCE)
        for word in words_of(some).values()
    ]


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)
