"""simplemma on mapped tries. Imported with the first lemma, as it imports simplemma."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from simplemma.strategies import DefaultStrategy
from simplemma.strategies.dictionaries.dictionary_factory import (
    DecodedStrMapping,
    DictionaryFactory,
)


class TrieDictionary(DecodedStrMapping):
    """Words and their lemmas as simplemma asks for them."""

    __slots__ = ("_trie",)

    def __init__(self, trie: Any) -> None:
        self._trie = trie

    def _lookup(self, key: str) -> str | None:
        # To marisa-trie that is the key's end, so it would give parts of values.
        found = None if "\0" in key else self._trie.get(key)
        return str(found[0], "utf-8") if found else None

    def __iter__(self) -> Iterator[str]:
        yield from self._trie.iterkeys()

    def __len__(self) -> int:
        return len(self._trie)


class TrieFactory(DictionaryFactory):
    """Dictionaries from what opens a language's trie: once, whoever asks at once."""

    __slots__ = ("_dictionaries", "_lock", "_locks", "_open")

    def __init__(self, open_trie: Callable[[str], Any]) -> None:
        self._open = open_trie
        self._dictionaries: dict[str, TrieDictionary] = {}
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def has_open(self, code: str) -> bool:
        return code in self._dictionaries

    def get_dictionary(self, lang: str) -> TrieDictionary:
        return self._dictionaries.get(lang) or self._opened(lang)

    def _opened(self, code: str) -> TrieDictionary:
        with self._lock:
            lock = self._locks.setdefault(code, threading.Lock())
        with lock:
            if code not in self._dictionaries:
                self._dictionaries[code] = TrieDictionary(self._open(code))
            return self._dictionaries[code]


class TrieLemmas:
    """Lemmas by simplemma's codes of languages."""

    def __init__(self, open_trie: Callable[[str], Any]) -> None:
        self._factory = TrieFactory(open_trie)
        self._strategy = DefaultStrategy(dictionary_factory=self._factory)

    def has_open(self, code: str) -> bool:
        """Whether the language's trie is mapped already."""
        return self._factory.has_open(code)

    def lemma(self, word: str, code: str) -> str | None:
        """As simplemma writes it, or None for what it knows nothing of."""
        return self._strategy.get_lemma(word, code)

    def has(self, word: str, code: str) -> bool:
        return self._factory.get_dictionary(code).get(word) is not None

    def headword(self, word: str, code: str) -> str | None:
        """The lemma of a word that is in the dictionary as it is written, or None."""
        return self._factory.get_dictionary(code).get(word)
