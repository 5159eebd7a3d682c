"""What words mean: all their candidates first, one fetch, then the best of each.

Pure: who calls brings the words and a way to fetch entries, and knows what a page is.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Set
from dataclasses import dataclass

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
    SURE,
    Candidates,
    Forms,
    Step,
    candidates,
    forms_of,
    sure,
    verbs_of,
)
from learners.dictionaries.words import Word

__all__ = ["Answer", "Fetch", "Part", "Step", "Word", "look_up"]

# Entries of the pair of languages that have these headwords, in the order in which they
# are to be shown: those of the dictionary that comes first, as its file has them.
Fetch = Callable[[Collection[str]], Iterable[Row]]
Rows = dict[str, list[Row]]


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
        """Whether the step may be wrong; of accents, whether others fit as well."""
        headwords = {sense.headword.lower() for sense in self.senses}
        is_open = self.step is Step.ACCENTS and len(headwords) > 1
        return is_open or self.step.is_guess


class _Search:
    """A form of a text, with what is wanted of it at all its places."""

    __slots__ = ("candidates", "forms", "is_phrase", "wishes", "word")

    forms: Forms
    candidates: Candidates

    def __init__(self, word: Word, wish: frozenset[str]) -> None:
        self.word, self.is_phrase = word, " " in word.form
        self.wishes: Wishes = {wish: 1}

    def add(self, word: Word, wish: frozenset[str]) -> None:
        self.wishes[wish] = self.wishes.get(wish, 0) + 1
        if word.capital and not self.word.capital:
            self.word = word


def look_up(
    words: Iterable[Word],
    source: str,
    target: str,
    fetch: Fetch,
    known: Set[str] = frozenset(),
) -> dict[str, Answer]:
    """Answers by form, of those words that have one; fetch is called once, or not.

    The same form at several places has one answer, with what all of them let it be.
    known are headwords that fetch has for sure: of a word that is one of them nothing
    else is looked for, which changes no answer but takes a third of the time.
    """
    language = facts(source)
    searches = _searches(words, language)
    headwords = _headwords(searches.values(), language, known)
    rows: Rows = defaultdict(list)
    for row in fetch(headwords) if headwords else ():
        rows[row.headword].append(row)
    found = {form: _answer(search, rows, language) for form, search in searches.items()}
    return {form: answer for form, answer in found.items() if answer}


def _searches(words: Iterable[Word], language: LanguageFacts) -> dict[str, _Search]:
    found: dict[str, _Search] = {}
    for word in words:
        wish = wanted(word, language)
        if search := found.get(word.form):
            search.add(word, wish)
        else:
            found[word.form] = _Search(word, wish)
    return found


def _headwords(
    searches: Iterable[_Search], language: LanguageFacts, known: Set[str]
) -> set[str]:
    """All that may have to be known; the searches get their candidates."""
    found: set[str] = set()
    for search in searches:
        word = search.word
        search.forms = forms = forms_of(word, language)
        if not search.is_phrase:
            search.candidates = sure(word, forms, language)
            found.update(verbs_of(forms, language))
        if search.is_phrase or known.isdisjoint(search.candidates.steps):
            search.candidates = candidates(word, forms, language)
            for split in _splits(search, language):
                found.update(*split)
        found.update(search.candidates.steps, search.candidates.heads.values())
    return found


def _splits(search: _Search, language: LanguageFacts) -> Iterable[Split]:
    return () if search.is_phrase else compounds.splits(search.forms, language)


def _answer(search: _Search, rows: Rows, language: LanguageFacts) -> Answer | None:
    steps, heads = search.candidates
    hits = [headword for headword in steps if headword in rows]
    if not hits:
        return _compound(search, rows, language)
    surely = [headword for headword in hits if steps[headword] in SURE]
    if not surely and steps[hits[0]] is Step.ACCENTS:
        surely = [headword for headword in hits if steps[headword] is Step.ACCENTS]
    hits = _ordered(surely, rows, search.wishes) or hits[:1]
    senses = [one for headword in hits for one in senses_of(rows[headword])]
    if steps[hits[0]] is Step.LEMMA:
        senses += _verbs(search, rows, language)
    senses = suiting(senses, search.wishes)[:MOST_SENSES]
    first = senses[0].headword
    step = steps.get(first, Step.ENDING)
    return Answer(first, step, senses, _part(heads.get(first, ""), rows))


def _verbs(search: _Search, rows: Rows, language: LanguageFacts) -> Iterable[Sense]:
    """What a form may mean as a verb that is not its lemma."""
    if search.is_phrase:
        return
    for verb in verbs_of(search.forms, language):
        # A part of speech that is not told may be any.
        verbs = [row for row in rows.get(verb, ()) if row.pos in ("v", "")]
        yield from senses_of(verbs)


def _ordered(hits: list[str], rows: Rows, wishes: Wishes) -> list[str]:
    """The first hit, unless another one is likelier what is meant."""
    for hit in hits[1:]:
        if is_likelier(rows[hit][0], rows[hits[0]][0], wishes):
            return [hit, *(one for one in hits if one is not hit)]
    return hits


def _compound(search: _Search, rows: Rows, language: LanguageFacts) -> Answer | None:
    # Made once more: few words come here, and those of all would be many.
    splits = [*_splits(search, language)]
    found = compounds.best(search.forms.lemma, splits, rows) if splits else None
    if not found:
        return None
    senses = suiting(senses_of(rows[found.tail]), search.wishes)[:MOST_SENSES]
    return Answer(found.tail, Step.COMPOUND, senses, _part(found.head, rows))


def _part(headword: str, rows: Rows) -> Part | None:
    return Part(headword, senses_of(rows[headword])) if headword in rows else None
