"""How much of texts a learner knows, and which of their words are worth learning.

A text's words are its lexemes, each counted once: no names, numbers and marks, and none
that the learner ignores.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from learners.knowledge.store import Sets
from tokenization.lexemes import Word, unpacked

if TYPE_CHECKING:
    from pyroaring import BitMap

WORTH_LEARNING = 5
# A word that has no rank is rarer than all that have one.
NO_RANK = 100_000


class Coverage(NamedTuple):
    """How many words of a text are known, and how many in no state.

    ``share`` is known words of all, 0 to 1. ``likely`` of the new ones were read and
    not tapped in two texts before: weak evidence, which ``share`` does not count.
    """

    share: float
    known: int
    new: int
    likely: int


class Measure:
    """Measures texts of a language by what a learner knows of it; asks no database."""

    def __init__(self, sets: Sets) -> None:
        self._known = sets.known
        self._ignored = sets.ignored
        self._seen = sets.seen
        self._likely = sets.likely

    def of(self, lexemes: "bytes | BitMap | None") -> Coverage | None:
        """Of a text's set, packed or not; None where there is no word in it."""
        text = unpacked(lexemes) if isinstance(lexemes, bytes) and lexemes else lexemes
        if not text:
            return None
        size = len(text)
        known = text.intersection_cardinality(self._known)
        new = size - text.intersection_cardinality(self._seen)
        likely = text.intersection_cardinality(self._likely) if self._likely else 0
        ignored = text.intersection_cardinality(self._ignored) if self._ignored else 0
        share = known / (size - ignored) if size > ignored else 1.0
        return Coverage(share, known, new, likely)

    def share(self, text: "BitMap") -> float:
        """What ``of`` tells of a text that has words: for who wants no more of it."""
        size = len(text)
        if self._ignored:
            size -= text.intersection_cardinality(self._ignored)
        return text.intersection_cardinality(self._known) / size if size else 1.0

    def new_in(self, lexemes: "BitMap") -> "BitMap":
        """Those of a text's set that are in no state."""
        return lexemes - self._seen


class Worth(NamedTuple):
    """A new word of a text: its rank in the language, and how often the text has it."""

    lemma: str
    rank: int | None
    times: int


def worth_learning(
    measure: Measure,
    lexemes: "BitMap",
    counts: bytes | None,
    words: Mapping[int, Word],
    most: int = WORTH_LEARNING,
) -> list[Worth]:
    """The new words of a text that help most, the best first.

    By their frequency in the language, 1 / rank as Zipf's law has it, times how often
    the text has them. counts are those of a cache row: without them each is once in it.
    words are at least the new ones, as ``tokenization.lexemes.words_of`` has them.
    """
    often = dict(zip(lexemes, counts or b"", strict=False))
    found = [
        Worth(*words[lexeme], often.get(lexeme, 1))
        for lexeme in measure.new_in(lexemes)
        if lexeme in words
    ]
    found.sort(key=by_worth)
    return found[:most]


def by_worth(one: Worth) -> tuple[float, str]:
    """What words are sorted by, those that help most first."""
    return -one.times / (one.rank or NO_RANK), one.lemma
