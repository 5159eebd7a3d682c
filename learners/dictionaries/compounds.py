"""Words written together, split by what the dictionary has: Haustür, Tür with Haus.

Nothing is asked for a second time: all parts of all splits are looked for beforehand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# As Rules.stems gives them.
Stems = list[tuple[str, int]]


class Split(NamedTuple):
    """Headwords that the two parts may have, the best first."""

    heads: list[str]
    tails: list[str]


class Compound(NamedTuple):
    """Headwords that the dictionary has; head is "" where it has none."""

    head: str
    tail: str


def splits(forms: Forms, language: LanguageFacts) -> Iterator[Split]:
    """The ways to split a word in two, that with the longest tail first; bounded."""
    if not language.look_up.compounds or not forms.lemma.isalpha():
        return
    rules = rules_of(language)
    word, has_capitals = forms.lemma, language.nouns_have_capitals
    capitals = has_capitals and forms.written != forms.lower
    # The lemmatizer may not know the compound, nor what it ends with then.
    stems = rules.stems(word) if word == forms.lower else []
    for place in _places(len(word)):
        yield Split(
            _heads(word[:place], has_capitals, rules),
            _tails(word, place, stems, rules, capitals),
        )


def _places(length: int) -> range:
    end = length - SHORTEST_TAIL + 1
    return range(max(SHORTEST_HEAD, end - MOST_PLACES), end)


def _heads(part: str, has_capitals: bool, rules: Rules) -> list[str]:
    heads = [
        part[: len(part) - len(link)]
        for link in rules.links
        if part.endswith(link) and len(part) - len(link) >= SHORTEST_HEAD
    ]
    if not has_capitals:
        return heads
    return [one for head in heads for one in (capitalised(head), head)]


def _tails(
    word: str, place: int, stems: Stems, rules: Rules, capitals: bool
) -> list[str]:
    """The forms of what begins at a place of a word, whose own stems these are."""
    forms, shortest = [word[place:]], place + SHORTEST_STEM
    left = len(word) - place
    forms += [
        stem[place:] for stem, least in stems if left >= least and len(stem) >= shortest
    ]
    found = [form for form in forms[:MOST_TAILS] if form not in rules.suffixes]
    return [*map(capitalised, found)] if capitals else found


def best(word: str, found: Iterable[Split], rows: Entries) -> Compound | None:
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
    if word not in rows:  # as most are not
        return False
    kinds = {row.pos for row in rows[word]}
    return "n" in kinds if len(word) <= SHORT_HEAD else bool(kinds - NO_HEADS)


def _is_tail(word: str, rows: Entries) -> bool:
    return word in rows and bool({row.pos for row in rows[word]} - NO_TAILS)
