"""RSS, RDF and Atom, read by feedparser after a look at what it would choke on."""

import io
import re

import feedparser

from articles.crawler.encoding import as_xml

# What tells a feed from a page, before feedparser spends time on it.
ROOT = re.compile(r"<(?:[\w-]+:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
ROOT_CHARACTERS = 100_000
CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
TAGS = re.compile(r"</?[^\W\d][^<>]*>")
DEEPEST = 1000
STARTS = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
ENDS = re.compile(r"</(?:[\w-]+:)?(?:item|entry)\s*>", re.IGNORECASE)


def read(text, most):
    """Return (feed, entries, left_out): a dict and a list of dicts, as feedparser's.

    Of the items only the first are read, as many as most; left_out counts the rest.
    Raises ValueError when text is no feed, and whatever breaks feedparser.
    """
    if not ROOT.search(text[:ROOT_CHARACTERS]):
        raise ValueError("RSS, Atom or JSON Feed expected")
    text, left_out = _shortened(text, most)
    _check_depth(text)
    # feedparser would take bytes for the name of a file, and read that: it only gets a
    # stream. It has no base address either, so that we see which ids are addresses.
    parsed = feedparser.parse(
        io.BytesIO(as_xml(text)),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return parsed.feed, parsed.entries[:most], left_out


def _check_depth(text):
    """Raise ValueError where elements are nested as in no true feed."""
    depth = 0
    for tag in TAGS.findall(CDATA.sub("", text)):
        depth += -1 if tag[1] == "/" else 0 if tag.endswith("/>") else 1
        if depth > DEEPEST:
            raise ValueError(f"elements are nested more than {DEEPEST} deep")


def _shortened(text, most):
    """Cut out the items after the first, as many as most; return text and number."""
    starts = [found.start() for found in STARTS.finditer(text)]
    left_out = len(starts) - most
    if left_out <= 0:
        return text, 0
    cut, end = starts[most], len(text)
    for found in ENDS.finditer(text, cut):
        end = found.end()
    return text[:cut] + text[end:], left_out
