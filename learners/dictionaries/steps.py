"""Which headwords a word may be found under, in the order measured as best."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from articles.languages import LanguageFacts
from learners.dictionaries.rules import Rules, rules_of
from learners.dictionaries.words import Word, normalise

# Of one word, compounds apart: a hostile one must not ask for thousands.
MOST_CANDIDATES, MOST_TRIED = 48, 200
# Places of a word where another spelling is tried.
MOST_PLACES = 4
# Longer ones are no abbreviations: NATO is.
LONGEST_ABBREVIATION = 6


class Step(StrEnum):
    """How a headword was found."""

    EXACT = "exact"
    LOWER = "lower"
    LEMMA = "lemma"
    FOLDED = "folded"
    ELISION = "elision"
    ENDING = "ending"
    PREFIX = "prefix"
    HYPHEN = "hyphen"
    COMPOUND = "compound"
    PHRASE = "phrase"

    @property
    def is_guess(self) -> bool:
        return self in GUESSES


GUESSES = frozenset({Step.ENDING, Step.PREFIX, Step.HYPHEN, Step.COMPOUND})


class Candidate(NamedTuple):
    """A headword to look for; head is what stood before it, for who reads."""

    step: Step
    headword: str
    head: str = ""


class Forms(NamedTuple):
    """A word's spellings: as it is written, in lower case, and its lemma."""

    written: str
    lower: str
    lemma: str


def forms_of(word: Word, language: LanguageFacts) -> Forms:
    written = normalise(word.form, language)
    lower = written.lower()
    lemma = normalise(word.lemma, language) if word.lemma else ""
    return Forms(written, lower, lemma or lower)


def candidates(word: Word, forms: Forms, language: LanguageFacts) -> list[Candidate]:
    """What to look for, best first, each headword once; bounded; none for ""."""
    if not forms.written:
        return []
    is_phrase = " " in word.form
    found = _of_phrase(forms) if is_phrase else _of_word(word, forms, language)
    first: dict[str, Candidate] = {}
    for one in islice(found, MOST_TRIED):
        first.setdefault(one.headword, one)
    first.pop("", None)
    return list(first.values())[:MOST_CANDIDATES]


def _of_phrase(forms: Forms) -> Iterator[Candidate]:
    for form in forms:
        yield Candidate(Step.PHRASE, form)


def _of_word(word: Word, forms: Forms, language: LanguageFacts) -> Iterator[Candidate]:
    rules = rules_of(language)
    # Elsewhere a small letter is no noun's that has lost its capital.
    is_name_last = not language.nouns_have_capitals and forms.written == forms.lower
    yield from _cases(word, forms, language)
    yield from _respelled(forms, rules)
    if not is_name_last:
        yield from _names(forms)
    if language.look_up.elides:
        yield from _elided(forms.written)
    is_noun = language.nouns_have_capitals and word.capital
    yield from _endings(forms, rules, is_noun=is_noun)
    yield from _prefixed(forms, rules)
    yield from _hyphened(forms, rules, is_noun=is_noun)
    yield from _names(forms)


def _cases(word: Word, forms: Forms, language: LanguageFacts) -> Iterator[Candidate]:
    """The form and its lemma; a noun's lemma has its capital where nouns have."""
    written, lower, lemma = forms
    exact, small = Candidate(Step.EXACT, written), Candidate(Step.LOWER, lower)
    noun = Candidate(Step.LEMMA, capitalised(lemma))
    if not language.nouns_have_capitals or not written[:1].isupper():
        yield from (
            (exact, small) if word.capital or written == lower else (small, exact)
        )
        yield Candidate(Step.LEMMA, lemma)
    elif word.capital:
        yield from (exact, noun, small, Candidate(Step.LEMMA, lemma))
    else:
        yield from (small, exact, Candidate(Step.LEMMA, lemma), noun)


def _respelled(forms: Forms, rules: Rules) -> Iterator[Candidate]:
    for form in (forms.lower, forms.lemma):
        for other in respelled(form, rules):
            yield Candidate(Step.FOLDED, other)
            yield Candidate(Step.FOLDED, capitalised(other))


def _names(forms: Forms) -> Iterator[Candidate]:
    """What is written with capitals elsewhere: a name, or an abbreviation."""
    for form in (forms.lower, forms.lemma):
        yield Candidate(Step.FOLDED, capitalised(form))
    if 1 < len(forms.lower) <= LONGEST_ABBREVIATION:
        yield Candidate(Step.FOLDED, forms.lower.upper())


def respelled(form: str, rules: Rules) -> Iterator[str]:
    """A form with each spelling that has another one changed, then with all."""
    for old, new in rules.spellings:
        place = form.find(old)
        for _ in range(MOST_PLACES):
            if place < 0:
                break
            yield form[:place] + new + form[place + len(old) :]
            place = form.find(old, place + 1)
        if form.count(old) > 1:
            yield form.replace(old, new)


def _elided(written: str) -> Iterator[Candidate]:
    head, _, rest = written.rpartition("'")
    if rest:
        for form in (rest, rest.lower()):
            yield Candidate(Step.ELISION, form, head)
    elif head:
        yield Candidate(Step.ELISION, head.lower())


def _endings(forms: Forms, rules: Rules, *, is_noun: bool) -> Iterator[Candidate]:
    for form in dict.fromkeys((forms.lemma, forms.lower)):
        for stem in rules.without_ending(form):
            if is_noun:
                yield Candidate(Step.ENDING, capitalised(stem))
            yield Candidate(Step.ENDING, stem)


def _prefixed(forms: Forms, rules: Rules) -> Iterator[Candidate]:
    """Verbs without what parts from them: anzugreifen is of angreifen, or greifen."""
    for form in dict.fromkeys((forms.lemma, forms.lower)):
        for prefix in filter(form.startswith, rules.prefixes):
            verb = form[len(prefix) :]
            for inner in filter(verb.startswith, rules.inner):
                bare = verb[len(inner) :]
                for one in (bare, *rules.without_ending(bare)):
                    yield Candidate(Step.PREFIX, prefix + one)
            if len(verb) > len(prefix):
                yield Candidate(Step.PREFIX, verb, prefix)


def _hyphened(forms: Forms, rules: Rules, *, is_noun: bool) -> Iterator[Candidate]:
    """The last part after a hyphen; the one before it where that is a pronoun."""
    parts = [part for part in forms.lower.split("-") if part]
    if len(parts) < 2:
        return
    last = len(parts) - 1
    while last and parts[last] in rules.clitics:
        last -= 1
    tail = parts[last] if parts[last] not in rules.clitics else parts[-1]
    head = "" if last < len(parts) - 1 else parts[last - 1]
    for form in (tail, *rules.without_ending(tail)):
        if is_noun:
            yield Candidate(Step.HYPHEN, capitalised(form), head)
        yield Candidate(Step.HYPHEN, form, head)


def capitalised(form: str) -> str:
    """With a capital first; the rest stays as it is."""
    return form[:1].upper() + form[1:]
