"""Dictionary files for tests, in others' formats."""

import gzip
import struct

from learners.dictionaries.formats.dictd import DIGITS

# Of an index's headword and its text.
WORDS = {
    "Haus": 'Haus /haʊs/ <n, neut>\n1. house\n2. home, building\n"Das Haus ist alt"',
    "gehen": "gehen <v>\nto go; to walk\nSynonyms: laufen",
}


def base64(number):
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 64)
        digits = DIGITS[rest] + digits
    return digits


def packed(texts):
    """(offset, size) of each, and all of them in one."""
    places, data = [], b""
    for text in texts:
        body = text if isinstance(text, bytes) else text.encode()
        places.append((len(data), len(body)))
        data += body
    return places, data


def write_dictd(folder, words=WORDS, name="deu-eng"):
    places, data = packed(words.values())
    lines = [
        f"{word}\t{base64(offset)}\t{base64(size)}\n"
        for word, (offset, size) in zip(words, places, strict=True)
    ]
    index = folder / f"{name}.index"
    index.write_text("00-database-utf8\tA\tA\n" + "".join(lines), "utf-8")
    (folder / f"{name}.dict.dz").write_bytes(gzip.compress(data))
    return index


def write_stardict(folder, words=WORDS, types="m", name="deu-eng", offset="I"):
    places, data = packed(words.values())
    index = b"".join(
        word.encode() + b"\0" + struct.pack(f">{offset}I", *place)
        for word, place in zip(words, places, strict=True)
    )
    facts = f"sametypesequence={types}\n" if types else ""
    bits = "idxoffsetbits=64\n" if offset == "Q" else ""
    ifo = folder / f"{name}.ifo"
    ifo.write_text(f"StarDict's dict ifo file\nversion=3.0.0\n{facts}{bits}", "utf-8")
    (folder / f"{name}.idx").write_bytes(index)
    (folder / f"{name}.dict.dz").write_bytes(gzip.compress(data))
    return ifo
