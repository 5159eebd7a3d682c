"""From a web page's bytes to an article's text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml.etree import LxmlError, _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html
from trafilatura.settings import Document

from articles.crawler.feeds.encoding import decode
from articles.crawler.feeds.markup import joined
from articles.crawler.pages.blocks import to_blocks
from articles.crawler.pages.boilerplate import (
    is_notice,
    paragraphs_length,
    prune,
    repeats,
    standfirst,
)
from articles.crawler.pages.furniture import drop_beside
from articles.crawler.pages.metadata import Metadata, read_metadata
from articles.crawler.pages.titles import same
from articles.crawler.pages.visibility import drop_unseen

# Elements of trafilatura's trees inside which a word goes on: bold, links, deleted.
INLINE = {"hi", "ref", "del"}
# Around the blocks that readability finds, trafilatura's second extractor.
CONTAINERS = {"html", "body", "div"}
# A text that is less of a page's paragraphs is looked for again, by slower means.
LITTLE = 0.4


# A block's tag and text.
Fragment = tuple[str, str]


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
    canonical_url: str = ""
    language: str = ""
    kind: str = ""
    is_free: bool = True


def extract(body: bytes, url: str, content_type: str = "") -> Extracted:
    """Return the Extracted article of a page; without a text it has no fragments.

    Raises ExtractError. Hostile pages take long, so call it where it can be killed.
    """
    try:
        return _extract(decode(body, content_type), url)
    except (ValueError, RecursionError, LxmlError) as exc:
        raise ExtractError(f"{url}: the page can't be read: {exc!r}") from exc


def _extract(text: str, url: str) -> Extracted:
    tree = load_html(text)
    if tree is None:
        return Extracted("", "", "", None, ())
    page = read_metadata(tree, url)
    return Extracted(
        title=page.title,
        authors=page.authors,
        image_url=page.image_url,
        published_at=page.published_at,
        fragments=tuple(_text(tree, url, page)),
        canonical_url=page.canonical_url,
        language=page.language,
        kind=page.kind,
        is_free=page.is_free,
    )


def _text(tree: HtmlElement, url: str, page: Metadata) -> list[Fragment]:
    """The article's fragments: trafilatura's, without notices and headlines."""
    lead = standfirst(tree, page.descriptions)
    drop_beside(tree, paragraphs_length)
    drop_unseen(tree)
    to_blocks(tree, page.language)
    prune(tree, page.headlines)
    found = _read(tree, url, fast=True)
    if _length(found) < paragraphs_length(tree) * LITTLE:
        found = max(found, _read(tree, url, fast=False), key=_length)
    fragments = [
        (tag, text)
        for tag, text in found
        if not is_notice(text) and not _is_headline(tag, text, page.headlines)
    ]
    fragments = _until_another(_without_doubled_headings(fragments))
    known = any(same(lead) in same(text) for _, text in fragments)
    return fragments if known or not fragments else [("p", lead), *fragments]


def _is_headline(tag: str, text: str, headlines: Iterable[str]) -> bool:
    """The headline is the article's title already, not the start of its body."""
    exact = same(text) in map(same, headlines)
    return exact or (tag.startswith("h") and repeats(text, headlines))


def _read(tree: HtmlElement, url: str, fast: bool) -> list[Fragment]:
    """trafilatura's fragments; where it is not fast, it compares other extractors."""
    found = bare_extraction(
        tree,
        url=url,
        fast=fast,
        include_formatting=True,
        include_comments=False,
        include_tables=False,
    )
    return list(_fragments(found.body)) if isinstance(found, Document) else []


def _length(fragments: list[Fragment]) -> int:
    return sum(len(text) for _, text in fragments)


def _without_doubled_headings(fragments: list[Fragment]) -> list[Fragment]:
    """Some pages set a heading twice, for narrow screens and for wide ones."""
    before = [None, *fragments]
    return [
        (tag, text)
        for (tag, text), last in zip(fragments, before, strict=False)
        if not tag.startswith("h") or (tag, text) != last
    ]


def _until_another(fragments: list[Fragment]) -> list[Fragment]:
    """Cut at a lone headline in the second half: there something else begins."""
    places = [place for place, (tag, _) in enumerate(fragments) if tag == "h1"]
    if len(places) == 1 and _length(fragments[: places[0]]) * 2 > _length(fragments):
        return fragments[: places[0]]
    return fragments


def _fragments(body: _Element) -> Iterator[Fragment]:
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
        elif element.tag in CONTAINERS and element.find(".//p") is not None:
            yield from _fragments(element)
        elif element.tag in {"p", *CONTAINERS}:
            yield from _fragment("p", element)


def _items(element: _Element) -> list[Fragment]:
    """A list's items in order, each without the items of lists inside it."""
    texts = []
    for item in reversed(list(element.iter("item"))):
        texts.append(joined(item, INLINE))
        item.clear(keep_tail=True)  # read once: not again as a part of an outer item
    return [("li", text) for text in reversed(texts) if text]


def _fragment(tag: str, element: _Element) -> Iterator[Fragment]:
    if text := joined(element, INLINE):
        yield tag, text


def _heading(rend: str | None) -> str:
    return rend if rend in {"h1", "h2", "h3", "h4", "h5", "h6"} else "h2"
