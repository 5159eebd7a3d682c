"""What a headword means in all dictionaries, and what its sentence decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from articles.languages import LanguageFacts
from articles.spelling import APOSTROPHES
from learners.dictionaries.rows import SEPARATOR
from learners.dictionaries.rules import rules_of
from learners.dictionaries.words import Word

# Of one word, and translations of one sense.
MOST_SENSES, MOST_TRANSLATIONS = 4, 6

NOUNS = frozenset({"n", "pn"})
NOMINAL = NOUNS | {"adj", "num", "adv"}
VERBS = frozenset({"v"})
# What a sentence decides between; "la" is none of them, whatever is before it.
DECIDED = NOUNS | {"v", "adj", "adv", "num"}
# What the sentence does not decide.
ALL: frozenset[str] = frozenset()
# How many of a word's places want these parts of speech.
Wishes = dict[frozenset[str], int]


class Row(Protocol):
    """An entry of a dictionary, a model's instance or a named tuple."""

    @property
    def headword(self) -> str: ...
    @property
    def pos(self) -> str: ...
    @property
    def gender(self) -> str: ...
    @property
    def translations(self) -> str: ...
    @property
    def source(self) -> str: ...


@dataclass
class Sense:
    """A headword as one part of speech; source is that of its first translation."""

    headword: str
    pos: str
    gender: str
    translations: list[str] = field(default_factory=list)
    source: str = ""


def senses_of(rows: Iterable[Row]) -> list[Sense]:
    """One sense a part of speech, each translation once, in the order of the rows.

    A row of no part of speech adds to the first sense.
    """
    found: dict[str, Sense] = {}
    seen: set[str] = set()
    for row in rows:
        fresh = [one for one in row.translations.split(SEPARATOR) if one not in seen]
        if not fresh:
            continue
        seen.update(fresh)
        new = Sense(row.headword, row.pos, row.gender, [], row.source)
        pos = row.pos or next(iter(found), "")
        found.setdefault(pos, new).translations += fresh
    for sense in found.values():
        del sense.translations[MOST_TRANSLATIONS:]
    return list(found.values())


def wanted(word: Word, language: LanguageFacts) -> frozenset[str]:
    """The parts of speech that a word's sentence lets it be; ALL where it is open."""
    if not word.before and not word.capital:
        return ALL
    rules = rules_of(language)
    before, after = _small(word.before), _small(word.after)
    if language.nouns_have_capitals and word.capital:
        return NOUNS
    if before in rules.before_verbs:
        return VERBS
    if before in rules.articles or before.isdecimal():
        return NOMINAL if after and not rules.is_small(after) else NOUNS
    # A verb there is in its own form: per fare, without an ending.
    if before in rules.prepositions and word.lemma:
        return NOMINAL
    return ALL


@lru_cache(maxsize=4096)
def _small(word: str) -> str:
    return word.lower().translate(APOSTROPHES)


def suiting(senses: Sequence[Sense], wishes: Wishes) -> list[Sense]:
    """The senses that one of a word's places lets it have; all where none is.

    Those that more places want come first.
    """
    if len(senses) < 2:
        return list(senses)
    counts = {id(sense): _count(sense.pos, wishes) for sense in senses}
    ordered = sorted(senses, key=lambda sense: -counts[id(sense)])
    return [sense for sense in ordered if counts[id(sense)]] or ordered


def is_likelier(lemma: Row, form: Row, wishes: Wishes) -> bool:
    """Whether a word is rather what its lemma means than the headword of its form.

    Sources under the GPL have many forms of words, each with what one of them means
    somewhere, and some have them for an idiom. A letter is more often what is left of
    a word (n-, of nu) than what dictionaries have there, nitrogen. What looks like a
    noun mostly is a form of an adjective (nueva), unless the sentence has it as a noun.
    Of a noun and a verb the sentence decides, else whether the form has an ending more:
    skriver is of skrive, weken of week.
    """
    if form.source == "gpl" and (lemma.source == "cc-by-sa" or _is_idiom(form)):
        return True
    if len(form.headword) == 1 and form.source != "core":
        return True
    if (form.pos, lemma.pos) == ("n", "adj"):
        return not wishes.get(NOUNS)
    if {form.pos, lemma.pos} != {"n", "v"}:
        return False
    difference = _count(lemma.pos, wishes) - _count(form.pos, wishes)
    return (difference or len(form.headword) - len(lemma.headword)) > 0


def _is_idiom(row: Row) -> bool:
    first = row.translations.partition(SEPARATOR)[0]
    return first.startswith("be ") or first.count(" ") > 1


def _count(pos: str, wishes: Wishes) -> int:
    """How many places let a word be a part of speech."""
    if pos not in DECIDED:
        return sum(wishes.values())
    return sum(count for wish, count in wishes.items() if pos in wish or wish is ALL)
