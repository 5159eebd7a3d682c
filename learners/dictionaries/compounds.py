"""Words written together, split by what the dictionary has: Haustür, Tür with Haus.

Nothing is asked for a second time: all parts of all splits are looked for beforehand.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from articles.languages import LanguageFacts
from learners.dictionaries.rules import Rules, rules_of
from learners.dictionaries.senses import Row
from learners.dictionaries.steps import Forms, capitalised

SHORTEST_HEAD, SHORTEST_TAIL = 2, 3
# A head as short as this is a noun: år, but not på.
SHORT_HEAD = 2
# A tail as long as this tells something even where nothing is known of its head, which
# is no mere prefix.
TELLING_TAIL, UNKNOWN_HEAD = 6, 4
# A tail without its ending.
SHORTEST_STEM = 5
# Parts of speech of words that no compound is made of, or none ends with.
NO_HEADS = frozenset({"art", "pron", "conj", "det", "part", "int"})
NO_TAILS = NO_HEADS | {"prep", "pn"}
# What is longer is split near its end only.
MOST_PLACES = 24
# Forms of one tail that are looked for.
MOST_TAILS = 4


Entries = Mapping[str, Sequence[Row]]


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
    capitals = language.nouns_have_capitals and forms.written != forms.lower
    is_inflected = forms.lemma == forms.lower
    return [
        Split(
            tuple(_heads(forms.lemma[:place], language, rules)),
            tuple(_tails(forms.lemma[place:], rules, capitals, is_inflected)),
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


def _tails(
    part: str, rules: Rules, capitals: bool, is_inflected: bool
) -> Iterator[str]:
    """The lemmatizer may not know the compound, nor what it ends with then."""
    forms = [part]
    if is_inflected:
        stems = rules.without_ending(part)
        forms += [stem for stem in stems if len(stem) >= SHORTEST_STEM]
    for form in forms[:MOST_TAILS]:
        if form not in rules.suffixes:
            yield capitalised(form) if capitals else form


def best(word: str, found: list[Split], rows: Entries) -> Compound | None:
    """The split whose parts are known, and whose shorter one is the longest there is.

    So is *Gastraum* of *Gast*, not *Gas*. Better are those whose tail is there as the
    word has it. Without any, the longest known tail that is long enough to tell
    something is all there is.
    """
    both = [one for one in map(partial(_known, rows=rows), found) if one.tail]
    heads = [one for one in both if one.head]
    whole = [one for one in heads if word.endswith(one.tail.lower())]
    alone = [one for one in both if _is_telling(word, one.tail)]
    return max(whole or heads, key=_shorter, default=None) or next(iter(alone), None)


def _shorter(compound: Compound) -> int:
    return min(map(len, compound))


def _known(split: Split, rows: Entries) -> Compound:
    tail = next((one for one in split.tails if _is_tail(one, rows)), "")
    head = next((one for one in split.heads if _is_head(one, rows)), "") if tail else ""
    return Compound(head, tail)


def _is_telling(word: str, tail: str) -> bool:
    return len(tail) >= TELLING_TAIL and len(word) - len(tail) >= UNKNOWN_HEAD


def _is_head(word: str, rows: Entries) -> bool:
    kinds = {row.pos for row in rows.get(word, ())}
    return "n" in kinds if len(word) <= SHORT_HEAD else bool(kinds - NO_HEADS)


def _is_tail(word: str, rows: Entries) -> bool:
    return bool({row.pos for row in rows.get(word, ())} - NO_TAILS)
