"""Headwords that the dictionaries of a pair surely have: the commonest words soon are.

Of a word that is known to be there nothing else need be looked for.
"""

from collections.abc import Iterable
from functools import lru_cache

# Of each pair, those found first; 100 bytes each. And pairs.
MOST_KNOWN, MOST_PAIRS = 4096, 16


class Known:
    """The headwords that one version of a pair's dictionaries is known to have."""

    def __init__(self) -> None:
        self.headwords: set[str] = set()

    def add(self, found: Iterable[str]) -> None:
        """Remember what was found, as long as there is room."""
        if len(self.headwords) < MOST_KNOWN:
            # A set of its own: other threads may be reading the last one.
            self.headwords = self.headwords.union(found)


@lru_cache(maxsize=MOST_PAIRS)
def known(source: str, target: str, version: str) -> Known:
    """What this process knows of a version of the dictionaries of a pair."""
    return Known()
