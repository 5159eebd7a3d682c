"""In what order the bundled dictionaries' translations into English are told.

The files have the best first, but often a rare word, or the rarer sense: Danish "tro"
as faithful, German "Bund" as fret. How often a translation stands for the headword is
guessed from how frequent it is, and from what the dictionary of the other direction
has it mean: believe is only "tro", hold is many words. The weights were tuned on 257
words of news in five languages.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import factorial, log10

from articles.ranks import ranks_of
from learners.dictionaries.rows import SEPARATOR, Row
from learners.dictionaries.senses import NOUNS

# Raise it with any change here: what was loaded before is then loaded again.
VERSION = "2"
# The language that frequencies are known of.
TARGET = "en"
# In powers of ten, as all weights: the most frequent word of English, and one that its
# list does not have. Between them stands log10 of the rank (Zipf's law).
MOST_FREQUENT, UNKNOWN = 7.9, 2.5
# A place further back in the file; each word more than one, "be in force".
PLACE, MORE_WORDS = 0.4, 1.2
# What the other direction says; not to have it says UNCONFIRMED. And that a word is
# many there, as look, which is frequent for all of them together.
BACK, UNCONFIRMED, MANY = 0.8, -1.5, 0.6
# Of one row of the other direction, how many stand before those of the next row.
ROW_DEPTH = 2
# Alphabetical by chance are 1/2 of the rows of two translations, 1/6 of those of three.
# A dictionary that has this many times more is in no order of its own.
ALPHABETICAL = 1.5


@dataclass(frozen=True)
class Trust:
    """How much is left to a file's own order.

    Above ``frequent`` frequencies tell nothing: get and take mean anything.
    ``first`` is what the file's first translation has before the others.
    """

    frequent: float
    first: float


ORDERED, UNORDERED = Trust(4.3, 0.6), Trust(6.0, 0.0)


class Back:
    """What the other direction has: by headword, the rows' parts of speech and words.

    Its rows stay as they are: most translations are looked for in one or two of them.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(row.headword, []).append(row)

    def share(self, translation: str, row: Row) -> float:
        """How much of a translation the row's headword is: 0 for all, or less."""
        before = 0
        for other in self._rows.get(translation, ()):
            if not _may_be(other.pos, row.pos):
                continue
            words = other.translations
            if row.headword in words:
                place = _place(row.headword, words.split(SEPARATOR))
                if place is not None:
                    return -log10(1 + before + place)
            before += min(ROW_DEPTH, 1 + words.count(SEPARATOR))
        return UNCONFIRMED

    def breadth(self, translation: str) -> float:
        """How many words a translation is: log10, 0 for none."""
        rows = self._rows.get(translation, ())
        words = sum(1 + row.translations.count(SEPARATOR) for row in rows)
        return log10(1 + words)


def _place(word: str, words: list[str]) -> int | None:
    return words.index(word) if word in words else None


def _may_be(pos: str, other: str) -> bool:
    return not pos or not other or pos == other or {pos, other} <= NOUNS


def ranked(rows: list[Row], back: Back) -> Iterator[Row]:
    """The rows in their order, each with its likeliest translation first."""
    trust = UNORDERED if _is_alphabetical(rows) else ORDERED
    for row in rows:
        words = row.translations.split(SEPARATOR)
        if len(words) > 1:
            weights = _weights(row, words, back, trust)
            words.sort(key=weights.__getitem__, reverse=True)
            row = Row(*row[:3], SEPARATOR.join(words))
        yield row


def _weights(row: Row, words: list[str], back: Back, trust: Trust) -> dict[str, float]:
    found = {
        word: frequency(word, trust.frequent)
        + BACK * back.share(word, row)
        - MANY * back.breadth(word)
        - PLACE * place
        for place, word in enumerate(words)
    }
    found[words[0]] += trust.first
    return found


@lru_cache(maxsize=1 << 17)
def frequency(translation: str, most: float) -> float:
    """How frequent an English word is, log10 of times in a billion, at most ``most``.

    That of several is the rarest one's, and less for each more.
    """
    words = translation.removeprefix("to ").replace("-", " ").split() or [""]
    return min(most, *map(_of_word, words)) - MORE_WORDS * (len(words) - 1)


@lru_cache(maxsize=1 << 16)
def _of_word(word: str) -> float:
    rank = ranks_of(TARGET).of(word, TARGET)
    return MOST_FREQUENT - log10(rank) if rank else UNKNOWN


def _is_alphabetical(rows: list[Row]) -> bool:
    """Whether more rows of three and more are in alphabetical order than by chance."""
    alphabetical, chance = 0, 0.0
    for row in rows:
        words = row.translations.split(SEPARATOR)
        if len(words) > 2:
            alphabetical += words == sorted(words)
            chance += 1 / factorial(len(words))
    return alphabetical > ALPHABETICAL * chance
