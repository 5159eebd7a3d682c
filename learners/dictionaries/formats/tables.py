"""Tables of words, one entry a line: columns divided by tabs, commas or semicolons.

Two columns are headword and translations; three have the part of speech between them,
and four the gender after that. A first line may name the columns instead. Several
translations are divided by semicolons; in a table that semicolons divide, by ``|``.
"""

import csv
import html

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


def read(source: files.Source, pair: tuple[str, str], encoding: str | None) -> Items:
    text = source.text(encoding)
    columns: list[str] = []
    delimiter = ""
    for place, line in files.lines(text, LONGEST_LINE):
        if line is None or files.LOST in line:
            yield Unusable(place, why(line))
            continue
        if not line.strip():
            continue
        delimiter = delimiter or delimiter_of(line)
        cells = split(line, delimiter)
        if place == 1 and (columns := named(cells)):
            continue
        yield entry(place, cells, columns, delimiter)


def why(line: str | None) -> str:
    if line is None:
        return f"it is longer than {LONGEST_LINE:,} characters"
    return "it has bytes that are no text in the file's encoding"


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


def named(cells: list[str]) -> list[str]:
    """The columns that a first line names, or [] where it is an entry like others."""
    found = [NAME_OF.get(cell.strip().lower(), "") for cell in cells]
    return found if {"headword", "translations"} <= set(found) else []


def entry(
    place: int, cells: list[str], columns: list[str], delimiter: str
) -> Parsed | Unusable:
    names = columns or BY_NUMBER.get(len(cells), [])
    if not cells or len(names) != len(cells):
        expected = len(columns) or "2, 3 or 4"
        return Unusable(place, f"it has not {expected} columns")
    given = dict(zip(names, cells, strict=True))
    # What stands for a sign of HTML ends in a semicolon too.
    told = html.unescape(given["translations"])
    translations = told.split("|" if delimiter == ";" else ";")
    pos, gender = pos_of(given.get("pos", "")), gender_of(given.get("gender", ""))
    return Parsed(place, given["headword"], pos, gender, translations)
