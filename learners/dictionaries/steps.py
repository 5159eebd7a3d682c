"""Which headwords a word may be found under, in the order measured as best."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple

from articles.languages import LanguageFacts
from learners.dictionaries.rules import Rules, rules_of
from learners.dictionaries.words import Word, normalise

# Of one word, compounds apart: a hostile one must not ask for thousands.
MOST_CANDIDATES, MOST_TRIED = 48, 200
# Places of a word where another spelling is tried.
MOST_PLACES = 4
# Accented forms of a word in capitals that may be names, or have an ending.
MOST_ACCENTED = 8
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
    ACCENTS = "accents"
    COMPOUND = "compound"
    PHRASE = "phrase"

    @property
    def is_guess(self) -> bool:
        return self in GUESSES


# Steps whose headword is surely the word, or its lemma: each may add its senses.
SURE = frozenset({Step.EXACT, Step.LOWER, Step.LEMMA})
GUESSES = frozenset({Step.ENDING, Step.PREFIX, Step.HYPHEN, Step.COMPOUND})


# Step, a headword to look for, and what stood before it, for who reads.
Candidate = tuple[Step, str, str]
NO_HEADS: dict[str, str] = {}


class Candidates(NamedTuple):
    """The headwords to look for, best first, each with its step.

    heads are what stood before some of them. An article has ten thousand: an object
    for each would take longer than all the rest.
    """

    steps: dict[str, Step]
    heads: dict[str, str]


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


def candidates(word: Word, forms: Forms, language: LanguageFacts) -> Candidates:
    """What to look for, best first; bounded; none for ""."""
    if " " in word.form and forms.written:
        return Candidates(dict.fromkeys(forms, Step.PHRASE), NO_HEADS)
    steps: dict[str, Step] = {}
    heads: dict[str, str] = {}
    for step, headword, head in islice(_of_word(word, forms, language), MOST_TRIED):
        if headword and headword not in steps:
            steps[headword] = step
            if head:
                heads[headword] = head
            if len(steps) == MOST_CANDIDATES:
                break
    return Candidates(steps, heads or NO_HEADS)


def sure(word: Word, forms: Forms, language: LanguageFacts) -> Candidates:
    """Those of the candidates of a single word that are surely the word, or its lemma.

    Where the dictionary has one of them, no others are of any use.
    """
    steps: dict[str, Step] = {}
    # What is too long to be a word has none, whatever its lemma.
    cases = _cases(word, forms, language) if forms.written else ()
    for step, headword, _ in cases:
        steps.setdefault(headword, step)
    return Candidates(steps, NO_HEADS)


def verbs_of(forms: Forms, language: LanguageFacts) -> list[str]:
    """Verbs that a form may be of, where its lemma is another word.

    To the lemmatizer Danish "vokser" (grows) is of "voks" (wax).
    """
    lower, lemma = forms.lower, forms.lemma
    ends = [pair for pair in rules_of(language).verbs if lower.endswith(pair[0])]
    found = [lower.removesuffix(end) + new for end, new in ends]
    return [verb for verb in found if verb != lemma and lemma != lower]


def _of_word(word: Word, forms: Forms, language: LanguageFacts) -> Iterable[Candidate]:
    if not forms.written:
        return ()
    rules, names = rules_of(language), _names(forms)
    # Elsewhere a small letter is no noun's that has lost its capital.
    is_name_last = not language.nouns_have_capitals and forms.written == forms.lower
    is_noun = language.nouns_have_capitals and word.capital
    return chain(
        _cases(word, forms, language),
        _respelled(forms, rules),
        () if is_name_last else names,
        _elided(forms.written) if language.look_up.elides else (),
        _endings(forms, rules, is_noun=is_noun),
        _prefixed(forms, rules),
        _hyphened(forms, rules, is_noun=is_noun),
        names,
        _accented(forms, rules, language),
    )


def _cases(word: Word, forms: Forms, language: LanguageFacts) -> tuple[Candidate, ...]:
    """The form and its lemma; a noun's lemma has its capital where nouns have."""
    written, lower, lemma = forms
    exact, small = (Step.EXACT, written, ""), (Step.LOWER, lower, "")
    base = (Step.LEMMA, lemma, "")
    if not language.nouns_have_capitals or not written[:1].isupper():
        is_exact = word.capital or written == lower
        return (exact, small, base) if is_exact else (small, exact, base)
    noun = (Step.LEMMA, capitalised(lemma), "")
    return (exact, noun, small, base) if word.capital else (small, exact, base, noun)


