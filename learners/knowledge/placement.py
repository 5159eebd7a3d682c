"""Find out how many words somebody knows who begins here: a test of yes and no.

Words of bands of frequency are shown among words that there are not. Whoever says to
know some of these says so of other words too: that is taken off.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from learners.knowledge import store, words
from tokenization.lexemes import ids_of, packed, unpacked
from zeeguu.base.connections import again_after_deadlock, release

# Ranks at which bands end: they get wider as words get rarer.
BANDS = (0, 500, 1000, 2000, 3000, 5000, 7500, 10_000, 15_000)
OF_A_BAND, MADE_UP = 4, 8
# Who says "the first N" may say so much; the smallest list has 26,000.
MOST = 20_000
# Shorter words can be told by nobody, and longer ones are compounds, which can.
LENGTHS = range(4, 11)
# Made-up words are put together of parts of these.
PARTS = 3000
VOWELS = frozenset("aeiouyæøœåäöüàâáãąăéèêëęíìîïóòôõőúùûűýαεηιουωάέήίόύώаеёиоуыэюя")


@dataclass(frozen=True)
class Test:
    """A language's words to be shown: of each band, and such as there are not."""

    bands: tuple[tuple[str, ...], ...]
    made_up: tuple[str, ...]

    @property
    def shown(self) -> list[str]:
        """All of them, mixed, and always the same way."""
        every = [*self.made_up, *(word for band in self.bands for word in band)]
        return sorted(every, key=_chance)


@dataclass(frozen=True)
class Estimate:
    """How many of the most frequent words somebody knows.

    ``guessed`` is the share of made-up words that were said to be known, 0 to 1.
    """

    rank: int
    guessed: float


def make_test(language: str) -> Test:
    """The Test of a language, the same each time; without words where none are ranked.

    Asks no database, and takes some tenths of a second once.
    """
    return _make_test(language, words.is_ready(language))


@lru_cache(maxsize=64)
def _make_test(language: str, is_ready: bool) -> Test:
    """is_ready because the words are others then."""
    forms = _most_frequent(language, BANDS[-1])
    bands = (forms[first:last] for first, last in pairwise(BANDS))
    chosen = tuple(tuple(_chosen(language, band)) for band in bands)
    return Test(chosen, tuple(_made_up(language, forms)) if any(chosen) else ())


def _chosen(language: str, forms: Iterable[str]) -> list[str]:
    """Words of a band that are no forms of others."""
    return _first(
        forms,
        lambda form: words.written(language, form),
        lambda word: words.lemma(language, word) == word.lower(),
        OF_A_BAND,
    )


def _made_up(language: str, forms: list[str]) -> list[str]:
    """The beginnings of some words with the ends of others, which nobody has."""
    parts = [form for form in forms[:PARTS] if words.written(language, form) == form]
    mixed = sorted((form for form in parts if form.isalpha()), key=_chance)
    joined = (_joined(*pair) for pair in pairwise(mixed))
    return _first(joined, str, lambda word: not words.is_known(language, word), MADE_UP)


def _joined(one: str, other: str) -> str:
    """The first syllable of a word, and what follows that of another."""
    return one[: _open(one)] + other[_open(other) :]


def _open(word: str) -> int:
    """Where its first vowels end."""
    places = [
        at
        for at, (char, after) in enumerate(pairwise(f"{word} "), 1)
        if char in VOWELS and after not in VOWELS
    ]
    return places[0] if places else len(word)


def _first(
    forms: Iterable[str],
    write: Callable[[str], str],
    is_fit: Callable[[str], bool],
    most: int,
) -> list[str]:
    found: list[str] = []
    for form in sorted(set(forms), key=_chance):
        word = write(form) if len(form) in LENGTHS and form.isalpha() else ""
        if word and is_fit(word):
            found.append(word)
        if len(found) == most:
            break
    return found


def _chance(word: str) -> bytes:
    """An order that is nobody's, and the same each time."""
    return hashlib.blake2b(word.encode(), digest_size=8).digest()


def estimate(test: Test, yes: Collection[str]) -> Estimate:
    """What the words that somebody says to know tell.

    Of each band what ``sensitivity`` leaves of it, summed up, as if all known words
    were the most frequent ones.
    """
    said = set(yes)
    guessed = _share(test.made_up, said)
    sizes = (last - first for first, last in pairwise(BANDS))
    known = (
        size * sensitivity(_share(band, said), guessed)
        for size, band in zip(sizes, test.bands, strict=True)
    )
    return Estimate(round(sum(known)), guessed)


def sensitivity(hits: float, false_alarms: float) -> float:
    """How much of a band is known, 0 to 1, whatever somebody's readiness to say yes.

    The index I_SDT of signal detection, from the shares of words, and of made-up ones,
    that were said to be known: Huibregtse, Admiraal and Meara (2002), "Scores on a
    yes-no vocabulary test: correction for guessing and response style", Language
    Testing 19(3), 227-245. Who says yes to made-up words as often knows nothing.
    """
    if hits <= false_alarms:
        return 0.0
    base, gain = 4 * hits * (1 - false_alarms), hits - false_alarms
    return 1 - (base - 2 * gain * (1 + gain)) / (base - gain * (1 + gain))


def _share(band: Collection[str], said: set[str]) -> float:
    return len(said.intersection(band)) / len(band) if band else 0.0


def place(learner: int, language: str, rank: int) -> int:
    """Let a learner know the most frequent words up to a rank; how many that adds.

    In the place of what a placement said before: so 0 takes that back. What anything
    else has said of a word stays. Lexemes are made of all of them, so that those that
    texts bring later are known too. To be called outside of transactions.
    """
    release()
    lemmas = words.frequent(language, _most_frequent(language, rank))
    ids = ids_of(language, lemmas)
    return _place(learner, language, packed(ids.values()))


@again_after_deadlock
def _place(learner: int, language: str, wanted: bytes) -> int:
    with store.changing(learner, language) as sets:
        sets.known.difference_update(sets.placed)
        sets.placed.clear()
        sets.placed.update(unpacked(wanted) - sets.seen)
        sets.known.update(sets.placed)
        return len(sets.placed)


def _most_frequent(language: str, number: int) -> list[str]:
    from articles.ranks import most_frequent  # noqa: PLC0415 - most readers' need none

    return most_frequent(language, number)
