"""What a learner knows: how many words of each state, and which."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from learners.knowledge import store
from learners.knowledge.store import Sets
from tokenization.lexemes import packed, unpacked
from tokenization.models import Lexeme

if TYPE_CHECKING:
    from pyroaring import BitMap

# Behind all other characters.
LAST = "\U0010ffff"


class Listed(StrEnum):
    """What there are lists of: states, and new words that are likely known."""

    MET = "met"
    LEARNING = "learning"
    KNOWN = "known"
    IGNORED = "ignored"
    LIKELY = "likely"


@dataclass(frozen=True)
class Counts:
    """Words of a language by state; ``placed`` of the known are a placement's."""

    language: str
    met: int
    learning: int
    known: int
    ignored: int
    likely: int
    placed: int


def counts(learner: int) -> list[Counts]:
    """Of each language that the learner, by the account's id, has words of; a query."""
    return [_counts(*found) for found in store.read_all(learner).items()]


def _counts(language: str, sets: Sets) -> Counts:
    by_name = {name: len(getattr(sets, name)) for name in (*Listed, "placed")}
    return Counts(language, **by_name)


def listed(sets: Sets, language: str, name: Listed | None, start: str) -> "BitMap":
    """The lexemes of one of the lists, or of all states, that start with a text.

    A query, of an index alone, where start is not "".
    """
    found = getattr(sets, name) if name else sets.seen
    if not start:
        return found
    # Not "startswith", for which MariaDB has no use of the index.
    ends = (start, f"{start}{LAST}")
    rows = Lexeme.objects.filter(language=language, lemma__range=ends)
    return found & unpacked(packed(rows.values_list("pk", flat=True)))
