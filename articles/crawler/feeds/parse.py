"""From a feed's bytes to items."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lxml.etree import LxmlError

from articles import languages
from articles.addresses import (
    HTML_TYPES,
    best_first,
    canonical_url,
    is_absolute,
)
from articles.crawler.feeds import json_feed, xml_feed
from articles.crawler.feeds.dates import moment
from articles.crawler.feeds.encoding import decode
from articles.crawler.feeds.entities import EntityBomb
from articles.crawler.feeds.markup import plain, plain_title, title
from articles.text import clean

# Of one feed; the rest is only counted.
MOST_ITEMS = 1000
MOST_CATEGORIES = 50
NAME_CHARACTERS = 500
DAY_S = 86_400
PERIODS_S = {
    "hourly": 3600,
    "daily": DAY_S,
    "weekly": 7 * DAY_S,
    "monthly": 30 * DAY_S,
    "yearly": 365 * DAY_S,
}


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
    """A feed. ``language`` is 2 to 8 letters or ""; ``ttl_s`` seconds it asks for.

    ``left_out`` counts the items after the first MOST_ITEMS, which were not read;
    ``without_address`` those that name no page, and ``repeated`` those that name the
    page of an item before them. ``found`` counts all.
    """

    title: str
    items: tuple[Item, ...]
    language: str = ""
    ttl_s: int | None = None
    left_out: int = 0
    without_address: int = 0
    repeated: int = 0

    @property
    def found(self) -> int:
        return len(self.items) + sum(self.without_page.values())

    @property
    def without_page(self) -> dict[str, int]:
        """Why items are not among ``items``, and how many."""
        return {
            "beyond the feed's first items": self.left_out,
            "without an address": self.without_address,
            "the same address again": self.repeated,
        }


def parse_feed(body: bytes, url: str, content_type: str = "") -> FeedDocument:
    """Return the FeedDocument in body, which was fetched from url.

    Reads RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, and JSON Feed. Items without a usable
    link are left out and counted; a feed may have no items for now. Raises ParseError
    when body is no feed, or when none of its items has a link. Hostile feeds take long,
    so call it where it can be killed.
    """
    try:
        return _parse_feed(decode(body, content_type), url)
    except EntityBomb as exc:
        raise ParseError(f"{url}: refused: {exc}") from exc
    except (ValueError, RecursionError, LxmlError) as exc:  # such as other JSON
        raise ParseError(f"{url}: not a feed: {exc}") from exc


def _parse_feed(text: str, url: str) -> FeedDocument:
    reader = json_feed if text.lstrip()[:1] in ("{", "[") else xml_feed
    feed, entries, left_out = reader.read(text, MOST_ITEMS)
    language = _language(_text(feed, "language"))
    found = [_item(entry, url, language) for entry in entries]
    linked = [item for item in found if item.url]
    if found and not linked:
        raise ParseError(
            f"{url}: the feed has no items with a link: none of its {len(found)} items"
            " names a page, and there is nothing to read without one"
        )
    items = {item.url: item for item in reversed(linked)}
    return FeedDocument(
        title=_title(feed),
        items=tuple(_without_repeated_guids(reversed(items.values()))),
        language=language,
        ttl_s=_ttl(feed),
        left_out=left_out,
        without_address=len(found) - len(linked),
        repeated=len(linked) - len(items),
    )


def _without_repeated_guids(items: Iterable[Item]) -> list[Item]:
    """What several items have for an id identifies none of them."""
    items = list(items)
    count = Counter(item.guid for item in items)
    return [replace(item, guid="") if count[item.guid] > 1 else item for item in items]


def _language(declared: str) -> str:
    """The first part of a language tag (RFC 5646), or "" for what is none."""
    code = re.split("[-_]", clean(declared).lower())[0]
    is_code = 2 <= len(code) <= 8 and code.isascii() and code.isalpha()
    return languages.code_of(code) if is_code else ""


def _ttl(feed: dict[str, Any]) -> int | None:
    """Seconds until the next visit that a feed asks for, at most a day; or None.

    Sources: RSS 2.0, ttl (minutes); RSS 1.0, module Syndication.
    """
    if (minutes := _number(feed, "ttl")) is not None:
        return min(minutes * 60, DAY_S)
    period = PERIODS_S.get(_text(feed, "sy_updateperiod").strip().lower())
    frequency = _number(feed, "sy_updatefrequency") or 1
    return min(period // frequency, DAY_S) if period else None


def _number(feed: dict[str, Any], name: str) -> int | None:
    digits = _text(feed, name).strip()
    return int(digits[:9]) if digits.isascii() and digits.isdigit() else None


def _item(entry: dict[str, Any], base: str, language: str) -> Item:
    return Item(
        url=_link(entry, base, language),
        guid=clean(_text(entry, "id"))[:NAME_CHARACTERS],
        title=_title(entry),
        summary=_summary(entry),
        authors=_authors(entry),
        image_url=_image(entry, base),
        published_at=_time(entry, "published") or _time(entry, "updated"),
        categories=_categories(entry),
        updated_at=_time(entry, "updated"),
    )


def _title(entry: dict[str, Any]) -> str:
    """Plain text where the format says so (Atom, JSON Feed); RSS leaves it open."""
    text = _text(entry, "title")
    return title(text) if entry.get("title_is_text") else plain_title(text)


def _summary(entry: dict[str, Any]) -> str:
    """Many forget to say that theirs is HTML: tags are tags where they end."""
    text = _text(entry, "summary")
    return plain_title(text) if entry.get("summary_is_text") else plain(text)


def _link(entry: dict[str, Any], base: str, language: str) -> str:
    """The page of an entry: FeedBurner's note of it, a link, or what else names it."""
    links = [link for link in _dicts(entry, "links") if link.get("rel") == "alternate"]
    detail = entry.get("title_detail")
    own = _language(_text(detail, "language")) if isinstance(detail, dict) else ""
    found = [_text(entry, "feedburner_origlink")]
    found += [link.get("href", "") for link in best_first(links, own or language)]
    found += _other_links(entry)
    return next(filter(None, (canonical_url(link, base) for link in found)), "")


