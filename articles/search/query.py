"""What somebody typed, as what an article must have. Every input is one."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from articles.search.terms import term, words
from articles.text import clean

# Words that count; the others are left out, and so is what is typed after so much.
MOST_WORDS, MOST_CHARACTERS = 16, 2000
# Forms of one word.
MOST_FORMS = 5
QUOTES = re.compile('["“”„‟«»〝〞]')
# Who has no ä, ø or å on the keyboard.
TYPED = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
# Stands for the tag of the row's language.
ANY = "?"

# Lemmas of a word in the languages that are searched.
Lemmas = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Need:
    """One of these must be there: folded words, that stand next to each other."""

    forms: tuple[tuple[str, ...], ...]

    @property
    def is_phrase(self) -> bool:
        return len(self.forms[0]) > 1

    def patterns(self, place: str) -> list[str]:
        """What a column of terms holds of it, with ANY in place of the language."""
        return [
            f" {' '.join(term(word, ANY, place) for word in form)} "
            for form in self.forms
        ]

    @property
    def letters(self) -> int:
        """Of its longest word; short ones are in most texts."""
        return max(map(len, self.forms[0]))


@dataclass(frozen=True, slots=True)
class Query:
    """An article must have all of it; without any needs none is found."""

    needs: tuple[Need, ...]


def parse(text: str, lemmas: Lemmas = lambda word: ()) -> Query:
    """The Query of what was typed; the only signs that mean something are quotes.

    Words are found in all forms; what stands in quotes, or is joined by a sign, as it
    is typed.
    """
    needs: dict[Need, None] = {}
    room = MOST_WORDS
    for part, is_quoted in _parts(clean(text[:MOST_CHARACTERS])):
        found = words(part)[:room]
        room -= len(found)
        if found:
            needs[_need(found, None if is_quoted else part, lemmas)] = None
    return Query(tuple(needs))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Phrases in quotes, and what stands between blanks outside of them."""
    pieces = QUOTES.split(text)
    is_unbalanced = len(pieces) % 2 == 0
    for place, piece in enumerate(pieces):
        if place % 2 and not (is_unbalanced and place == len(pieces) - 1):
            yield piece, True
        else:
            yield from ((part, False) for part in piece.split())


def _need(found: list[str], typed: str | None, lemmas: Lemmas) -> Need:
    if len(found) > 1 or typed is None:
        return Need((tuple(found),))
    [word] = found
    told = (folded for lemma in lemmas(typed) for folded in words(lemma))
    forms = dict.fromkeys([word, _without_digraphs(word), *told])
    return Need(tuple((form,) for form in list(forms)[:MOST_FORMS]))


def _without_digraphs(word: str) -> str:
    for pair, letter in TYPED:
        word = word.replace(pair, letter)
    return word
