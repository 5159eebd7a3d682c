"""From bytes to text: which encoding a document is in, and what XML can't hold."""

import codecs
import re
from collections.abc import Iterator
from html.entities import html5

from articles.languages import Records, over_all
from articles.text import WINDOWS_1252

# The longer marks first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # Without a mark, the first "<" tells (XML 1.0, appendix F).
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
PROLOG = re.compile(rb"\s*<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.I)
META = re.compile(rb"<meta\b[^>]{1,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
COMMENT = re.compile(rb"<!--.*?(-->|\Z)", re.DOTALL)
META_BYTES = 65_536

# Codecs that documents may ask for. Python has others that are no encodings of the
# web, and slow or surprising on bytes that somebody made up, such as punycode.
CODECS = re.compile(
    r"cp(125\d|866|874|932|949)|iso8859-\d+|koi8-[ru]|mac-(roman|cyrillic)"
    r"|gb2312|gbk|gb18030|big5|big5hkscs|euc_(jp|kr)|shift_jis|tis-620|ascii"
)
# What these names mean on the web. Source: WHATWG, Encoding, section 4.2.
WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
# For bytes that tell nothing, of equally good ones these in order, then any.
WIDESPREAD = ("cp1252", "cp1251", "koi8-r")
RUNS = re.compile(rb"[\x80-\xff]{3,}")
NEUTRAL = str.maketrans("", "", "\xa0«»„“”‘’‚‹›–—…•·°§€£©®´")
ASCII_BYTES = bytes(range(128))
SAMPLE_BYTES = 20_000

# C0 controls and non-characters (XML 1.0, section 2.2), as such and as references. C1
# controls are legal, but nobody means them (HTML, section 13.2.5.84, has the table).
SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1f]")
ILLEGAL = re.compile("[\x00-\x08\x0e-\x1b\ud800-\udfff\ufffe\uffff]")
C1 = re.compile("[\x80-\x9f]")
REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
NAMED = re.compile(r"&([a-z][a-z0-9]{1,30};)", re.IGNORECASE)
# All that may stand before a DOCTYPE, and a root element's start.
BEFORE = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
ELEMENT = re.compile(r"<[^\W\d]")


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text in body, without characters that XML and HTML forbid.

    Such characters go as references, too, which cost a page its whole text; and C1
    controls become what windows-1252 has in their place.

    A byte order mark wins, then UTF-8 wherever the bytes are valid as such, since other
    encodings hardly ever are; then what the HTTP header says, the XML prolog, and a
    meta element in the first 64 KiB. Where all fail, the letters decide.
    """
    return REFERENCE.sub(_referred, _legal(_decoded(body, content_type)))


def _legal(text: str) -> str:
    text = ILLEGAL.sub("", SEPARATORS.sub(" ", text))
    return text.translate(WINDOWS_1252) if C1.search(text) else text


def _referred(match: re.Match[str]) -> str:
    """A reference to a legal character as it is, else what becomes of the character."""
    digits = (match[1] or match[2]).lstrip("0")
    if not 0 < len(digits) < 8:
        return ""
    number = int(digits, 16 if match[1] else 10)
    if number > 0x10FFFF:
        return ""
    legal = _legal(chr(number))
    return match[0] if legal == chr(number) else legal


def _decoded(body: bytes, content_type: str) -> str:
    for mark, codec in MARKS:
        if body.startswith(mark):
            return body.decode(codec, "replace").removeprefix("\ufeff")
    for codec in ("utf-8", *declared(body, content_type)):
        text = body.decode(codec, "replace")
        if _fits(text):
            return text
    return body.decode(likeliest(body), "replace")


def _fits(text: str) -> bool:
    """Whether most of the characters outside ASCII could be decoded.

    In a wrong encoding hardly any can; a broken byte here and there is only that.
    """
    lost = text.count("\ufffd")
    outside_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return lost * 3 <= outside_ascii


def declared(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the known codecs that a header and a document name, in order."""
    if found := HEADER.search(content_type):
        yield from _codec(found[1])
    if prolog := PROLOG.match(body[:1000]):
        yield from _codec(prolog[1].decode("ascii", "ignore"))
    if meta := META.search(COMMENT.sub(b"", body[:META_BYTES])):
        yield from _codec(meta[1].decode("ascii", "ignore"))


def _codec(label: str) -> Iterator[str]:
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return
    if CODECS.fullmatch(name):
        yield WIDER.get(name, name)


def likeliest(body: bytes) -> str:
    """The codec in which the bytes outside ASCII are letters of one of our languages.

    Whole words of them are not Latin; in Latin texts they are rarely neighbours.
    """
    outside_ascii = body.translate(None, ASCII_BYTES)
    in_runs = sum(map(len, RUNS.findall(body)))
    rows = _latin() if in_runs * 2 <= len(outside_ascii) else _others()
    sample = outside_ascii[:SAMPLE_BYTES]
    return max(rows, key=lambda row: _share(sample.decode(row[0], "replace"), row[1]))[
        0
    ]


@over_all
def _latin(languages: Records) -> list[tuple[str, str]]:
    """(codec, letters) of each language's encodings, the widespread ones first."""
    rows = [row for one in languages if one.is_latin for row in one.encodings]
    return sorted(rows, key=_rank)


@over_all
def _others(languages: Records) -> list[tuple[str, str]]:
    rows = [row for one in languages if not one.is_latin for row in one.encodings]
    return sorted(rows, key=_rank)


def _rank(row: tuple[str, str]) -> int:
    codec, _ = row
    return WIDESPREAD.index(codec) if codec in WIDESPREAD else len(WIDESPREAD)


def _share(text: str, letters: str) -> float:
    # KOI8 and windows-1251 have each other's letters in the other case: capitals, which
    # are few in true text, count half.
    text = text.translate(NEUTRAL)
    small = sum(text.count(letter) for letter in letters)
    either = sum(text.lower().count(letter) for letter in letters)
    return (small + either) / max(len(text), 1)


def prolog_end(text: str) -> int:
    """Where all ends that may stand before a DOCTYPE, and a root element's start."""
    found = BEFORE.match(text)
    return found.end() if found else 0


def as_xml(text: str) -> bytes:
    """Return a decoded document as UTF-8 bytes that an XML parser can be trusted with.

    Without its prolog, so without a DOCTYPE: no parser then has entities to expand, or
    an address to fetch. The characters that HTML names, as a DTD would have, are put
    in; references to those that XML forbids are taken out. Raises ValueError where
    there is no element.
    """
    # A DOCTYPE may hold what looks like an element. What is cut off inside it is no
    # XML, but no DOCTYPE either: that is one only before the root element.
    root = ELEMENT.search(text, prolog_end(text))
    if root is None:
        raise ValueError("no element in it")
    text = REFERENCE.sub(_numbered, NAMED.sub(_named, text[root.start() :]))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode()


def _named(match: re.Match[str]) -> str:
    character = html5.get(match[1], "")
    return match[0] if not character or set(character) & set("<>&\"'") else character


def _numbered(match: re.Match[str]) -> str:
    if _referred(match) != match[0]:
        return _referred(match)
    return f"&#{int(match[1], 16) if match[1] else int(match[2])};"
