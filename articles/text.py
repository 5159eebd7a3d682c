"""The text of an article, as data: what is judged, hashed and tokenized."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

# C0 and C1 controls, lone surrogates and non-characters: no database, JSON or page
# wants them. Soft hyphens and invisible spaces hide words from dictionaries, and marks
# that turn the direction of writing make pages and terminals lie. Tab, line
# feed and friends are whitespace and are folded instead; joiners make emoji and stay.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
)


def clean(text):
    """Return text composed (NFC), whitespace folded, without invisible characters."""
    composed = unicodedata.normalize("NFC", UNPRINTABLE.sub("", text or ""))
    return " ".join(composed.split())


@dataclass(frozen=True)
class ArticleText:
    """Title, summary and body of an article; the body as ordered (tag, text) pairs."""

    title: str
    summary: str
    fragments: tuple[tuple[str, str], ...]

    @cached_property
    def hash(self):
        """Hex SHA-256 over all that is tokenized; changes when the tokens must."""
        parts = [self.title, self.summary, self.fragments]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def word_count(self):
        return sum(len(text.split()) for _, text in self.fragments)

    @property
    def body(self):
        return "\n".join(text for _, text in self.fragments)
