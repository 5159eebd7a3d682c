"""From a web page's bytes to an article's text."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from trafilatura import bare_extraction

from articles.crawler.limit import TimeIsUp, time_limit
from articles.crawler.parse import PARSER_FAULTS, canonical_url, joined
from articles.text import clean

# Elements of trafilatura's trees inside which a word goes on: bold, links, deleted.
INLINE = {"hi", "ref", "del"}


class ExtractError(Exception):
    """A page broke the extractor; the message names the page and the fault."""


@dataclass(frozen=True)
class Extracted:
    """What a page says of itself; ``fragments`` are (tag, text) in order."""

    title: str
    authors: str
    image_url: str
    published_at: datetime | None
    fragments: tuple[tuple[str, str], ...]


def extract(body, url):
    """Return the Extracted article of a page; without a text it has no fragments.

    Raises ExtractError.
    """
    limit_s = settings.CRAWLER_PARSE_TIMEOUT_S
    try:
        with time_limit(limit_s):
            return _extract(body, url)
    except TimeIsUp:
        message = f"{url}: took longer than {limit_s} s to read"
        raise ExtractError(message) from None
    except PARSER_FAULTS as exc:
        raise ExtractError(f"{url}: the page can't be read: {exc!r}") from exc


def _extract(body, url):
    found = bare_extraction(
        body,
        url=url,
        with_metadata=True,
        include_formatting=True,
        include_comments=False,
        include_tables=False,
    )
    if found is None:
        return Extracted("", "", "", None, ())
    title = clean(found.title)
    fragments = tuple(_fragments(found.body))
    if fragments and _is_heading(fragments[0], title):
        fragments = fragments[1:]
    return Extracted(
        title=title,
        authors=clean(found.author).replace(";", ","),
        image_url=canonical_url(found.image, url),
        published_at=_midnight(found.date),
        fragments=fragments,
    )


def _fragments(body):
    """Walk trafilatura's tree; only blocks with a text of their own are kept."""
    for element in body.iterchildren():
        if element.tag == "list":
            yield from _items(element)
        elif element.tag == "quote":
            # Text beside the paragraphs is as much of the quote as they are.
            loose = element.xpath(".//text()[not(ancestor::p)][normalize-space()]")
            paragraphs = [] if loose else element.findall(".//p")
            for paragraph in paragraphs or [element]:
                yield from _fragment("blockquote", paragraph)
        elif element.tag == "head":
            yield from _fragment(_heading(element.get("rend")), element)
        elif element.tag == "p":
            yield from _fragment("p", element)


def _items(element):
    """A list's items in order, each without the items of lists inside it."""
    texts = []
    for item in reversed(list(element.iter("item"))):
        texts.append(joined(item, INLINE))
        item.clear(keep_tail=True)  # read once: not again as a part of an outer item
    return [("li", text) for text in reversed(texts) if text]


def _fragment(tag, element):
    if text := joined(element, INLINE):
        yield tag, text


def _heading(rend):
    return rend if rend in {"h1", "h2", "h3", "h4", "h5", "h6"} else "h2"


def _is_heading(fragment, title):
    """The headline is the article's title already, not the start of its body."""
    tag, text = fragment
    return tag.startswith("h") and text == title


def _midnight(date):
    return datetime.fromisoformat(date).replace(tzinfo=UTC) if date else None
