"""Lists of feeds in OPML 2.0, the format that feed readers exchange.

Source: http://opml.org/spec2.opml. The attribute language of an outline is our own
addition; else the folders that an outline is in tell its language.
"""

from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from articles.crawler.encoding import as_xml, decode
from articles.text import clean


class OpmlError(Exception):
    """The document is no OPML; the message says why."""


@dataclass(frozen=True)
class Outline:
    """One feed of a list. ``labels`` may name its language, the nearest first."""

    url: str
    title: str
    labels: tuple[str, ...]


def read(body):
    """Return the Outlines of the OPML document in body, bytes. Raises OpmlError.

    Nothing is expanded or fetched: as_xml() leaves no DOCTYPE to do so.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(as_xml(decode(body)), parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise OpmlError(f"not an OPML document: {exc}") from exc
    if root.tag.lower() != "opml":
        raise OpmlError(f"not an OPML document: it begins with <{root.tag}>")
    return [_outline(element) for element in root.iter("outline") if _url(element)]


def _outline(element):
    folders = element.iterancestors("outline")
    labels = [element.get("language"), *element.get("category", "").split(",")]
    for folder in folders:
        labels += [folder.get("language"), folder.get("text"), folder.get("title")]
    title = element.get("title", element.get("text"))
    return Outline(
        url=_url(element),
        title=clean(title),
        labels=tuple(filter(None, map(clean, labels))),
    )


def _url(element):
    return clean(element.get("xmlUrl"))


def write(feeds):
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
