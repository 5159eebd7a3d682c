"""What words mean: all their candidates first, one fetch, then the best of each.

Pure: who calls brings the words and a way to fetch entries, and knows what a page is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from articles.languages import LanguageFacts, facts
from learners.dictionaries import compounds
from learners.dictionaries.compounds import Split
from learners.dictionaries.senses import (
    MOST_SENSES,
    Row,
    Sense,
    Wishes,
    is_likelier,
    senses_of,
    suiting,
    wanted,
)
from learners.dictionaries.steps import (
    GUESSES,
    Candidate,
    Step,
    candidates,
    forms_of,
)
from learners.dictionaries.words import Word

__all__ = ["Answer", "Fetch", "Part", "Step", "Word", "look_up"]

# Entries of the pair of languages that have these headwords, in the order in which they
# are to be shown: those of the dictionary that comes first, as its file has them.
Fetch = Callable[[Collection[str]], Iterable[Row]]
Rows = dict[str, list[Row]]
# Steps whose headword is surely the word, or its lemma: each may add its senses.
SURE = frozenset({Step.EXACT, Step.LOWER, Step.LEMMA})


@dataclass
class Part:
    """What stood before the part of a word that the answer is about."""

    headword: str
    senses: list[Sense]


@dataclass
class Answer:
    """What a word means. headword is that of the first sense."""

    headword: str
    step: Step
    senses: list[Sense]
    before: Part | None = None

    @property
    def is_guess(self) -> bool:
        return self.step in GUESSES


@dataclass
class _Search:
    """A form of a text, with what is wanted of it at all its places."""

    word: Word
    wishes: Wishes = field(default_factory=Counter)
    candidates: list[Candidate] = field(default_factory=list)
    lemma: str = ""
    splits: list[Split] = field(default_factory=list)

    def headwords(self) -> Iterable[str]:
        for one in self.candidates:
            yield one.headword
            if one.head:
                yield one.head
        for split in self.splits:
            yield from split.heads
            yield from split.tails


def look_up(
    words: Iterable[Word], source: str, target: str, fetch: Fetch
) -> dict[str, Answer]:
    """Answers by form, of those words that have one; fetch is called once, or not.

    The same form at several places has one answer, with what all of them let it be.
    """
    language = facts(source)
    searches = _searches(words, language)
    headwords = {one for search in searches.values() for one in search.headwords()}
    rows: Rows = defaultdict(list)
    for row in fetch(headwords) if headwords else ():
        rows[row.headword].append(row)
    found = {form: _answer(search, rows) for form, search in searches.items()}
    return {form: answer for form, answer in found.items() if answer}


def _searches(words: Iterable[Word], language: LanguageFacts) -> dict[str, _Search]:
    found: dict[str, _Search] = {}
    for word in words:
        search = found.get(word.form) or _Search(word)
        found[word.form] = search
        search.wishes[wanted(word, language)] += 1
        if word.capital and not search.word.capital:
            search.word = word
    for search in found.values():
        forms = forms_of(search.word, language)
        search.candidates = candidates(search.word, forms, language)
        search.lemma = forms.lemma
        search.splits = compounds.splits(forms, language)
    return found


def _answer(search: _Search, rows: Rows) -> Answer | None:
    hits = [one for one in search.candidates if one.headword in rows]
    if not hits:
        return _compound(search, rows)
    sure = [one for one in hits if one.step in SURE]
    hits = _ordered(sure, rows, search.wishes) or hits[:1]
    senses = [one for hit in hits for one in senses_of(rows[hit.headword])]
    senses = suiting(senses, search.wishes)[:MOST_SENSES]
    first = next(one for one in hits if one.headword == senses[0].headword)
    return Answer(first.headword, first.step, senses, _part(first.head, rows))


def _ordered(hits: list[Candidate], rows: Rows, wishes: Wishes) -> list[Candidate]:
    """The first hit, unless another one is likelier what is meant."""
    for hit in hits[1:]:
        if is_likelier(rows[hit.headword][0], rows[hits[0].headword][0], wishes):
            return [hit, *(one for one in hits if one is not hit)]
    return hits


def _compound(search: _Search, rows: Rows) -> Answer | None:
    found = compounds.best(search.lemma, search.splits, rows)
    if not found:
        return None
    senses = suiting(senses_of(rows[found.tail]), search.wishes)[:MOST_SENSES]
    return Answer(found.tail, Step.COMPOUND, senses, _part(found.head, rows))


def _part(headword: str, rows: Rows) -> Part | None:
    return Part(headword, senses_of(rows[headword])) if headword in rows else None
