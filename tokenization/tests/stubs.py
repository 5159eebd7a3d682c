"""A tokenizer for tests that are not about Stanza: quick, and it fails on demand."""

import re

from tokenization.stanza.engine import TokenizerError, UnknownLanguage


class StubEngine:
    """Splits texts at blanks, one sentence each.

    ``bad`` are texts that it refuses, ``release`` is what its version changes by, and
    ``calls`` are the lists of texts that it was given.
    """

    def __init__(self, languages=("da", "de")):
        self.known = languages
        self.release = 1
        self.bad = set()
        self.calls = []

    def tokenize(self, texts, language):
        self.version(language)
        texts = list(texts)
        self.calls.append(texts)
        if refused := self.bad & set(texts):
            raise TokenizerError(f"refused: {refused.pop()}")
        return [split(text) for text in texts]

    def version(self, language):
        if language not in self.known:
            raise UnknownLanguage(f"no tokenizer model for language {language!r}")
        return f"stub {self.release} {language}"

    def preload(self, languages, log):
        return list(languages)

    def languages(self):
        return list(self.known)

    def verify(self, language):
        self.version(language)


class StubLemmatizer:
    """No lemmas: each word is one of its own."""

    def lemma(self, word, language):
        return word.lower()

    def is_known(self, word, language):
        return False

    def headword(self, word, language):
        return word.lower()

    def is_ready(self, language):
        return False

    def trouble(self, language):
        return ""

    def version(self, language):
        return ""


def split(text):
    """What a tokenizer answers for a text: its words' offsets as one sentence."""
    spans = [word.span() for word in re.finditer(r"\S+", text)]
    return [spans] if spans else []
