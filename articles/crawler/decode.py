"""A web page's bytes as text, by what the page says of its encoding."""

import codecs
import re

DECLARED = re.compile(
    rb"<(?:meta\b[^>]{0,500}?\bcharset|\?xml\b[^>]{0,100}?\bencoding)"
    rb"\s*=\s*[\"']?\s*([\w:.-]{1,40})",
    re.IGNORECASE,
)
# Browsers find it in the first 1024 bytes; pages often put scripts before it.
DECLARED_BYTES = 65_536
# Encodings of web pages; Python also knows others that no page should choose.
KNOWN = re.compile(
    r"utf8|cp125\d|cp874|cp866|iso8859[_-]\d+|koi8[_-][rut]|mac[_-]\w+|"
    r"gbk|gb2312|gb18030|big5\w*|euc_\w+|shift_jis|iso2022_jp|tis-620|johab",
)
# What pages mean by these names (WHATWG Encoding Standard, 4.2).
MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}


def decode(body):
    """Return a page's text, or its bytes where nothing tells their encoding.

    Valid UTF-8 is UTF-8 whatever the page says; bytes that the declared encoding does
    not have become U+FFFD. trafilatura then guesses, and knows byte order marks.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    encoding = _declared(body[:DECLARED_BYTES])
    return body.decode(encoding, "replace") if encoding else body


def _declared(start):
    for match in DECLARED.finditer(start):
        try:
            name = codecs.lookup(match[1].decode("ascii")).name
        except (LookupError, UnicodeError):
            continue
        name = MEANT.get(name, name)
        if KNOWN.fullmatch(name.replace("utf-8", "utf8")):
            return name
    return ""
