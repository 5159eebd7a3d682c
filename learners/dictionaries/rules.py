"""What a language's record says of look-up, ready to be used. Made once a language."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from articles.languages import LanguageFacts
from articles.languages.facts import LookUp

# A word's beginning that must be left of it by a rule.
SHORTEST_STEM = 3


@dataclass(frozen=True)
class Rules:
    """``endings`` by what a form ends with: {"ene": ("", "e")}."""

    endings: dict[str, tuple[str, ...]]
    longest_ending: int
    endings_pile_up: bool
    verbs: tuple[tuple[str, str], ...]
    spellings: tuple[tuple[str, str], ...]
    capitals: tuple[tuple[str, str], ...]
    prefixes: tuple[str, ...]
    inner: tuple[str, ...]
    clitics: frozenset[str]
    links: tuple[str, ...]
    suffixes: frozenset[str]
    articles: frozenset[str]
    prepositions: frozenset[str]
    before_verbs: frozenset[str]

    def is_small(self, word: str) -> bool:
        """Whether it is one of the words that stand before others."""
        return (
            word in self.articles
            or word in self.prepositions
            or word in self.before_verbs
        )

    def without_ending(self, form: str) -> list[str]:
        """What a form may be of by its ending, first what is nearest to it."""
        return [stem for stem, _ in self.stems(form)]

    def stems(self, form: str) -> list[tuple[str, int]]:
        """(what a form may be of by its ending, letters that the form must have).

        The same letters at the end of a shorter form, which has at least so many of
        them, lead to the same end of the stem.
        """
        once = self._stems(form)
        if not self.endings_pile_up:
            return once
        size, all_of_them = len(form), once[:]
        for stem, least in once:
            more = size - len(stem)
            all_of_them += [
                (other, max(least, other_least + more))
                for other, other_least in self._stems(stem)
            ]
        return all_of_them

    def _stems(self, form: str) -> list[tuple[str, int]]:
        longest = min(self.longest_ending, len(form) - SHORTEST_STEM)
        return [
            (form[:-length] + new, length + SHORTEST_STEM)
            for length in range(1, longest + 1)
            for new in self.endings.get(form[-length:], ())
        ]


@lru_cache(maxsize=64)
def rules_of(language: LanguageFacts) -> Rules:
    facts = language.look_up
    endings = _endings(facts)
    return Rules(
        endings=endings,
        longest_ending=max(map(len, endings), default=0),
        endings_pile_up=facts.endings_pile_up,
        verbs=tuple(_pairs(facts.verbs)),
        spellings=tuple(_pairs(facts.spellings)),
        capitals=tuple(_pairs(facts.capitals)),
        # The longest first: "heraus" is not "her".
        prefixes=tuple(sorted(facts.prefixes.split(), key=len, reverse=True)),
        inner=tuple(facts.inner.split()),
        clitics=frozenset(facts.clitics.split()),
        links=("", *facts.links.split()),
        suffixes=frozenset(facts.suffixes.split()),
        articles=frozenset(facts.articles.split()),
        prepositions=frozenset(facts.prepositions.split()),
        before_verbs=frozenset(facts.before_verbs.split()),
    )


def _endings(facts: LookUp) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for old, new in _pairs(facts.endings):
        found[old] = (*found.get(old, ()), new)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for rule in text.split():
        old, _, new = rule.partition("/")
        yield old, new
