"""Words written together, split by what the dictionary has: Haustür, Tür with Haus.

Nothing is asked for a second time: all parts of all splits are looked for beforehand.
"""

from collections.abc import Container, Iterator
from typing import NamedTuple

from articles.languages import LanguageFacts
from learners.dictionaries.rules import Rules, rules_of
from learners.dictionaries.steps import Forms, capitalised

SHORTEST_HEAD, SHORTEST_TAIL = 3, 3
# A tail as long as this tells something even where nothing is known of its head.
TELLING_TAIL = 5
# What is longer is split near its end only.
MOST_PLACES = 24
# Forms of one tail that are looked for.
MOST_TAILS = 4


class Split(NamedTuple):
    """Headwords that the two parts may have, the best first."""

    heads: tuple[str, ...]
    tails: tuple[str, ...]


class Compound(NamedTuple):
    """Headwords that the dictionary has; head is "" where it has none."""

    head: str
    tail: str


def splits(forms: Forms, language: LanguageFacts) -> list[Split]:
    """The ways to split a word in two, that with the longest tail first; bounded."""
    if not language.look_up.compounds or not forms.lemma.isalpha():
        return []
    rules = rules_of(language)
    is_noun = language.nouns_have_capitals and forms.written != forms.lower
    is_inflected = forms.lemma == forms.lower
    return [
        Split(
            tuple(_heads(forms.lemma[:place], language, rules)),
            tuple(_tails(forms.lemma[place:], rules, is_noun, is_inflected)),
        )
        for place in _places(len(forms.lemma))
    ]


def _places(length: int) -> range:
    end = length - SHORTEST_TAIL + 1
    return range(max(SHORTEST_HEAD, end - MOST_PLACES), end)


def _heads(part: str, language: LanguageFacts, rules: Rules) -> Iterator[str]:
    for link in rules.links:
        if not part.endswith(link) or len(part) - len(link) < SHORTEST_HEAD:
            continue
        head = part[: len(part) - len(link)]
        if language.nouns_have_capitals:
            yield capitalised(head)
        yield head


def _tails(part: str, rules: Rules, is_noun: bool, is_inflected: bool) -> Iterator[str]:
    """The lemmatizer may not know the compound, nor what it ends with then."""
    forms = [part]
    if is_inflected:
        forms += [
            one for one in rules.without_ending(part) if len(one) >= SHORTEST_TAIL
        ]
    for form in forms[:MOST_TAILS]:
        yield capitalised(form) if is_noun else form


def best(found: list[Split], known: Container[str]) -> Compound | None:
    """The split with the longest tail of those whose both parts are known.

    Else that with the longest known tail that is long enough to tell something.
    """
    tail_alone = None
    for split in found:
        tail = next(filter(known.__contains__, split.tails), "")
        if not tail:
            continue
        if head := next(filter(known.__contains__, split.heads), ""):
            return Compound(head, tail)
        if tail_alone is None and len(tail) >= TELLING_TAIL:
            tail_alone = Compound("", tail)
    return tail_alone
