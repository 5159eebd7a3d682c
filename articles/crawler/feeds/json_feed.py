"""JSON Feed, read into the shape that feedparser gives RSS and Atom.

Source: https://www.jsonfeed.org/version/1.1/ and its version 1. Whatever has another
type than it should have is as good as missing.
"""

import json
from typing import Any

VERSION = "jsonfeed.org/version/"


def read(text: str, most: int) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """Return (feed, entries, left_out): a dict and a list of dicts, as feedparser's.

    Of the items only the first are read, as many as most; left_out counts the rest.

    Raises ValueError, or RecursionError, when text is no JSON Feed.
    """
    # Characters that JSON forbids in strings do no harm here.
    document = _dict(json.loads(text, strict=False))
    if VERSION not in _text(document, "version"):
        raise ValueError("JSON, but not a JSON Feed")
    if not isinstance(document.get("items"), list):
        raise ValueError("a JSON Feed without a list of items")
    feed = {
        "title": _text(document, "title"),
        "title_is_text": True,
        "language": _text(document, "language"),
    }
    # What is no object has no address either, and is counted with such.
    items = [_dict(item) for item in _list(document, "items")]
    left_out = max(len(items) - most, 0)
    return feed, [_entry(item) for item in items[:most]], left_out


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    html, plain = _text(item, "content_html"), _text(item, "content_text")
    links = [_text(item, name) for name in ("url", "external_url")]
    images = [_text(item, name) for name in ("image", "banner_image")]
    files = [
        {
            "rel": "enclosure",
            "href": _text(file, "url"),
            "type": _text(file, "mime_type"),
        }
        for file in _dicts(item, "attachments")
    ]
    return {
        "id": _text(item, "id"),
        "guidislink": True,
        "links": [*({"rel": "alternate", "href": link} for link in links), *files],
        "title": _text(item, "title"),
        "title_is_text": True,
        "summary": _text(item, "summary") or html or plain,
        "summary_is_text": bool(_text(item, "summary") or not html),
        "authors": [*_dicts(item, "authors"), _dict(item.get("author"))],
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
        "tags": [{"term": tag} for tag in _list(item, "tags")],
        "media_thumbnail": [{"url": image} for image in images],
    }


def _text(table: dict[str, Any], name: str) -> str:
    value = table.get(name)
    # Version 1 lets an id be a number.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(table: dict[str, Any], name: str) -> list[Any]:
    value = table.get(name)
    return value if isinstance(value, list) else []


def _dicts(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [value for value in _list(table, name) if isinstance(value, dict)]
