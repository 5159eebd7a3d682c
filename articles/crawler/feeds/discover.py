"""From a web page to the feeds that it names. No network."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import html
from lxml.etree import ParserError, XMLSyntaxError

from articles.addresses import canonical_url
from articles.crawler.feeds.encoding import decode
from articles.text import clean

TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json+feed",
}
# The paths of feeds, where a page only links to them.
LOOKS_LIKE_FEED = re.compile(
    r"(^|/)(feeds?|rss\d*|atom|index\.xml)/?$|\.(rss|rdf|atom)$"
    r"|(rss|feed|atom)[\w-]*\.(xml|json)$",
    re.IGNORECASE,
)
MOST_LINKS = 20
PAGE_CHARACTERS = 2_000_000
TITLE_CHARACTERS = 200


@dataclass(frozen=True)
class FeedLink:
    """A feed that a page names; without a type it only looks like one."""

    url: str
    title: str
    type: str


def feed_links(body: bytes, url: str, content_type: str = "") -> list[FeedLink]:
    """Return the FeedLinks of the HTML page in body, which was fetched from url.

    First those that the page declares (RSS Autodiscovery, HTML's rel=alternate), then
    links that look like feeds; MOST_LINKS of each at the most.
    """
    text = decode(body, content_type)[:PAGE_CHARACTERS]
    try:
        tree = html.document_fromstring(
            text.encode(), html.HTMLParser(encoding="utf-8", no_network=True)
        )
    except (ParserError, XMLSyntaxError, ValueError):  # such as an empty page
        return []
    base = _base(tree, url)
    declared = (
        FeedLink(canonical_url(link.get("href"), base), _title(link), _type(link))
        for link in tree.iter("link")
        if "alternate" in link.get("rel", "").lower().split() and _type(link) in TYPES
    )
    named = (
        FeedLink(canonical_url(link.get("href"), base), _text(link), "")
        for link in tree.iter("a")
        if _looks_like_feed(link.get("href", ""))
    )
    return _distinct([*_distinct(declared), *_distinct(named)], 2 * MOST_LINKS)


def _looks_like_feed(href: str) -> bool:
    try:
        return bool(LOOKS_LIKE_FEED.search(urlsplit(href.strip()).path))
    except ValueError:  # such as a bracket without its partner
        return False


def _base(tree: html.HtmlElement, url: str) -> str:
    hrefs = (base.get("href", "") for base in tree.iter("base"))
    href = next(filter(None, hrefs), "")
    try:
        return urljoin(url, href.strip())
    except ValueError:
        return url


def _type(link: html.HtmlElement) -> str:
    return link.get("type", "").partition(";")[0].strip().lower()


def _title(link: html.HtmlElement) -> str:
    return clean(link.get("title"))[:TITLE_CHARACTERS]


def _text(link: html.HtmlElement) -> str:
    return clean(link.text_content())[:TITLE_CHARACTERS]


def _distinct(links: Iterable[FeedLink], most: int = MOST_LINKS) -> list[FeedLink]:
    """The first link to each address, without those to none."""
    found: dict[str, FeedLink] = {}
    for link in links:
        if link.url:
            found.setdefault(link.url, link)
        if len(found) == most:
            break
    return list(found.values())
