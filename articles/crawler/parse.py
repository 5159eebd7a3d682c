"""From a feed's bytes to items."""

import calendar
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

import nh3
from lxml import html
from lxml.etree import LxmlError, ParserError

from articles.crawler import json_feed, xml_feed
from articles.crawler.dates import moment
from articles.crawler.encoding import decode
from articles.text import clean

# Of one feed; the rest is only counted.
MOST_ITEMS = 1000
MOST_CATEGORIES = 50
# Characters of markup that are looked at, of one element.
TITLE_MARKUP, SUMMARY_MARKUP = 5000, 50_000
NAME_CHARACTERS = 500
DAY_S = 86_400
PERIODS_S = {
    **{"hourly": 3600, "daily": DAY_S, "weekly": 7 * DAY_S},
    **{"monthly": 30 * DAY_S, "yearly": 365 * DAY_S},
}
# Norwegian is written in two ways, and is one language here.
SAME_LANGUAGE = {"nb": "no", "nn": "no"}

# Parameters that only tell where a reader came from. Nothing that may be an address'
# own, such as source or cid: then many articles would look like one.
TRACKING = re.compile(
    r"(utm|mtm|pk|at|ns|wt)_\w+|(fb|g|d|y|tt|tw)clid|msclkid|gclsrc|[gw]braid"
    r"|igshid|igsh|li_fat_id|mc_[ce]id|_hs(enc|mi)|mkt_tok|vero_(id|conv)"
    r"|oly_(anon|enc)_id|_g[al]|guccounter|guce_referrer(_sig)?|__twitter_impression"
    r"|xtor|ocid|cmp",
    re.IGNORECASE,
)
# Browsers drop these wherever they are in an address (WHATWG, URL, section 4.4).
BREAKS = re.compile("[\t\r\n]")
# Already quoted, or with a meaning of their own in an address.
SAFE = "!#$%&'()*+,/:;=?@[]~"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# "<" that starts no tag, as in "a < b", "<3" or "x<y".
LESS_THAN = re.compile(r"<(?![/!?]|[a-z][^<>]*[>=])", re.IGNORECASE)
# Elements inside which a word goes on; it ends at the edges of all others.
INLINE = {
    *("a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins"),
    *("mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"),
}
HIDDEN = {"script", "style"}
KEPT = INLINE | HIDDEN
TAG = re.compile(r"</?([a-z][^\s/<>]*)", re.IGNORECASE)
HTML_TYPES = {"text/html", "application/xhtml+xml"}


class ParseError(Exception):
    """The document is not a feed that can be used; the message says why."""


@dataclass(frozen=True)
class Item:
    """One entry of a feed. ``url`` is canonical; texts are plain and clean.

    Times are the feed's own.
    """

    url: str
    guid: str
    title: str
    summary: str
    authors: str
    image_url: str
    published_at: datetime | None
    categories: tuple[str, ...]
    updated_at: datetime | None = None


@dataclass(frozen=True)
class FeedDocument:
    """A feed. ``language`` is two letters or ""; ``ttl_s`` seconds for which it asks.

    ``left_out`` counts the items after the first MOST_ITEMS, which were not read.
    """

    title: str
    items: tuple[Item, ...]
    language: str = ""
    ttl_s: int | None = None
    left_out: int = 0
    site_url: str = ""


def parse_feed(body, url, content_type=""):
    """Return the FeedDocument in body, which was fetched from url.

    Reads RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, and JSON Feed. Items without a usable
    link are left out. Raises ParseError when body is no feed or has no items. Hostile
    feeds take long, so call it where it can be killed.
    """
    try:
        return _parse_feed(decode(body, content_type), url)
    except (ValueError, RecursionError, LxmlError) as exc:  # such as other JSON
        raise ParseError(f"{url}: not a feed: {exc}") from exc


def _parse_feed(text, url):
    reader = json_feed if text.lstrip()[:1] in ("{", "[") else xml_feed
    feed, entries, left_out = reader.read(text, MOST_ITEMS)
    items = [_item(entry, url) for entry in entries]
    items = {item.url: item for item in reversed(items) if item.url}
    if not items:
        raise ParseError(f"{url}: the feed has no items with a link")
    return FeedDocument(
        title=plain(_text(feed, "title"), TITLE_MARKUP),
        items=tuple(_without_repeated_guids(reversed(items.values()))),
        language=_language(_text(feed, "language")),
        ttl_s=_ttl(feed),
        left_out=left_out,
        site_url=canonical_url(_text(feed, "link"), url),
    )


def _without_repeated_guids(items):
    """What several items have for an id identifies none of them."""
    items = list(items)
    count = Counter(item.guid for item in items)
    return [replace(item, guid="") if count[item.guid] > 1 else item for item in items]


