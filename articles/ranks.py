"""How frequent a word is in its language: its rank in wordfreq's list.

The one source of ranks, for the difficulty of articles and for all that is kept of a
word. The lists are read without wordfreq itself, which takes 15 MB, and are kept as
tries, 0.4 MB a language: 8 as a dictionary.
"""

import gzip
import re
import threading
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path

import marisa_trie
import msgpack  # type: ignore[import-untyped]

from articles.languages import LanguageFacts, facts
from articles.spelling import APOSTROPHES, bare, one_encoding

LIST_WORDS = 50_000  # the small lists have 26,000 to 50,000
# Stand for all numbers of so many digits; wordfreq leaves them out too.
NUMBERS = re.compile(r"\d[\d.,]+")

_loading = threading.Lock()


class Ranks:
    """Ranks of a language's words; false where none are known."""

    def __init__(self, ranks: dict[str, int]) -> None:
        self._trie = marisa_trie.Trie(ranks)
        self._ranks = array("H", bytes(2 * len(ranks)))
        for word, rank in ranks.items():
            self._ranks[self._trie[word]] = rank

    def __len__(self) -> int:
        return len(self._ranks)

    def of(self, word: str, language: str) -> int | None:
        """A word's rank, or None; words in capitals need no accents."""
        keys = [_normal(word, language)]
        if word.isupper():
            keys.append(bare(word).upper())
        return min(filter(None, map(self._get, keys)), default=None)

    def _get(self, key: str) -> int | None:
        place = self._trie.get(key)
        return None if place is None else self._ranks[place]


def word_ranks(words: Iterable[str], language: str) -> dict[str, int | None]:
    """Return {word: rank}; the most frequent word has rank 1.

    None for words that are not among the language's LIST_WORDS most frequent ones, and
    for all words of a language that wordfreq does not know.
    """
    ranks = ranks_of(language)
    return {word: ranks.of(word, language) for word in words}


def ranks_of(language: str) -> Ranks:
    """The Ranks of a language, by our code; the first call reads its list."""
    with _loading:  # once, however many threads ask first
        return _load(facts(language))


def most_frequent(language: str, most: int) -> list[str]:
    """A language's most frequent words, by our code, in the list's own spelling."""
    return list(islice(_words(facts(language).wordfreq), min(most, LIST_WORDS)))


def preload(languages: Iterable[str]) -> None:
    """Load these languages' words now, so that processes forked later share them."""
    for language in languages:
        ranks_of(language)


def _normal(word: str, language: str) -> str:
    """A word as the lists have it: one spelling for each letter and apostrophe."""
    text = one_encoding(word.casefold(), language).translate(APOSTROPHES)
    return text.replace("ё", "е")


@cache
def _load(language: LanguageFacts) -> Ranks:
    """Of words, as ``_normal`` spells them, and of WORDS without accents."""
    ranks: dict[str, int] = {}
    for rank, word in enumerate(islice(_words(language.wordfreq), LIST_WORDS), 1):
        normal, plain = _normal(word, language.code), bare(word)
        ranks.setdefault(normal, rank)
        if plain != normal:
            ranks.setdefault(plain.upper(), rank)
    return Ranks(ranks)


def _words(code: str) -> Iterator[str]:
    """The words of wordfreq's small list of a language, the most frequent first.

    The file holds, behind a header, a list for each frequency.
    """
    file = _folder() / f"small_{code}.msgpack.gz"
    if not file.is_file():
        return
    with gzip.open(file) as opened:
        _, *lists = msgpack.load(opened, raw=False)
    for word in chain.from_iterable(lists):
        if not NUMBERS.match(word):
            yield word


def _folder() -> Path:
    """Where wordfreq has its data."""
    spec = find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordfreq is missing; install requirements/base.txt")
    return Path(spec.origin).parent / "data"
