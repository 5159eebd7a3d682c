"""What a language's record says of look-up, ready to be used. Made once a language."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from articles.languages import LanguageFacts
from articles.languages.facts import LookUp

# A word's beginning that must be left of it by a rule.
SHORTEST_STEM = 2


@dataclass(frozen=True)
class Rules:
    """``endings`` by what a form ends with: {"ene": ("", "e")}."""

    endings: dict[str, tuple[str, ...]]
    spellings: tuple[tuple[str, str], ...]
    prefixes: tuple[str, ...]
    inner: tuple[str, ...]
    clitics: frozenset[str]
    links: tuple[str, ...]
    articles: frozenset[str]
    before_verbs: frozenset[str]

    def without_ending(self, form: str) -> Iterator[str]:
        """What a form may be of by its ending, the longest ending first."""
        longest = min(self._longest, len(form) - SHORTEST_STEM)
        for length in range(longest, 0, -1):
            for new in self.endings.get(form[-length:], ()):
                yield form[:-length] + new

    @property
    def _longest(self) -> int:
        return max(map(len, self.endings), default=0)


@lru_cache(maxsize=64)
def rules_of(language: LanguageFacts) -> Rules:
    facts = language.look_up
    return Rules(
        endings=_endings(facts),
        spellings=tuple(_pairs(facts.spellings)),
        # The longest first: "heraus" is not "her".
        prefixes=tuple(sorted(facts.prefixes.split(), key=len, reverse=True)),
        inner=tuple(facts.inner.split()),
        clitics=frozenset(facts.clitics.split()),
        links=("", *facts.links.split()),
        articles=frozenset(facts.articles.split()),
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
