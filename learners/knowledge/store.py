"""Read and change a learner's sets of lexemes of a language.

All changes go through ``change``: whoever else changes the same row waits for its end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from learners.knowledge.models import Knowledge
from tokenization.lexemes import packed, unpacked
from zeeguu.base.connections import again_after_deadlock

if TYPE_CHECKING:
    from pyroaring import BitMap


class State(StrEnum):
    """How well a learner knows a lexeme."""

    NEW = "new"
    MET = "met"
    LEARNING = "learning"
    KNOWN = "known"
    IGNORED = "ignored"


# Those that have a set; whatever is in none is new.
KEPT = (State.MET, State.LEARNING, State.KNOWN, State.IGNORED)


@dataclass(frozen=True)
class Sets:
    """A learner's sets of lexemes of a language, and the version that the row has."""

    met: "BitMap"
    learning: "BitMap"
    known: "BitMap"
    ignored: "BitMap"
    read_once: "BitMap"
    read_often: "BitMap"
    version: int = 0

    def state(self, lexeme: int) -> State:
        found = (state for state in KEPT if lexeme in getattr(self, state))
        return next(found, State.NEW)


NAMES = (*map(str, KEPT), "read_once", "read_often")


def read(learner: int, language: str) -> Sets:
    """The sets of a learner, by the account's id; one query."""
    rows = Knowledge.objects.filter(learner=learner, language=language)
    row = rows.values_list(*NAMES, "version").first()
    return _sets(row or (*(b"" for _ in NAMES), 0))


def change(
    learner: int,
    language: str,
    to: Mapping[State, Iterable[int]],
    only_from: Iterable[State] | None = None,
) -> Sets:
    """Put lexemes, by their ids, into states; NEW takes them out of all.

    With only_from, those alone that are in one of these states now. Returns the sets as
    they are then. In a transaction of the caller's it is a part of it.
    """
    return _change(learner, language, to, only_from)


@again_after_deadlock
@transaction.atomic
def _change(
    learner: int,
    language: str,
    to: Mapping[State, Iterable[int]],
    only_from: Iterable[State] | None,
) -> Sets:
    row = _locked(learner, language)
    sets = _sets(tuple(getattr(row, name) for name in NAMES) + (row.version,))
    may_change = None if only_from is None else set(only_from)
    for state, ids in to.items():
        for lexeme in ids:
            if may_change is None or sets.state(lexeme) in may_change:
                _put(sets, lexeme, state)
    for name in NAMES:
        found = getattr(sets, name)
        setattr(row, name, packed(found) if found else b"")
    row.version += 1
    row.updated_at = timezone.now()
    row.save()
    return Sets(**{name: getattr(sets, name) for name in NAMES}, version=row.version)


def _locked(learner: int, language: str) -> Knowledge:
    rows = Knowledge.objects.select_for_update()
    if row := rows.filter(learner=learner, language=language).first():
        return row
    # Only where there is none: an insert of one that is there would lock more than it.
    new = Knowledge(learner_id=learner, language_id=language)
    Knowledge.objects.bulk_create([new], ignore_conflicts=True)
    return rows.get(learner=learner, language=language)


def _put(sets: Sets, lexeme: int, state: State) -> None:
    for kept in KEPT:
        getattr(sets, kept).discard(lexeme)
    if state is not State.NEW:
        getattr(sets, state).add(lexeme)


def _sets(row: tuple) -> Sets:
    """Of what NAMES name, and the version."""
    *parts, version = row
    maps = (unpacked(bytes(part)) if part else unpacked(packed([])) for part in parts)
    return Sets(**dict(zip(NAMES, maps, strict=True)), version=version)