def _other_links(entry: dict[str, Any]) -> list[str]:
    """Addresses that serve where an item has no link: of pages, and absolute."""
    # Without a word on it an id is one: RSS 1.0 calls it rdf:about.
    found = [_text(entry, "id")] if entry.get("guidislink", True) else []
    files = [*_dicts(entry, "links"), *_dicts(entry, "media_content")]
    found += [
        file.get("href") or file.get("url", "")
        for file in files
        if file.get("rel", "enclosure") == "enclosure"
        and file.get("type") in HTML_TYPES
    ]
    player = entry.get("media_player")
    found.append(_text(player, "url") if isinstance(player, dict) else "")
    # Of the article's own page, not of a forum.
    comments = _text(entry, "comments")
    found.append(comments if "#" in comments else "")
    return [link for link in found if isinstance(link, str) and is_absolute(link)]


def _dicts(entry: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of feedparser's; an element of that name may have taken its place."""
    return [one for one in entry.get(name) or () if isinstance(one, dict)]


def _text(entry: dict[str, Any], name: str) -> str:
    found = dict.get(entry, name)
    return found if isinstance(found, str) else ""


def _authors(entry: dict[str, Any]) -> str:
    names = [_name(author.get("name")) for author in _dicts(entry, "authors")]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _categories(entry: dict[str, Any]) -> tuple[str, ...]:
    terms = [_name(tag.get("term")) for tag in _dicts(entry, "tags")[:MOST_CATEGORIES]]
    return tuple(filter(None, terms))


def _name(name: object) -> str:
    return plain(name if isinstance(name, str) else "", NAME_CHARACTERS)


def _image(entry: dict[str, Any], base: str) -> str:
    media = [*_dicts(entry, "media_content"), *_dicts(entry, "media_thumbnail")]
    links = [m.get("url") for m in media if _is_image(m)]
    links += [
        link.get("href")
        for link in _dicts(entry, "links")
        if link.get("rel") == "enclosure" and "image" in (link.get("type") or "")
    ]
    urls = [canonical_url(link, base) for link in links]
    return next((url for url in urls if url), "")


def _is_image(media: dict[str, Any]) -> bool:
    return "image" in (media.get("medium") or media.get("type") or "image")


def _time(entry: dict[str, Any], name: str) -> datetime | None:
    # feedparser's own get() warns, and mixes the two up where one is missing. Its times
    # are guesses: it takes parts of a date for others.
    return moment(_text(entry, name))
