"""RSS, RDF and Atom, read by feedparser after a look at what it would choke on."""

import io
import re
from typing import Any

import feedparser

from articles.addresses import ESCAPED
from articles.crawler.feeds.encoding import ELEMENT, as_xml, prolog_end
from articles.crawler.feeds.entities import check_entities, with_ampersands

# What tells a feed from a page, before feedparser spends time on it.
ROOT = re.compile(r"<(?:[\w-]+:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
ROOT_CHARACTERS = 100_000
# Of a feed without items more is asked: its root, what is in it, and its end.
WHOLE = {"rss": "channel", "rdf": "channel", "feed": "title", "channel": "title"}
NAME = re.compile(r"<(?:[\w-]+:)?([\w-]+)[\s>]")
END = re.compile(r"</(?:[\w-]+:)?(?:rss|rdf|feed|channel)\s*>\s*\Z", re.IGNORECASE)
END_CHARACTERS = 1000
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
TAGS = re.compile(r"</?[^\W\d][^<>]*>")
DEEPEST = 1000
# feedparser knows one spelling of it.
PERMANENT = re.compile(r"(\bispermalink\s*=\s*[\"']?)\s*(?:true|yes|1)\b\s*", re.I)
# It also takes the semicolon from what is escaped twice in them.
LINK = re.compile(
    r"(<(?:[\w-]+:)?(?:link|origlink|comments)\b[^<>]*>\s*)(<!\[CDATA\[)?([^<]*)", re.I
)
STARTS = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
ENDS = re.compile(r"</(?:[\w-]+:)?(?:item|entry)\s*>", re.IGNORECASE)


def read(text: str, most: int) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """Return (feed, entries, left_out): a dict and a list of dicts, as feedparser's.

    Of the items only the first are read, as many as most; left_out counts the rest.
    Raises ValueError when text is no feed, and whatever breaks feedparser.
    """
    if not ROOT.search(text[:ROOT_CHARACTERS]):
        raise ValueError("RSS, Atom or JSON Feed expected")
    check_entities(text)
    text = LINK.sub(_escaped_once, PERMANENT.sub(r"\1true", text))
    text, left_out = _shortened(with_ampersands(text), most)
    _check_depth(text)
    # feedparser would take bytes for the name of a file, and read that: it only gets a
    # stream. It has no base address either, so that we see which ids are addresses.
    parsed = feedparser.parse(
        io.BytesIO(as_xml(text)),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not parsed.entries:
        _check_feed(text)
    entries = parsed.entries[:most]
    if parsed.version.startswith("atom"):
        for found in (parsed.feed, *entries):
            _tell_text(found)
    return parsed.feed, entries, left_out


def _escaped_once(link: re.Match[str]) -> str:
    cdata = link[2] or ""
    return link[1] + cdata + ESCAPED.sub("&" if cdata else "&amp;", link[3])


def _tell_text(entry: dict[str, Any]) -> None:
    """Note which texts are no markup (RFC 4287, section 3.1.1.1)."""
    for name in ("title", "summary"):
        detail = entry.get(f"{name}_detail")
        is_text = isinstance(detail, dict) and detail.get("type") == "text/plain"
        entry[f"{name}_is_text"] = is_text


def _check_feed(text: str) -> None:
    """Raise ValueError unless a document without items is a whole feed."""
    text = COMMENT.sub("", CDATA.sub("", text))
    root = ELEMENT.search(text, prolog_end(text))
    name = NAME.match(text, root.start() if root else 0)
    inside = WHOLE.get(name[1].lower()) if name else None
    if not inside or not re.search(rf"<(?:[\w-]+:)?{inside}\b", text, re.IGNORECASE):
        raise ValueError("RSS, Atom or JSON Feed expected")
    if STARTS.search(text):
        raise ValueError("a feed whose items can't be told apart")
    if not END.search(text[-END_CHARACTERS:]):
        raise ValueError("a feed that breaks off before its first item")


def _check_depth(text: str) -> None:
    """Raise ValueError where elements are nested as in no true feed."""
    depth = 0
    for tag in TAGS.findall(CDATA.sub("", text)):
        depth += -1 if tag[1] == "/" else 0 if tag.endswith("/>") else 1
        if depth > DEEPEST:
            raise ValueError(f"elements are nested more than {DEEPEST} deep")


def _shortened(text: str, most: int) -> tuple[str, int]:
    """Cut out the items after the first, as many as most; return text and number."""
    starts = [found.start() for found in STARTS.finditer(text)]
    left_out = len(starts) - most
    if left_out <= 0:
        return text, 0
    cut, end = starts[most], len(text)
    for found in ENDS.finditer(text, cut):
        end = found.end()
    return text[:cut] + text[end:], left_out