def _respelled(forms: Forms, rules: Rules) -> Iterator[Candidate]:
    if not rules.spellings:
        return
    for form in dict.fromkeys((forms.lower, forms.lemma)):
        for other in respelled(form, rules):
            yield Step.FOLDED, other, ""
            yield Step.FOLDED, capitalised(other), ""


def _names(forms: Forms) -> list[Candidate]:
    """What is written with capitals elsewhere: a name, or an abbreviation."""
    _, lower, lemma = forms
    names = [capitalised(lower), capitalised(lemma)]
    if 1 < len(lower) <= LONGEST_ABBREVIATION:
        names.append(lower.upper())
    return [(Step.FOLDED, name, "") for name in names]


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


def _accented(
    forms: Forms, rules: Rules, language: LanguageFacts
) -> Iterator[Candidate]:
    """What capitals without accents may stand for: ΕΛΛΑΔΑ is Ελλάδα, ETAT état."""
    if not rules.capitals or not forms.written.isupper():
        return
    once = [*accented(forms.lower, rules)]
    for form in once[:MOST_ACCENTED]:
        yield Step.ACCENTS, form, ""
        yield Step.ACCENTS, capitalised(form), ""
    for form in once[:MOST_ACCENTED]:
        for stem in rules.without_ending(form):
            yield Step.ENDING, stem, ""
    if not language.look_up.one_accent:
        for form in once:
            for other in accented(form, rules):
                yield Step.ACCENTS, other, ""


def accented(form: str, rules: Rules) -> Iterator[str]:
    """A form with one letter more that has an accent, by the rules' order."""
    for old, new in rules.capitals:
        place = form.rfind(old)
        while place >= 0:
            yield form[:place] + new + form[place + 1 :]
            place = form.rfind(old, 0, place)


def _elided(written: str) -> Iterator[Candidate]:
    head, _, rest = written.rpartition("'")
    if rest:
        for form in (rest, rest.lower()):
            yield Step.ELISION, form, head
    elif head:
        yield Step.ELISION, head.lower(), ""


def _endings(forms: Forms, rules: Rules, *, is_noun: bool) -> Iterator[Candidate]:
    if not rules.endings:
        return
    for form in dict.fromkeys((forms.lemma, forms.lower)):
        for stem in rules.without_ending(form):
            if is_noun:
                yield Step.ENDING, capitalised(stem), ""
            yield Step.ENDING, stem, ""


def _prefixed(forms: Forms, rules: Rules) -> Iterator[Candidate]:
    """Verbs without what parts from them: anzugreifen is of angreifen, or greifen."""
    for form in dict.fromkeys((forms.lemma, forms.lower)):
        if not form.startswith(rules.prefixes):
            continue
        for prefix in filter(form.startswith, rules.prefixes):
            verb = form[len(prefix) :]
            for inner in filter(verb.startswith, rules.inner):
                bare = verb[len(inner) :]
                for one in (bare, *rules.without_ending(bare)):
                    yield Step.PREFIX, prefix + one, ""
            if len(verb) > len(prefix):
                yield Step.PREFIX, verb, prefix


def _hyphened(forms: Forms, rules: Rules, *, is_noun: bool) -> Iterator[Candidate]:
    """The last part after a hyphen; the one before it where that is a pronoun."""
    if "-" not in forms.lower:
        return
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
            yield Step.HYPHEN, capitalised(form), head
        yield Step.HYPHEN, form, head


def capitalised(form: str) -> str:
    """With a capital first; the rest stays as it is."""
    return form[:1].upper() + form[1:]