def _language(declared):
    code = re.split("[-_]", clean(declared).lower())[0]
    is_code = len(code) == 2 and code.isascii() and code.isalpha()
    return SAME_LANGUAGE.get(code, code) if is_code else ""


def _ttl(feed):
    """Seconds until the next visit that a feed asks for, at most a day; or None.

    Sources: RSS 2.0, ttl (minutes); RSS 1.0, module Syndication.
    """
    if (minutes := _number(feed, "ttl")) is not None:
        return min(minutes * 60, DAY_S)
    period = PERIODS_S.get(_text(feed, "sy_updateperiod").strip().lower())
    frequency = _number(feed, "sy_updatefrequency") or 1
    return min(period // frequency, DAY_S) if period else None


def _number(feed, name):
    digits = _text(feed, name).strip()
    return int(digits[:9]) if digits.isascii() and digits.isdigit() else None


def canonical_url(link, base):
    """Absolute http(s) form of a link, fragment and tracking dropped, or "".

    All else stays: this address is also the one that is fetched.
    """
    link = clean(BREAKS.sub("", link or "")).replace("&amp;", "&")
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


def plain(markup, most=SUMMARY_MARKUP):
    """The text of a title or summary that may be HTML, escaped once or twice.

    Only the first characters of the markup, as many as most, are looked at.
    """
    markup = (markup or "")[:most]
    if "<" not in markup and "&" not in markup:
        return clean(markup)
    markup = LESS_THAN.sub("&lt;", clean(unescape(markup)))
    safe = nh3.clean(
        TAG.sub(_apart, markup),
        tags=INLINE,
        clean_content_tags=HIDDEN,
        attributes={},
        link_rel=None,
    )
    try:
        tree = html.fromstring(f"<div>{safe}</div>")
    except (ParserError, ValueError):
        return clean(markup)
    return joined(tree, INLINE)


def _apart(match):
    """A tag that ends a word becomes a space, and an element that holds nothing.

    nh3 takes minutes over some thousands of lists, one inside the other.
    """
    return match[0] if match[1].lower() in KEPT else " <wbr"


def joined(tree, inline):
    """The clean text of an element; only elements named in inline don't end a word."""
    for element in tree.iter("*"):
        if element.tag not in inline:
            element.text = f" {element.text or ''}"
            element.tail = f" {element.tail or ''}"
    return clean("".join(tree.itertext()))


def _item(entry, base):
    return Item(
        url=_link(entry, base),
        guid=clean(_text(entry, "id"))[:NAME_CHARACTERS],
        title=plain(_text(entry, "title"), TITLE_MARKUP),
        summary=plain(_text(entry, "summary")),
        authors=_authors(entry),
        image_url=_image(entry, base),
        published_at=_time(entry, "published") or _time(entry, "updated"),
        categories=_categories(entry),
        updated_at=_time(entry, "updated"),
    )


def _link(entry, base):
    """The page of an entry: FeedBurner's note of it, a link, or an id that is one."""
    links = [link for link in _dicts(entry, "links") if link.get("rel") == "alternate"]
    pages = [link for link in links if link.get("type", "text/html") in HTML_TYPES]
    found = [_text(entry, "feedburner_origlink")]
    found += [link.get("href") for link in pages or links]
    if entry.get("guidislink") and is_absolute(_text(entry, "id")):
        found.append(entry["id"])
    return next(filter(None, (canonical_url(link, base) for link in found)), "")


def _dicts(entry, name):
    """A list of feedparser's; an element of that name may have taken its place."""
    return [one for one in entry.get(name) or () if isinstance(one, dict)]


def _text(entry, name):
    found = dict.get(entry, name)
    return found if isinstance(found, str) else ""


def is_absolute(link):
    return clean(link).lower().startswith(("http://", "https://"))


def _authors(entry):
    names = [_name(author.get("name")) for author in _dicts(entry, "authors")]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _categories(entry):
    terms = [_name(tag.get("term")) for tag in _dicts(entry, "tags")[:MOST_CATEGORIES]]
    return tuple(filter(None, terms))


def _name(name):
    return plain(name if isinstance(name, str) else "", NAME_CHARACTERS)


def _image(entry, base):
    media = [*_dicts(entry, "media_content"), *_dicts(entry, "media_thumbnail")]
    links = [m.get("url") for m in media if _is_image(m)]
    links += [
        link.get("href")
        for link in _dicts(entry, "links")
        if link.get("rel") == "enclosure" and "image" in (link.get("type") or "")
    ]
    urls = [canonical_url(link, base) for link in links]
    return next((url for url in urls if url), "")


def _is_image(media):
    return "image" in (media.get("medium") or media.get("type") or "image")


def _time(entry, name):
    # feedparser's own get() warns, and mixes the two up where one is missing.
    if found := moment(_text(entry, name)):
        return found
    try:
        parsed = dict.get(entry, f"{name}_parsed")
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
