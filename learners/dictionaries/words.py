"""Words as a text has them, as they are looked up: one spelling, and their context."""

import re
import unicodedata
from typing import NamedTuple

from articles.languages import LanguageFacts
from articles.spelling import APOSTROPHES, one_encoding

# What has more letters is no word that a dictionary knows.
LONGEST = 64
# Soft hyphens, joiners, marks of direction: seen nowhere, and in no headword.
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
SEVERAL_SPELLINGS = re.compile(f"[{UNSEEN}{''.join(map(chr, APOSTROPHES))}]")
ONE_SPELLING = APOSTROPHES | dict.fromkeys(map(ord, UNSEEN))
GREEK_ACCENT = "\u0301"


class Word(NamedTuple):
    """A word, or a phrase, of a text.

    form is as the text has it; lemma in lower case, "" where it is the form itself;
    before and after are the words that stand beside it, "" at a mark. capital says that
    it has a capital that no sentence's beginning, and no title, has asked for.
    """

    form: str
    lemma: str = ""
    before: str = ""
    capital: bool = False
    after: str = ""


def normalise(text: str, language: LanguageFacts) -> str:
    """A word as dictionaries spell it: composed, ' for ’, no letters of old encodings.

    "" for what is too long to be one.
    """
    if len(text) > LONGEST:
        return ""
    if text.isascii():
        return text.replace("`", "'").strip("- ")
    text = one_encoding(text, language.code)
    if SEVERAL_SPELLINGS.search(text):
        text = text.translate(ONE_SPELLING)
    if language.look_up.one_accent:
        text = _final_sigma(_one_accent(text))
    return text.strip("-\u2010\u2011 ")


def _one_accent(text: str) -> str:
    """A Greek word without the accent that the next one gives it: χιλιόμετρά μου."""
    parts = unicodedata.normalize("NFD", text)
    first = parts.find(GREEK_ACCENT) + 1
    if not first or GREEK_ACCENT not in parts[first:]:
        return text
    rest = parts[first:].replace(GREEK_ACCENT, "")
    return unicodedata.normalize("NFC", parts[:first] + rest)


def _final_sigma(text: str) -> str:
    return f"{text[:-1]}ς" if text.endswith("σ") else text
