"""Tables that other programs write, as rows of cells with the line each begins at.

Encodings, separators and quotes are told from the bytes; no database, no HTTP.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from articles.languages import facts

SEPARATORS = "\t;,"
# How Anki calls them.
NAMED = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":"}
# A quoted cell that goes on over more lines is taken for a quote too many.
MOST_LINES = 20
SAMPLE_LINES = 50
ANKI = re.compile(r"#([a-z ]+):(.*)")


class Unreadable(Exception):
    """What is no table; the text says why, and what to do."""


@dataclass
class Table:
    """Rows of cells, each with the line it begins at, from 1 on.

    ``notes`` are the lines that Anki begins a file with, by name.
    """

    rows: Iterator[tuple[int, list[str]]]
    separator: str
    notes: dict[str, str] = field(default_factory=dict)


def read(data: bytes, language: str) -> Table:
    """The table of a file whose words are of a language; raises Unreadable."""
    lines = re.split(r"\r\n|\r|\n", decoded(data, language))
    notes = {}
    place = 0
    for place, line in enumerate(lines):  # noqa: B007 - it is where they end
        found = ANKI.fullmatch(line)
        if not found:
            break
        notes[found[1]] = found[2]
    separator = _separator(lines[place:], notes)
    return Table(_rows(lines, place, separator), separator, notes)


def decoded(data: bytes, language: str) -> str:
    """The text of a file; raises Unreadable.

    UTF-8 and UTF-16 are told from their bytes; else it is what programs of old wrote
    the language in.
    """
    old, _ = next(iter(facts(language).encodings), ("cp1252", ""))
    for encoding in _encodings(data, old):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff")
    raise Unreadable("it is no text; save it as CSV or text in UTF-8")


def _encodings(data: bytes, old: str) -> list[str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    if b"\0" in data[:1000]:
        return ["utf-16-le", "utf-16-be"]
    return ["utf-8", old]


def _separator(lines: list[str], notes: dict[str, str]) -> str:
    """What divides cells: what Anki says, or what most of the first lines have."""
    told = notes.get("separator", "").strip().lower()
    if told in NAMED:
        return NAMED[told]
    sample = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    has = Counter(mark for line in sample for mark in SEPARATORS if mark in line)
    # Of as many the first: a tab is seldom part of a text, and a comma often.
    return max(SEPARATORS, key=lambda mark: has[mark]) if has else "\t"


def _rows(
    lines: list[str], place: int, separator: str
) -> Iterator[tuple[int, list[str]]]:
    while place < len(lines):
        number = _length(lines, place, separator)
        text = "\n".join(lines[place : place + number])
        if text.strip():
            yield place + 1, _cells(text, separator)
        place += number


def _length(lines: list[str], place: int, separator: str) -> int:
    """How many lines a row has: more where a quoted cell goes on."""
    if not _is_quoted(lines[place], separator):
        return 1
    quotes = 0
    for number, line in enumerate(lines[place : place + MOST_LINES], 1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return number
    return 1


def _is_quoted(line: str, separator: str) -> bool:
    return line.startswith('"') or f'{separator}"' in line


def _cells(text: str, separator: str) -> list[str]:
    if text.count('"') % 2 == 0 and _is_quoted(text, separator):
        try:
            return next(csv.reader([text], delimiter=separator, strict=True))
        except csv.Error:
            pass
    # Readlang puts a backslash before one that divides nothing.
    cells = re.split(rf"(?<!\\){re.escape(separator)}", text)
    return [cell.replace(f"\\{separator}", separator) for cell in cells]
