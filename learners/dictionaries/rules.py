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
    spellings: tuple[tuple[str, str], ...]
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

    def without_ending(self, form: str) -> Iterator[str]:
        """What a form may be of by its ending, first what is nearest to it."""
        once = list(self._stems(form))
        yield from once
        if self.endings_pile_up:
            for stem in once:
                yield from self._stems(stem)

    def _stems(self, form: str) -> Iterator[str]:
        longest = min(self.longest_ending, len(form) - SHORTEST_STEM)
        for length in range(1, longest + 1):
            for new in self.endings.get(form[-length:], ()):
                yield form[:-length] + new


@lru_cache(maxsize=64)
def rules_of(language: LanguageFacts) -> Rules:
    facts = language.look_up
    endings = _endings(facts)
    return Rules(
        endings=endings,
        longest_ending=max(map(len, endings), default=0),
        endings_pile_up=facts.endings_pile_up,
        spellings=tuple(_pairs(facts.spellings)),
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
