"""What a web page says of itself: schema.org JSON-LD, Open Graph, other meta tags."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from trafilatura.metadata import examine_meta, extract_author, extract_title

from articles.addresses import canonical_url
from articles.crawler.feeds.markup import plain
from articles.crawler.pages.dates import OWN_TYPE, is_foreign, published
from articles.crawler.pages.titles import folded_text, headlines, same, window_title
from articles.text import clean

# Whatever a JSON document holds that should not be there.
JSON_FAULTS = (ValueError, RecursionError)
# schema.org's Article and its subtypes: NewsArticle, BlogPosting, Report.
ARTICLE = re.compile(r"(Article|Posting|Report)$")
# Types of things that pages have beside what they are about.
FURNITURE = re.compile(
    r"(Organization|Corporation|WebSite|WebPage|Breadcrumb(List)?|ImageObject|Person|"
    r"ItemList|Place|Element|Action|Thing|WPHeader|WPFooter)$"
)
# Properties under which an object holds what the page is about.
MAIN = ("@graph", "mainEntity", "mainEntityOfPage")
NOT_FREE = re.compile(r"(https?://schema\.org/)?false|no|0", re.IGNORECASE)
PAID = {"locked", "metered", "paid", "premium", "subscriber", "subscribers"}
YES = {"true", "yes", "1", *PAID}
NOT_FREE_META = {
    **dict.fromkeys(("article:content_tier", "og:article:content_tier"), PAID),
    **dict.fromkeys(("content_tier", "content-tier", "article:access"), PAID),
    **dict.fromkeys(("paywall", "article:paywall", "is_premium", "premium"), YES),
    "isaccessibleforfree": {"false", "no", "0"},
}
SAME_SITE = re.compile(r"^((www|m|amp)\.)+")
LANGUAGE = re.compile(r"([a-z]{2})(?![a-z])", re.IGNORECASE)


# An object of JSON-LD.
Node = dict[str, Any]


@dataclass(frozen=True)
class Metadata:
    """Plain, clean texts; "" or None where the page does not say.

    ``headlines`` are all that the page calls itself, ``descriptions`` its summaries;
    ``kind`` is a schema.org type or an og:type; ``language`` a two-letter code.
    """

    title: str
    authors: str
    image_url: str
    published_at: datetime | None
    canonical_url: str
    language: str
    kind: str
    is_free: bool
    headlines: tuple[str, ...]
    descriptions: tuple[str, ...]


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """Return the Metadata of a page's lxml tree, which was fetched from url.

    trafilatura's search through the page, which is slow, only fills what is missing,
    and never a date: it would take any date on the page.
    """
    meta = _meta(tree)
    nodes = list(_nodes(tree))
    article = _article(nodes, tree, meta)
    given = [[_text(article.get("headline"))]]
    given += [[_text(meta.get(name)) for name in ("og:title", "twitter:title")]]
    titles = headlines(tree, given, _text(meta.get("og:site_name")))
    titles = titles or [plain(extract_title(tree))]
    authors = _authors(article.get("author")) or _authors(meta.get("author"))
    about = [article, *filter(_is_page, nodes)]
    headings = [one for one in tree.iter("h1", "h2", "h3") if _is_in(one, titles)]
    return Metadata(
        title=titles[0],
        authors=authors or _visible_authors(tree),
        image_url=_image(meta, article, url),
        published_at=published(tree, url, headings, about, meta),
        canonical_url=_canonical(tree, meta, url),
        language=_language(tree),
        kind=_kind(nodes, article, meta),
        is_free=not (any(map(_is_locked, about)) or _is_paid(meta)),
        headlines=tuple(filter(same, titles)),
        descriptions=_descriptions(article, meta),
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The page's meta tags by name in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            name = (element.get(attribute) or "").strip().lower()
            content = element.get("content", "")
            if name and clean(content) and _is_of_page(element, name):
                found.setdefault(name, content)
    return found


def _is_of_page(element: HtmlElement, name: str) -> bool:
    """Not a comment's or a teaser's; times in the body are told by their places."""
    around = element.getparent()
    in_head = around is not None and around.tag == "head"
    if element.get("itemprop") is None or in_head:
        return True
    return name != "datepublished" and not is_foreign(element)


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    """The objects of the page's JSON-LD, without those inside other objects."""
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            try:
                found = json.loads(_bare(script.text or ""), strict=False)
            except JSON_FAULTS:
                continue
            yield from _unpacked(found)


def _bare(text: str) -> str:
    """A script's JSON without the comment and CDATA marks that some put around it."""
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    starts = [place for place in (text.find("{"), text.find("[")) if place >= 0]
    return text[min(starts, default=0) : max(text.rfind("}"), text.rfind("]")) + 1]


def _unpacked(value: object, depth: int = 4) -> Iterator[Node]:
    if isinstance(value, list) and depth:
        for member in value:
            yield from _unpacked(member, depth - 1)
    elif isinstance(value, dict) and depth:
        yield value
        for name in MAIN:
            yield from _unpacked(value.get(name), depth - 1)


