"""From a feed's bytes to items."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

import feedparser
from django.conf import settings
from lxml import html
from lxml.etree import LxmlError, ParserError

from articles.crawler.limit import TimeIsUp, time_limit
from articles.text import clean

# Parameters that only tell where a reader came from. Nothing that may be an address'
# own, such as source or cid: then many articles would look like one.
TRACKING = re.compile(
    r"(utm|mtm|pk|at|ns|wt)_\w+|(fb|g|d|y)clid|msclkid|igshid|mc_[ce]id|xtor|ocid|cmp",
    re.IGNORECASE,
)
REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,9})|([0-9]{1,9}));", re.IGNORECASE)
# Already quoted, or with a meaning of their own in an address.
SAFE = "!#$%&'()*+,/:;=?@[]~"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# Elements inside which a word goes on; it ends at the edges of all others.
INLINE = {
    *("a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins"),
    *("mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"),
}


# What parsers raise over hostile documents that their authors did not foresee.
PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
PARSER_FAULTS += (ArithmeticError, LxmlError)


class ParseError(Exception):
    """The document is not a feed that can be used; the message says why."""


@dataclass(frozen=True)
class Item:
    """One entry of a feed. ``url`` is canonical; texts are plain and clean."""

    url: str
    guid: str
    title: str
    summary: str
    authors: str
    image_url: str
    published_at: datetime | None
    categories: tuple[str, ...]


@dataclass(frozen=True)
class FeedDocument:
    title: str
    items: tuple[Item, ...]


def parse_feed(body, url, content_type=""):
    """Return the FeedDocument in body, which was fetched from url.

    Items without a usable link are left out. Raises ParseError when body is no feed or
    has no items.
    """
    # feedparser would take a string for an address and fetch it: it only gets bytes.
    headers = {"content-type": content_type, "content-location": url}
    body = REFERENCE.sub(_real_character, body)
    limit_s = settings.CRAWLER_PARSE_TIMEOUT_S
    try:
        with time_limit(limit_s):
            return _parse_feed(body, url, headers)
    except TimeIsUp:
        raise ParseError(f"{url}: took longer than {limit_s} s to read") from None
    except PARSER_FAULTS as exc:  # such as an encoding that nobody knows
        raise ParseError(f"{url}: not a readable feed: {exc}") from exc


def _parse_feed(body, url, headers):
    parsed = feedparser.parse(body, response_headers=headers, sanitize_html=False)
    if not parsed.get("version") and not parsed.entries:
        raise ParseError(f"{url}: not a feed (RSS or Atom expected)")
    items = [_item(entry, url) for entry in parsed.entries]
    items = {item.url: item for item in reversed(items) if item.url}
    if not items:
        raise ParseError(f"{url}: the feed has no items with a link")
    title = plain(parsed.feed.get("title"))
    return FeedDocument(title, tuple(reversed(items.values())))


def _real_character(match):
    """Drop halves of characters, such as &#xD83D;: feedparser breaks off at them."""
    number = int(match[1], 16) if match[1] else int(match[2])
    return b"" if 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else match[0]


def canonical_url(link, base):
    """Absolute http(s) form of a link, fragment and tracking dropped, or "".

    All else stays: this address is also the one that is fetched.
    """
    link = clean(link).replace("&amp;", "&")
    try:
        parts = urlsplit(urljoin(base, link))
    except ValueError:  # such as a bracket without its partner
        return ""
    if not link or parts.scheme not in DEFAULT_PORTS or not parts.netloc:
        return ""
    named = [(part.partition("=")[0], part) for part in parts.query.split("&")]
    query = "&".join(part for name, part in named if not TRACKING.fullmatch(name))
    return parts._replace(
        netloc=parts.netloc.lower().removesuffix(DEFAULT_PORTS[parts.scheme]),
        path=quote(parts.path or "/", SAFE),
        query=quote(query, SAFE),
        fragment="",
    ).geturl()


def plain(markup):
    """The text of a title or summary that may be HTML, escaped once or twice."""
    markup = markup or ""
    if "<" not in markup and "&" not in markup:
        return clean(markup)
    try:
        tree = html.fromstring(f"<div>{clean(unescape(markup))}</div>")
    except (ParserError, ValueError):
        return clean(markup)
    for hidden in tree.xpath("//script|//style"):
        hidden.drop_tree()
    return joined(tree, INLINE)


def joined(tree, inline):
    """The clean text of an element; only elements named in inline don't end a word."""
    for element in tree.iter("*"):
        if element.tag not in inline:
            element.text = f" {element.text or ''}"
            element.tail = f" {element.tail or ''}"
    return clean("".join(tree.itertext()))


def _item(entry, base):
    return Item(
        url=canonical_url(entry.get("link"), base),
        guid=clean(entry.get("id"))[:500],
        title=plain(entry.get("title")),
        summary=plain(entry.get("summary")),
        authors=_authors(entry),
        image_url=_image(entry, base),
        published_at=_time(entry),
        categories=tuple(clean(tag.get("term")) for tag in entry.get("tags", [])),
    )


def _authors(entry):
    names = [clean(author.get("name")) for author in entry.get("authors", [])]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _image(entry, base):
    media = [*entry.get("media_content", []), *entry.get("media_thumbnail", [])]
    enclosed = entry.get("enclosures", [])
    links = [m.get("url") for m in media if m.get("medium", "image") == "image"]
    links += [e.get("href") for e in enclosed if "image" in (e.get("type") or "")]
    urls = [canonical_url(link, base) for link in links]
    return next((url for url in urls if url), "")


def _time(entry):
    # feedparser's own get() warns, and mixes the two up where one is missing.
    parsed = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    try:
        if parsed:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        # feedparser gives up on an RSS date without a zone, which is UTC to us.
        found = parsedate_to_datetime(dict.get(entry, "published", ""))
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)
