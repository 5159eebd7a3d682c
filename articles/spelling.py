"""One spelling for what is written in several ways: letters, accents, capitals."""

import re
import unicodedata
from functools import lru_cache

from articles.languages import facts

MARKS = re.compile("[\u0300-\u036f]")
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ‛`´ʹ′", "'"))
# Letters that are no letter with an accent to Unicode, as who lacks them writes them.
PLAIN = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "œ": "oe", "æ": "ae"}
)


def one_encoding(text: str, language: str) -> str:
    """A text with each letter as its language (ISO 639-1) has it today, composed."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text).replace("ĳ", "ij").replace("Ĳ", "IJ")
    stand_ins = _stand_ins(language)
    # Most texts have none.
    return composed.translate(stand_ins) if stand_ins else composed


@lru_cache(maxsize=64)
def _stand_ins(language: str) -> dict[int, int]:
    return str.maketrans(*facts(language).stand_ins)


def bare(text: str) -> str:
    """A text without accents and case, equal for all ways to write the same words.

    For comparing only: ΔΙΑΦΗΜΙΣΗ, διαφήμιση and Διαφήμιση are one, STRASSE and Straße.
    """
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFKD", text).casefold()
    return MARKS.sub("", unicodedata.normalize("NFKD", folded)).translate(PLAIN)


def unaccented(text: str) -> str:
    """A text, or the source of a pattern, without accents; its case stays."""
    if text.isascii():
        return text
    return MARKS.sub("", unicodedata.normalize("NFD", text)).replace("ß", "ss")
