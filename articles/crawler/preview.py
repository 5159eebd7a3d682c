"""A look at a feed before it is added. What was fetched then serves its first visit."""

import base64
import hashlib
import json
import logging
import os
import time
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from articles.crawler import apart
from articles.crawler.feeds.discover import FeedLink
from articles.crawler.feeds.looks import NOTHING
from articles.crawler.feeds.parse import FeedDocument, Item, ParseError
from articles.crawler.judge.draft import URL_CHARACTERS
from articles.crawler.web.fetch import Fetcher, Page
from zeeguu.base import private
from zeeguu.base.process_pool import KillablePool

logger = logging.getLogger(__name__)

MOST_ITEMS = 10
# Of an address that a feed can have.
FEED_URL_CHARACTERS = 500
OLD = timedelta(days=30)
MAX_AGE_S = 600
MOST_KEPT = 50


def look(
    fetcher: Fetcher, pool: KillablePool, url: str
) -> tuple[FeedDocument | None, list[FeedLink], str, str]:
    """Fetch what is at url, and read it in a KillablePool.

    Returns (FeedDocument, [], "", moved_to) for a feed, which is kept for ``recall``;
    moved_to is where it moved for good, or "". For all else that is (None, [FeedLink,
    …], why it is no feed, ""). Raises FetchError and ParseError.
    """
    page = fetcher.get(url)
    try:
        document = apart.parse(pool, page)
    except ParseError as exc:
        links = apart.links(pool, page)
        fit = [link for link in links if len(link.url) <= FEED_URL_CHARACTERS]
        return None, fit, str(exc), ""
    keep(url, page)
    return document, [], "", page.moved_to


def summary(
    url: str,
    document: FeedDocument | None,
    links: Sequence[FeedLink],
    error: str,
    problems: Sequence[str],
    moved_to: str = "",
) -> dict[str, Any]:
    """A look as a dict for JSON; document may be None."""
    facts: dict[str, Any] = {
        "url": url,
        "error": error,
        "problems": problems,
        "moved_to": moved_to,
    }
    facts["links"] = [vars(link) for link in links]
    if document is not None:
        facts |= {
            "title": document.title,
            "language": document.language,
            "found": document.found,
            "left_out": document.left_out,
            "items": [_item(item) for item in document.items[:MOST_ITEMS]],
        }
    return {**NOTHING, **facts}


def _item(item: Item) -> dict[str, Any]:
    at = item.published_at
    return {
        "url": item.url[:URL_CHARACTERS],
        "title": item.title,
        "published_at": at.isoformat() if at else None,
    }


def find_problems(
    document: FeedDocument, wanted: str, known: Collection[str]
) -> list[str]:
    """What an admin should know of a feed before adding it, as sentences.

    wanted is the language asked for, or ""; known are the codes of those there are.
    """
    return [
        *_of_language(document.language, wanted, known),
        *_of_addresses(document),
        *_of_dates(document),
    ]


def _of_language(declared: str, wanted: str, known: Collection[str]) -> list[str]:
    if not declared:
        return [] if wanted else ["It declares no language: choose one."]
    if wanted and wanted != declared:
        return [f"It declares the language {declared}, not {wanted}."]
    if declared not in known:
        return [f"It declares the language {declared}, which is not one of ours."]
    return []


def _of_addresses(document: FeedDocument) -> list[str]:
    lost, again = document.without_address, document.repeated
    found = [f"Items without an address, which are left out: {lost}."] if lost else []
    if again:
        found.append(f"Items with the address of another, which are left out: {again}.")
    return found


def _of_dates(document: FeedDocument) -> list[str]:
    if not document.items:
        return ["It has no items for now."]
    dates = [item.published_at for item in document.items if item.published_at]
    if not dates:
        return ["No item has a date: articles get the time at which they are found."]
    number = len(document.items)
    without = number - len(dates)
    found = [f"{without} of {number} items have no date."] if without else []
    if max(dates) < timezone.now() - OLD:
        found.append(f"Its newest item is of {max(dates):%Y-%m-%d}.")
    return found


# --- what was fetched


def keep(url: str, page: Page) -> None:
    """Keep the Page that was fetched from url for ``recall``; in vain is no harm."""
    facts = {
        **vars(page),
        "body": base64.b64encode(page.body or b"").decode(),
        "headers": [[_text(name), _text(value)] for name, value in page.headers.raw],
    }
    path = _path(url)
    try:
        private.make_folder(path.parent)
        _make_room(path.parent)
        # Whole or not at all: a crawl may be reading.
        part = path.with_suffix(f".{os.getpid()}")
        private.make_file(part)
        part.write_text(json.dumps({"at": time.time(), "page": facts}))
        part.replace(path)
    except OSError as exc:
        logger.warning("%s: %s; the first visit will fetch it again", url, exc)


def recall(url: str, max_age_s: float = MAX_AGE_S) -> Page | None:
    """Return the Page that was kept for url if it is not too old, once; or None."""
    path = _path(url)
    try:
        kept = json.loads(path.read_text())
        path.unlink()  # of two that read it only one gets on
        if not 0 <= time.time() - kept["at"] <= max_age_s:
            return None
        facts = kept["page"]
        body = base64.b64decode(facts["body"])
        headers = [(_bytes(name), _bytes(value)) for name, value in facts["headers"]]
        return Page(**{**facts, "body": body, "headers": httpx.Headers(headers)})
    except (OSError, ValueError, TypeError, LookupError):  # such as half a disk's write
        return None


def _text(raw: bytes) -> str:
    """Any bytes as text for JSON; they may be in no encoding at all."""
    return raw.decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")


def _path(url: str) -> Path:
    name = hashlib.sha256(url.encode()).hexdigest()
    return settings.RUN_DIR / "previews" / f"{name}.json"


def _make_room(folder: Path) -> None:
    """Delete what is too old, and the oldest where there are as many as may be."""
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)
    oldest = time.time() - MAX_AGE_S
    for number, file in enumerate(files):
        if file.stat().st_mtime < oldest or len(files) - number >= MOST_KEPT:
            file.unlink(missing_ok=True)
