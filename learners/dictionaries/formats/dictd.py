"""Dictionaries of dictd: an index of lines, and a file of texts, mostly packed.

A line of the index has headword, offset and length, which are numbers to the base of
64 (dictfmt(1), dictd(8)). ``.dict.dz`` is gzip that can also be read in the middle.
"""

from typing import IO

from learners.dictionaries.formats import bodies, files
from learners.dictionaries.formats.entries import Items, Parsed, Unusable

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
VALUES = {digit: value for value, digit in enumerate(DIGITS)}
LONGEST_LINE, LONGEST_BODY = 4096, 256 * 1024
TEXTS, INDEX = (".dict.dz", ".dict", ".dict.gz"), (".index", ".index.gz")
# Headwords that are facts of the dictionary itself.
FACTS = ("00-database", "00database")


def read(source: files.Source, pair: tuple[str, str], encoding: str | None) -> Items:
    """The entries in the order of the index, which source is."""
    with files.spooled(files.beside(source.path, INDEX, TEXTS)) as texts:
        for place, line in files.lines(source.text(encoding), LONGEST_LINE):
            if line is None or not line.startswith(FACTS):
                yield entry(place, line or "", texts, encoding or "utf-8")


def entry(place: int, line: str, texts: IO[bytes], encoding: str) -> Parsed | Unusable:
    headword, *rest = line.split("\t")
    try:
        offset, length = number(rest[0]), number(rest[1])
    except (ValueError, IndexError):
        return Unusable(place, "it is no line of an index")
    body = text_at(texts, offset, length)
    if body is None:
        return Unusable(place, "its text is not in the .dict file")
    parsed = bodies.parse(headword, body.decode(encoding, "replace"), is_markup=False)
    return Parsed(place, headword, *parsed)


def number(digits: str) -> int:
    """The number that digits of base 64 mean; raises ValueError."""
    value = 0
    if not 0 < len(digits) < 12 or not VALUES.keys() >= set(digits):
        raise ValueError(f"{digits!r} is no number")
    for digit in digits:
        value = value * 64 + VALUES[digit]
    return value


def text_at(file: IO[bytes], offset: int, length: int) -> bytes | None:
    """A piece of a file, or None where that is not whole, or too long for a text."""
    if length > LONGEST_BODY or offset >= 1 << 62:
        return None
    file.seek(offset)
    body = file.read(length)
    return body if len(body) == length else None
