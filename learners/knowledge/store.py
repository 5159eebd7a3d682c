"""Read and change a learner's sets of lexemes of a language.

All changes go through ``changing``: whoever else changes the same row waits for its
end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from learners.knowledge.models import Knowledge
from tokenization.lexemes import packed, unpacked
from zeeguu.base.connections import again_after_deadlock
from zeeguu.base.statements import Slot, Statement

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


@dataclass
class Sets:
    """A learner's sets of lexemes of a language, and the version that the row has.

    ``placed`` are those of ``known`` that nothing but a placement says.
    """

    met: "BitMap"
    learning: "BitMap"
    known: "BitMap"
    ignored: "BitMap"
    read_once: "BitMap"
    read_often: "BitMap"
    placed: "BitMap"
    version: int = 0

    def state(self, lexeme: int) -> State:
        found = (state for state in KEPT if lexeme in getattr(self, state))
        return next(found, State.NEW)

    @property
    def seen(self) -> "BitMap":
        """Those that are not new."""
        return self.met | self.learning | self.known | self.ignored

    @property
    def likely(self) -> "BitMap":
        """New ones that were read, and not tapped, in two articles or more."""
        return self.read_often - self.seen

    def put(self, lexeme: int, state: State) -> None:
        """Only on what ``changing`` yields."""
        for name in (*KEPT, "placed"):
            getattr(self, name).discard(lexeme)
        if state is not State.NEW:
            getattr(self, state).add(lexeme)
        if state in (State.MET, State.LEARNING):  # so it was not known when it was read
            self.read_once.discard(lexeme)
            self.read_often.discard(lexeme)


NAMES = (*map(str, KEPT), "read_once", "read_often", "placed")


def read(learner: int, language: str) -> Sets:
    """The sets of a learner, by the account's id; one query."""
    rows = _statement().rows(learner=learner, language=language)
    return sets_of(rows[0]) if rows else nothing()


def nothing() -> Sets:
    """The sets of whoever has none."""
    return sets_of((*(b"" for _ in NAMES), 0))


@cache
def _statement() -> Statement:
    rows = Knowledge.objects.filter(learner=Slot("learner"), language=Slot("language"))
    return Statement(rows.values_list(*NAMES, "version"))


def read_all(learner: int) -> dict[str, Sets]:
    """The sets of a learner by language, those that there are; one query."""
    rows = Knowledge.objects.filter(learner=learner).order_by("language")
    found = rows.values_list("language", *NAMES, "version")
    return {language: sets_of(row) for language, *row in found}


@again_after_deadlock
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
    may_change = None if only_from is None else set(only_from)
    with changing(learner, language) as sets:
        for state, ids in to.items():
            for lexeme in ids:
                if may_change is None or sets.state(lexeme) in may_change:
                    sets.put(lexeme, state)
    return sets


@contextmanager
def changing(learner: int, language: str) -> Iterator[Sets]:
    """The sets, locked, for the caller to change; stored at the end if they differ.

    Callers are ``again_after_deadlock``, or in a transaction of which it is a part.
    """
    # In a transaction of the caller's no part of it could be undone alone.
    with transaction.atomic(savepoint=False):
        pk, *row = _locked(learner, language)
        sets = sets_of(row)
        yield sets
        found = [packed(each) if each else b"" for each in _maps(sets)]
        facts = {
            name: value
            for name, value, was in zip(NAMES, found, row, strict=False)
            if value != bytes(was)
        }
        if facts:
            sets.version += 1
            now = timezone.now()
            rows = Knowledge.objects.filter(pk=pk)
            rows.update(**facts, version=sets.version, updated_at=now)


def _locked(learner: int, language: str) -> tuple:
    """The row's id, what NAMES name, and the version; the row is made if it lacks."""
    if found := _lock().rows(learner=learner, language=language):
        return found[0]
    # Only where there is none: an insert of one that is there would lock more than it.
    new = Knowledge(learner_id=learner, language_id=language)
    Knowledge.objects.bulk_create([new], ignore_conflicts=True)
    return _lock().rows(learner=learner, language=language)[0]


@cache
def _lock() -> Statement:
    """To be made, and run, in a transaction."""
    rows = Knowledge.objects.filter(learner=Slot("learner"), language=Slot("language"))
    return Statement(rows.select_for_update().values_list("pk", *NAMES, "version"))


def _maps(sets: Sets) -> "list[BitMap]":
    return [getattr(sets, name) for name in NAMES]


def sets_of(row: Sequence[Any]) -> Sets:
    """Of what NAMES name, and the version; None of a row that there is not."""
    *parts, version = row
    maps = (unpacked(bytes(part)) if part else unpacked(packed([])) for part in parts)
    return Sets(**dict(zip(NAMES, maps, strict=True)), version=version or 0)
