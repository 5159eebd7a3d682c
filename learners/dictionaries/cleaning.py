"""An entry as it is stored, of what somebody's file has: without markup, and short."""

import html

import nh3

from articles import text
from learners.dictionaries.escapes import without_escapes
from learners.dictionaries.formats.entries import Parsed
from learners.dictionaries.models import (
    LONGEST_HEADWORD,
    LONGEST_TRANSLATION,
    LONGEST_TRANSLATIONS,
)
from learners.dictionaries.rows import SEPARATOR, Row

# As the bundled ones have them.
MOST_TRANSLATIONS = 6
# What is longer is not looked at.
LONGEST_RAW = 10 * LONGEST_TRANSLATION
HIDDEN = {"script", "style"}


class Refused(ValueError):
    """There is no entry in it; the message says why."""


def row_of(parsed: Parsed) -> Row:
    """The row of an entry; raises Refused."""
    headword = clean_headword(parsed.headword)
    if not headword:
        raise Refused("it has no headword")
    if len(headword) > LONGEST_HEADWORD:
        raise Refused(f"its headword is longer than {LONGEST_HEADWORD} characters")
    told = [text for text in map(clean, parsed.translations) if text]
    if not told:
        raise Refused("it has no translation")
    short = [text for text in told if len(text) <= LONGEST_TRANSLATION]
    if not short:
        raise Refused(f"it is translated by more than {LONGEST_TRANSLATION} characters")
    return Row(headword, parsed.pos, parsed.gender, joined(short))


def clean_headword(raw: str) -> str:
    """As readers' words are looked up: with straight apostrophes."""
    return clean(raw).replace("’", "'")


def clean(raw: str) -> str:
    """A text in one line; what looks like markup is taken out, or is text at last."""
    raw = without_escapes(raw[:LONGEST_RAW])
    if "<" in raw or "&" in raw:
        raw = html.unescape(nh3.clean(raw, tags=set(), clean_content_tags=HIDDEN))
    return text.clean(raw).replace(";", ",").strip()


def joined(translations: list[str]) -> str:
    """The first of them, each once, as many as there is room for."""
    told = SEPARATOR.join(list(dict.fromkeys(translations))[:MOST_TRANSLATIONS])
    if len(told) <= LONGEST_TRANSLATIONS:
        return told
    return told[: LONGEST_TRANSLATIONS + 1].rpartition(SEPARATOR)[0]