def _types(node: Node) -> list[str]:
    """The schema.org types of an object: names, without the vocabulary's address."""
    types = node.get("@type")
    names = [name for name in _listed(types) if isinstance(name, str)]
    return [re.split(r"[/:#]", clean(name))[-1] for name in names]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    """The plain text of a JSON value that should be one."""
    value = next(iter(_listed(value)), "")
    return plain(value) if isinstance(value, str) else ""


def _article(nodes: Sequence[Node], tree: HtmlElement, meta: Mapping[str, str]) -> Node:
    """The object that describes the page's article, or an empty one.

    Pages also describe other articles that they link to; the page's own has its title.
    """
    articles = [node for node in nodes if any(map(ARTICLE.search, _types(node)))]
    titles = [plain(meta.get("og:title")), *window_title(tree)]
    titles += map(folded_text, tree.iter("h1"))
    known = [same(title) for title in titles if same(title)]
    places = {title: place for place, title in reversed([*enumerate(known)])}
    headlines = (same(_text(node.get("headline"))) for node in articles)
    ranks = [places.get(headline, len(known)) for headline in headlines]
    return articles[ranks.index(min(ranks))] if articles else {}


def _is_page(node: Node) -> bool:
    """Whether an object may speak of the page: not of an event, a book, a product."""
    types = _types(node)
    is_article = any(map(ARTICLE.search, types))
    return not is_article and all(map(OWN_TYPE.search, types))


def _is_in(element: HtmlElement, titles: Iterable[str]) -> bool:
    return same(folded_text(element)) in map(same, filter(same, titles))


def _visible_authors(tree: HtmlElement) -> str:
    """What trafilatura finds in meta tags and bylines: names, or ""."""
    named = examine_meta(tree).author or ""
    # One word is an account's name.
    found = named if " " in named else extract_author(tree)
    return plain(found).replace(";", ",")


def _authors(value: object) -> str:
    """Names in JSON-LD or a meta tag, joined; addresses of profiles are no names."""
    names = []
    for author in _listed(value):
        named = author.get("name") if isinstance(author, dict) else author
        names += [_text(name) for name in _listed(named)]
    names = [name for name in names if name and "://" not in name]
    return ", ".join(dict.fromkeys(names))


def _image(meta: Mapping[str, str], article: Node, url: str) -> str:
    image = next(iter(_listed(article.get("image"))), None)
    image = image.get("url") if isinstance(image, dict) else image
    given = [meta.get("og:image"), meta.get("twitter:image"), image]
    urls = (canonical_url(link, url) for link in given if isinstance(link, str))
    return next(filter(None, urls), "")


def _canonical(tree: HtmlElement, meta: Mapping[str, str], url: str) -> str:
    links = [link for link in tree.iter("link") if _is_canonical(link)]
    given = [link.get("href") for link in links] + [meta.get("og:url")]
    found = canonical_url(next(filter(None, given), ""), url)
    parts = urlsplit(found)
    # A front page as the address of all articles is a frequent mistake.
    if _site(found) != _site(url) or (parts.path == "/" and not parts.query):
        return ""
    return found


def _is_canonical(link: HtmlElement) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _site(url: str) -> str:
    return SAME_SITE.sub("", urlsplit(url).netloc.lower())


def _language(tree: HtmlElement) -> str:
    declared = LANGUAGE.match(clean(tree.get("lang") or tree.get("xml:lang")))
    return declared[1].lower() if declared else ""


def _kind(nodes: Sequence[Node], article: Node, meta: Mapping[str, str]) -> str:
    """The article's type; a page called an article may have a video's beside it."""
    opened = _text(meta.get("og:type"))
    others = [opened] if opened.lower() == "article" else []
    others += [name for node in nodes for name in _types(node)]
    others = [kind for kind in others if not FURNITURE.search(kind)]
    return next(filter(None, [*_types(article), *others, opened]), "")


def _is_locked(node: Node) -> bool:
    """Whether an object of the page says that it, or a part of it, is not free."""
    free = node.get("isAccessibleForFree")
    parts = [part for part in _listed(node.get("hasPart")) if isinstance(part, dict)]
    return _is_not_free(free) or (free is None and any(map(_is_locked, parts)))


def _is_not_free(value: object) -> bool:
    return value is False or bool(isinstance(value, str) and NOT_FREE.fullmatch(value))


def _is_paid(meta: Mapping[str, str]) -> bool:
    said = ((clean(meta.get(name)).lower(), yes) for name, yes in NOT_FREE_META.items())
    return any(value in yes for value, yes in said)


def _descriptions(article: Node, meta: Mapping[str, str]) -> tuple[str, ...]:
    given = [article.get("description"), meta.get("og:description")]
    given += [meta.get("description"), meta.get("twitter:description")]
    return tuple(dict.fromkeys(filter(None, map(_text, given))))
