"""Articles of dictd and StarDict: text for people, of which translations are made.

As FreeDict and many others write them: the headword, how it is spoken and what it is on
the first line, then its translations, numbered where there are several.
"""

import html
import re

import nh3

from learners.dictionaries.escapes import without_escapes
from learners.dictionaries.formats.grammar import in_note

SPOKEN = re.compile(r"/[^/\n]{1,80}/|\[[^\]\n]{1,80}\]")
NOTE = re.compile(r"<([^<>\n]{1,60})>")
NUMBER = re.compile(r"^\s*(?:\d{1,2}[.)]|[a-z]\)|[-*•])\s*")
# Examples, and what leads elsewhere.
ASIDE = re.compile(r'^\s*(?:["“«„]|(?:see|syn|synonyms?|antonyms?|note)\b.*:)', re.I)
BREAK = re.compile(r"<(?:br|/?(?:p|div|li|tr|dt|dd|def|blockquote))\b[^>]*>", re.I)
# So much of a text is looked at: translations stand at its beginning.
LOOKED_AT = 16_000
# XDXF's headword and pronunciation.
OTHERS = re.compile(r"<(k|tr|ex|rref)\b[^>]*>.*?</\1>", re.I | re.S)
GRAMMAR = re.compile(r"<(?:gr|abr|pos)\b[^>]*>(.*?)</(?:gr|abr|pos)>", re.I | re.S)


def plain(body: str) -> tuple[str, str]:
    """Text without markup, its lines kept; and what the markup says is grammar."""
    notes = " ".join(GRAMMAR.findall(body))
    body = BREAK.sub("\n", OTHERS.sub("", GRAMMAR.sub("", body)))
    text = nh3.clean(body, tags=set(), clean_content_tags={"script", "style"})
    return html.unescape(text), notes


def parse(headword: str, body: str, is_markup: bool) -> tuple[str, str, list[str]]:
    """Part of speech, gender and translations."""
    notes, body = "", without_escapes(body[:LOOKED_AT])
    if is_markup:
        body, notes = plain(body)
    pos, gender = in_note(" ".join([notes, *NOTE.findall(body)]))
    body = SPOKEN.sub("", NOTE.sub("", body))
    lines = [NUMBER.sub("", line).strip() for line in body.splitlines()]
    lines[:1] = [without(headword, lines[0])] if lines else []
    told = [line for line in lines if line and not ASIDE.match(line)]
    parts = [part for line in told for part in re.split("[;,]", line)]
    return pos, gender, parts


def without(headword: str, line: str) -> str:
    """The first line without the headword that it begins with."""
    if line.casefold().startswith(headword.casefold()):
        rest = line[len(headword) :]
        return rest.strip(" -–—:\t") if not rest[:1].isalnum() else line
    return line
