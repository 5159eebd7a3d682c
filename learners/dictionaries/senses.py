"""What a headword means in all dictionaries, and what its sentence decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from articles.languages import LanguageFacts
from learners.dictionaries.rules import rules_of
from learners.dictionaries.words import Word

SEPARATOR = "; "
# Of one word, and translations of one sense.
MOST_SENSES, MOST_TRANSLATIONS = 4, 6

NOUNS = frozenset({"n", "pn"})
NOMINAL = NOUNS | {"adj", "num", "det"}
VERBS = frozenset({"v"})
# What the sentence does not decide.
ALL: frozenset[str] = frozenset()


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
    rules = rules_of(language)
    before = word.before.lower()
    if language.nouns_have_capitals and word.capital:
        return NOUNS
    if before in rules.before_verbs:
        return VERBS
    if before in rules.articles:
        return NOMINAL
    return ALL


def suiting(senses: Sequence[Sense], wishes: Iterable[frozenset[str]]) -> list[Sense]:
    """The senses that one of a word's places wants; all where none is, or one is open.

    Those that more places want come first. A sense of no part of speech suits all.
    """
    wishes = list(wishes)
    counts = {
        id(sense): sum(sense.pos in wish for wish in wishes if wish) for sense in senses
    }
    ordered = sorted(senses, key=lambda sense: -counts[id(sense)])
    if ALL in wishes:
        return ordered
    fit = [sense for sense in ordered if counts[id(sense)] or not sense.pos]
    return fit or ordered
