"""Tables of words, one entry a line: columns divided by tabs, commas or semicolons.

Two columns are headword and translations; three have the part of speech between them,
and four the gender after that. A first line may name the columns instead. Several
translations are divided by semicolons; in a table that semicolons divide, by ``|``.
What is not as expected is no entry: wrong data would be worse than none.
"""

import csv
import html
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from learners.dictionaries.formats import files
from learners.dictionaries.formats.entries import Items, Parsed, Unusable
from learners.dictionaries.formats.grammar import gender_of, pos_of

LONGEST_LINE = 64 * 1024
NAMES = {
    "headword": "headword word term lemma entry source from",
    "pos": "pos part-of-speech part_of_speech class type",
    "gender": "gender genus",
    "translations": "translations translation meaning definition gloss target to",
}
NAME_OF = {name: column for column, names in NAMES.items() for name in names.split()}
BY_NUMBER = {
    2: ["headword", "translations"],
    3: ["headword", "pos", "translations"],
    4: ["headword", "pos", "gender", "translations"],
}
DELIMITERS = "\t,;"
# A quoted field that goes on over more lines is taken for a quote too many.
MOST_LINES = 20
SEVERAL = "a quoted field goes on over several lines: put it on one"
MACS = "its lines end as on old Macs (CR)"
REMEDY = "save it with the line ends of Unix or Windows"

Lines = Iterator[tuple[int, str | None]]


def read(source: files.Source, pair: tuple[str, str], encoding: str | None) -> Items:
    sample = source.sample()
    if b"\r" in sample and b"\n" not in sample:
        raise files.FileError(f"{source.path}: {MACS}; {REMEDY}")
    columns: list[str] = []
    delimiter, lines = begun(files.lines(source.text(encoding), LONGEST_LINE))
    for place, line, is_part in whole(lines, delimiter):
        reason = SEVERAL if is_part else why(line)
        if line is None or reason:
            yield Unusable(place, reason)
        elif line.strip():
            cells = split(line, delimiter)
            if place == 1 and (columns := named(source.path, cells)):
                continue
            yield entry(place, cells, columns, delimiter)


def begun(lines: Lines) -> tuple[str, Lines]:
    """What divides columns, as one of the first lines has it; and all lines."""
    first: list[tuple[int, str | None]] = []
    delimiter = ""
    while not delimiter and len(first) < MOST_LINES and (one := next(lines, None)):
        first.append(one)
        delimiter = delimiter_of(one[1] or "")
    return delimiter, chain(first, lines)


def whole(lines: Lines, delimiter: str) -> Iterator[tuple[int, str | None, bool]]:
    """Each line, and whether it is but a part, as a quoted field goes on in another."""
    waiting: list[tuple[int, str | None]] = []
    for one in lines:
        waiting.append(one)
        if len(waiting) == 1:
            is_over = not is_open(one[1] or "", delimiter)
        else:
            is_over = (one[1] or "").count('"') % 2 == 1
        if is_over or len(waiting) > MOST_LINES:
            is_part = is_over and len(waiting) > 1
            yield from ((*each, is_part) for each in waiting)
            waiting = []
    yield from ((*each, False) for each in waiting)


def is_open(line: str, delimiter: str) -> bool:
    """Whether a quoted field does not end on its line."""
    return '"' in line and not split(line, delimiter)


def why(line: str | None) -> str:
    """Why a line is none, or ""."""
    if line is None:
        return f"it is longer than {LONGEST_LINE:,} characters"
    if files.LOST in line:
        return "it has bytes that are no text in the file's encoding"
    return f"{MACS}; {REMEDY}" if "\r" in line else ""


def delimiter_of(line: str) -> str:
    """What divides columns: the first of tab, comma and semicolon that there is."""
    return next((mark for mark in DELIMITERS if mark in line), "")


def split(line: str, delimiter: str) -> list[str]:
    if delimiter in ("", "\t"):
        return line.split("\t")
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return []


def named(path: Path, cells: list[str]) -> list[str]:
    """The columns that a first line names, or [] where it is an entry like others.

    Raises FileError where it names some, and not those that there have to be.
    """
    names = [cell.strip().lower() for cell in cells]
    names = names[: 1 + max((n for n, name in enumerate(names) if name), default=-1)]
    found = [NAME_OF.get(name, "") for name in names]
    known = {column for column in found if column}
    needed = {"headword", "translations"}
    if not known & needed or (len(known) < 2 and not needed & set(names)):
        return []
    if missing := needed - known:
        remedy = f"call one of them {missing.pop()}, or take that line out"
        raise files.FileError(f"{path}: its first line names columns; {remedy}")
    for column in sorted(known):
        if found.count(column) > 1:
            both = " and ".join(n for n in names if NAME_OF.get(n) == column)
            message = f"its first line names two columns for {column} ({both[:60]})"
            raise files.FileError(f"{path}: {message}; rename those that are not")
    return found


def without_empty(cells: list[str], columns: list[str]) -> list[str]:
    """The cells without empty columns at the end, which spreadsheets like to add.

    After a part of speech they are none: it is the translation that is missing.
    """
    fewest = len(columns) or (4 if len(cells) > 1 and pos_of(cells[1]) else 2)
    while len(cells) > fewest and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def entry(
    place: int, cells: list[str], columns: list[str], delimiter: str
) -> Parsed | Unusable:
    cells = without_empty(cells, columns)
    names = columns or BY_NUMBER.get(len(cells), [])
    if not cells or len(names) != len(cells):
        expected = len(columns) or "2, 3 or 4"
        return Unusable(place, f"it has not {expected} columns")
    given = dict(zip(names, cells, strict=True))
    pos, gender = given.get("pos", ""), given.get("gender", "")
    if not columns:
        # Perhaps the columns are others than those expected.
        if pos.strip() and not pos_of(pos):
            return Unusable(place, "its second column is no part of speech")
        if gender.strip() and not gender_of(gender):
            return Unusable(place, "its third column is no gender")
    # What stands for a sign of HTML ends in a semicolon too.
    told = html.unescape(given["translations"])
    translations = told.split("|" if delimiter == ";" else ";")
    return Parsed(place, given["headword"], pos, gender, translations)
