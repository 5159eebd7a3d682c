"""Which words are one word: *ging* and *gegangen* are *gehen*. Knows no Django.

simplemma is imported with the first word, not before.
"""

import importlib
import re
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from articles.languages import facts
from tokenization.stanza.tries import (
    Tries,
    data_file,
    is_supported,
    simplemma_version,
)

# Part of each tokenizer's version: tokens with other lemmas are stale. To be raised
# when something here, or in a language's record, changes what lemma a word has.
VERSION = 1
# Words whose lemmas are remembered: 2 MB. Most words of a text are of the commonest.
REMEMBERED = 8192
# What no language has for a word has no lemma.
LONGEST = 60
# simplemma has some German verbs in both spellings. "Messen" has a short vowel: no ß.
SHARP, SWISS = "de", re.compile("(?<=[^e])ssen$")


class Lemmatizer:
    """Lemmas of all languages that simplemma has, from tries in a folder.

    Languages go by our codes. All methods may be called from any thread.
    """

    def __init__(self, folder: Path | str) -> None:
        self.tries = Tries(folder)
        self._lock = threading.Lock()
        self._lemmas: Any = None
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._find)

    def lemma(self, word: str, language: str) -> str:
        """A word's lemma in lower case (NFC); itself where nothing is known of it.

        Raises NoTrie where the language's lemmas can't be had at all.
        """
        code = facts(language).simplemma
        if len(word) > LONGEST or not is_supported(code):
            return _lower(word)
        return self._remembered(word, code)

    def is_known(self, word: str, language: str) -> bool:
        """Whether the dictionary has a word, as it is or in lower case; else raises."""
        code = facts(language).simplemma
        if not is_supported(code):
            return False
        word = unicodedata.normalize("NFC", word)
        lemmas = self._loaded()
        return any(lemmas.has(form, code) for form in (word, word.lower()))

    def headword(self, word: str, language: str) -> str:
        """The lemma that the dictionary has of a word written so, with its capital.

        "" where it has none. Raises NoTrie.
        """
        code = facts(language).simplemma
        if len(word) > LONGEST or not is_supported(code):
            return ""
        word = unicodedata.normalize("NFC", word)
        return self._loaded().headword(word, code) or ""

    def is_ready(self, language: str) -> bool:
        """Whether a word can be asked for and nobody waits for a file to be made."""
        code = facts(language).simplemma
        if not is_supported(code):
            return False
        return self._has_open(code) or not self.tries.trouble(code)

    def trouble(self, language: str) -> str:
        """What is wrong with a language's file, or ""; for one without lemmas too."""
        code = facts(language).simplemma
        return self.tries.trouble(code) if is_supported(code) else ""

    def version(self, language: str) -> str:
        """What makes the lemmas of a language, or "" where nothing does.

        Reads no trie and imports nothing: who serves lists asks it too.
        """
        if not is_supported(facts(language).simplemma):
            return ""
        return f"lemmas {simplemma_version()}.{VERSION}"

    def build(self, language: str) -> bool:
        """Make a language's file where it lacks or is damaged; whether it was made.

        Raises OSError and NoTrie.
        """
        code = facts(language).simplemma
        return is_supported(code) and self.tries.build(code)

    def verify(self, language: str) -> int:
        """The size in bytes of a language's file; raises BadTrie and OSError."""
        return self.tries.verify(facts(language).simplemma)

    def work(self, language: str) -> int:
        """How much work it is to build a language, to compare them by."""
        return data_file(facts(language).simplemma).stat().st_size

    def _find(self, word: str, code: str) -> str:
        word = unicodedata.normalize("NFC", word)
        lemma = self._loaded().lemma(word, code) or word
        return _lower(self._sharp(lemma) if code == SHARP else lemma)

    def _sharp(self, lemma: str) -> str:
        """A verb as in Germany; the dictionary has "riss" of the Swiss "reissen"."""
        sharp = SWISS.sub("ßen", lemma)
        is_verb = sharp != lemma and self._loaded().headword(sharp, SHARP) == sharp
        return sharp if is_verb else lemma

    def _has_open(self, code: str) -> bool:
        return self._lemmas is not None and self._lemmas.has_open(code)

    def _loaded(self) -> Any:
        with self._lock:
            if self._lemmas is None:
                module = importlib.import_module("tokenization.stanza.trie_lemmas")
                self._lemmas = module.TrieLemmas(self.tries.open)
        return self._lemmas


def _lower(word: str) -> str:
    return unicodedata.normalize("NFC", word.lower())


_shared_lock = threading.Lock()


def shared_lemmatizer(folder: Path | str) -> Lemmatizer:
    """The process's one lemmatizer of a folder."""
    with _shared_lock:  # the cache alone would let two threads make one each
        return _make_shared(folder)


@lru_cache(maxsize=1)
def _make_shared(folder: Path | str) -> Lemmatizer:
    return Lemmatizer(folder)
