"""Lists of feeds in OPML 2.0, the format that feed readers exchange.

Source: http://opml.org/spec2.opml, and what readers write in spite of it. The attribute
language of an outline is our own addition, lang and xml:lang are others'; else the
categories and folders that an outline is in tell its language.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from lxml import etree
from lxml.etree import _Element

from articles.addresses import ESCAPED, with_scheme
from articles.crawler.feeds.encoding import as_xml, decode
from articles.crawler.feeds.entities import (
    check_entities,
    declared_entities,
    with_ampersands,
)
from articles.models import Feed
from articles.text import clean

# The start of an outline, with "<" in its attributes, where XML has it escaped.
OUTLINE = re.compile(
    r"<outline\b(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+", re.IGNORECASE
)
COMMENT = re.compile("<!--.*?-->", re.DOTALL)
# Whatever its attributes look like.
RAW_OUTLINE = re.compile(r"<outline\b[^<>]*", re.IGNORECASE)
RAW_ADDRESS = re.compile(
    r"\b(?:xml|feed|rss)[\W_]?url\s*=\s*"
    r"(?:\"([^\"<>]*)\"|'([^'<>]*)'|[\"']?([^\s\"'<>]+))",
    re.IGNORECASE,
)
SHOWN_CHARACTERS = 200
# How readers spell xmlUrl, case and marks apart; "url" is also other things' address.
ADDRESSES = ("xmlurl", "feedurl", "rssurl", "url")
FEED_TYPES = {
    "",
    "rss",
    "rss1",
    "rss2",
    "atom",
    "rdf",
    "feed",
    "json",
    "jsonfeed",
    "pie",
}


class OpmlError(Exception):
    """The document is no OPML; the message says why."""


@dataclass(frozen=True)
class Outline:
    """One feed of a list. ``labels`` may name its language, the nearest first.

    ``declared`` are those of them that can be nothing else than a language.
    """

    url: str
    title: str
    labels: tuple[str, ...]
    declared: tuple[str, ...] = ()


def read(body: bytes) -> list[Outline]:
    """Return the Outlines of the OPML document in body. Raises OpmlError."""
    return read_all(body)[0]


def read_all(body: bytes) -> tuple[list[Outline], list[str]]:
    """Return the Outlines of an OPML document, and what of it can't be read as one.

    Slips that other readers pass over are passed over. Nothing is expanded or fetched:
    as_xml() leaves no DOCTYPE to do so. Raises OpmlError.
    """
    text = decode(body)
    try:
        check_entities(text)
        root = _root(text)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise OpmlError(f"not an OPML document: {exc}") from exc
    if _name(root) != "opml":
        raise OpmlError(f"not an OPML document: it begins with <{_name(root)}>")
    outlines = [element for element in root.iter("{*}*") if _name(element) == "outline"]
    if not outlines:
        raise OpmlError("not an OPML document: there is no outline in it")
    found = [_outline(element) for element in outlines if _url(element)]
    return found, [*_lost(text, found), *_without_address(outlines)]


def _lost(text: str, found: list[Outline]) -> Iterator[str]:
    """Outlines with an address that no parser has found, as they are written."""
    known = {outline.url for outline in found}
    for tag in RAW_OUTLINE.finditer(with_ampersands(COMMENT.sub("", text))):
        address = RAW_ADDRESS.search(tag[0])
        written = next(filter(None, address.groups()), "") if address else ""
        if written and _address(html.unescape(written)) not in known:
            yield f"{' '.join(tag[0].split())[:SHOWN_CHARACTERS]}: its marks are wrong"


def _without_address(outlines: Iterable[_Element]) -> Iterator[str]:
    for element in outlines:
        facts = _facts(element)
        is_feed = facts.get("type", "").strip().lower() in FEED_TYPES - {""}
        if is_feed and not _url(element) and not len(element):
            name = clean(facts.get("title", facts.get("text"))) or "a feed"
            yield f"{name[:SHOWN_CHARACTERS]}: it has no address (xmlUrl)"


def _root(text: str) -> _Element:
    if own := [name for name in declared_entities(text) if f"&{name};" in text]:
        raise ValueError(
            f"its DOCTYPE declares entities, such as {own[0][:40]}, which are"
            " never expanded; export it without them"
        )
    text = OUTLINE.sub(lambda found: f"<{found[0][1:].replace('<', '&lt;')}", text)
    xml = as_xml(with_ampersands(text))
    try:
        return etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as exc:
        # Of what is cut off nobody would miss the rest.
        if b"</opml" not in xml.lower():
            raise ValueError(f"{exc}, and its end is missing: is it whole?") from exc
        root = etree.fromstring(xml, _parser(recover=True))
        if root is None:
            raise
        return root


def _parser(recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, recover=recover
    )


def _name(element: _Element) -> str:
    """An element's name without its namespace, in lower case."""
    return re.split("[}:]", str(element.tag))[-1].lower()


def _outline(element: _Element) -> Outline:
    facts = _facts(element)
    declared = _declared(facts)
    # A category may be a path of them: "/Italiano/Sport,News".
    labels = [*declared, *re.split("[,/]", facts.get("category", ""))]
    for folder in element.iterancestors("{*}*"):
        if _name(folder) == "outline":
            told = _facts(folder)
            declared += _declared(told)
            labels += [*_declared(told), told.get("text"), told.get("title")]
    return Outline(
        url=_url(element),
        title=clean(facts.get("title", facts.get("text"))),
        labels=tuple(filter(None, map(clean, labels))),
        declared=tuple(filter(None, map(clean, declared))),
    )


def _declared(facts: dict[str, str]) -> list[str | None]:
    """What can be nothing else than a language: our attribute, lang and xml:lang."""
    return [facts.get("language"), facts.get("lang")]


def _facts(element: _Element) -> dict[str, str]:
    """An outline's attributes by name; case, marks and namespaces of names don't count.

    Of two names that are one the first counts.
    """
    facts: dict[str, str] = {}
    for name, value in element.attrib.items():
        # Also one whose prefix nobody declared.
        local = re.split("[}:]", name)[-1]
        facts.setdefault(re.sub(r"[\W_]", "", local.lower()), value)
    return facts


def _url(element: _Element) -> str:
    facts = _facts(element)
    is_feed = facts.get("type", "").strip().lower() in FEED_TYPES
    names = ADDRESSES if is_feed else ADDRESSES[:-1]
    found = next(filter(None, (clean(facts.get(name)) for name in names)), "")
    return _address(found)


def _address(written: str) -> str:
    return with_scheme(clean(ESCAPED.sub("&", written)))


def write(feeds: Iterable[Feed]) -> str:
    """Return feeds, in the order of their languages, as an OPML document (text)."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Feeds"
    body = etree.SubElement(root, "body")
    for language, group in groupby(feeds, key=lambda feed: feed.language):
        folder = etree.SubElement(
            body, "outline", text=clean(language.name), language=language.code
        )
        for feed in group:
            etree.SubElement(
                folder,
                "outline",
                type="rss",
                text=clean(str(feed)),
                title=clean(feed.title),
                xmlUrl=feed.url,
                language=language.code,
            )
    return etree.tostring(
        root, encoding="utf-8", xml_declaration=True, pretty_print=True
    ).decode()
