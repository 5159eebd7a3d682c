"""Dictionaries of StarDict: ``.ifo`` says what is in ``.idx`` and ``.dict``.

https://github.com/huzheng001/stardict-3/blob/master/dict/doc/StarDictFileFormat
"""

from collections.abc import Iterator
from pathlib import Path

from learners.dictionaries.formats import bodies, files
from learners.dictionaries.formats.dictd import text_at
from learners.dictionaries.formats.entries import Items, Parsed, Unusable

MAGIC = "StarDict's dict ifo file"
LONGEST_IFO, LONGEST_HEADWORD = 64 * 1024, 1024
TEXTS, INDEX = (".dict.dz", ".dict", ".dict.gz"), (".idx", ".idx.gz")
# Types of texts: plain ones, and those with markup. Capitals are sounds and pictures.
PLAIN, MARKUP = "ml", "gxhkw"


def read(source: files.Source, pair: tuple[str, str], encoding: str | None) -> Items:
    """The entries in the order of the index, which source is."""
    told = facts(files.beside(source.path, INDEX, (".ifo",)))
    types = told.get("sametypesequence", "")
    width = 8 if told.get("idxoffsetbits") == "64" else 4
    with files.spooled(files.beside(source.path, INDEX, TEXTS)) as texts:
        for place, (headword, offset, size) in enumerate(places(source, width), 1):
            yield entry(place, headword, text_at(texts, offset, size), types)


def facts(path: Path) -> dict[str, str]:
    """What .ifo says; raises FileError where it is none."""
    with files.opened(path) as source:
        text = source.bytes.read(LONGEST_IFO).decode("utf-8-sig", "replace")
    first, *lines = text.splitlines() or [""]
    if first.strip() != MAGIC:
        raise files.FileError(f"{path}: it does not begin as an .ifo of StarDict does")
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def places(index: files.Source, width: int) -> Iterator[tuple[str, int, int]]:
    """Headword, offset and size of each entry; raises FileError where it breaks off."""
    rest = b""
    while more := index.bytes.read(files.SAMPLE):
        data, at = rest + more, 0
        while 0 <= (end := data.find(b"\0", at)) <= len(data) - 5 - width:
            first, size = end + 1, end + 1 + width
            headword = data[at:end].decode("utf-8", "replace")
            at = size + 4
            offset = int.from_bytes(data[first:size], "big")
            yield headword, offset, int.from_bytes(data[size:at], "big")
        rest = data[at:]
        if len(rest) > LONGEST_HEADWORD + 16:
            break
    if rest:
        raise files.FileError(f"{index.path}: {files.DAMAGED}")


def entry(
    place: int, headword: str, data: bytes | None, types: str
) -> Parsed | Unusable:
    if data is None:
        return Unusable(place, "its text is not in the .dict file")
    for kind, field in fields(data, types):
        if kind in PLAIN + MARKUP:
            text = field.decode("utf-8", "replace")
            parsed = bodies.parse(headword, text, is_markup=kind in MARKUP)
            return Parsed(place, headword, *parsed)
    return Unusable(place, "it has no text, only sounds or pictures")


def fields(data: bytes, types: str) -> Iterator[tuple[str, bytes]]:
    """The fields of an entry, as (type, contents).

    Their types stand in .ifo, and then nothing ends the last; or before each of them.
    """
    known = list(types)
    while data:
        kind = known.pop(0) if known else chr(data[0])
        data = data if types else data[1:]
        if types and not known:
            yield kind, data
            return
        if kind.isupper():
            end = 4 + int.from_bytes(data[:4], "big")
            field, data = data[4:end], data[end:]
        else:
            field, _, data = data.partition(b"\0")
        yield kind, field
