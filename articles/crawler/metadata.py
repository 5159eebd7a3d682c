"""What a web page says of itself: schema.org JSON-LD, Open Graph, other meta tags."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from trafilatura import extract_metadata

from articles.crawler.parse import canonical_url, plain
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
PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished"),
    *("date.available", "dc.date.issued", "dcterms.created", "parsely-pub-date"),
    *("sailthru.date", "pubdate", "publishdate", "publish-date", "dc.date", "date"),
)
# Where a reader sees it: the first time in the article.
ARTICLE_TIME = "//article//time[not(@itemprop='dateModified')]/@datetime"
# Before a site's name at the end of a title.
SEPARATOR = r"\s+[-–—|·•:»/]\s+"
# No web page is older; zero times of all sorts are.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
NOT_FREE = re.compile(r"(https?://schema\.org/)?false", re.IGNORECASE)
SAME_SITE = re.compile(r"^((www|m|amp)\.)+")
NO_LETTERS = re.compile(r"[\W_]+")
LANGUAGE = re.compile(r"([a-z]{2})(?![a-z])", re.IGNORECASE)


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


def read_metadata(tree, url):
    """Return the Metadata of a page's lxml tree, which was fetched from url.

    trafilatura's search through the page, which is slow, only fills what is missing.
    """
    meta = _meta(tree)
    nodes = list(_nodes(tree))
    article = _article(nodes, meta)
    headlines = _headlines(tree, article, meta)
    authors = _authors(article.get("author")) or _authors(meta.get("author"))
    others = [node for node in nodes if not any(map(ARTICLE.search, _types(node)))]
    published_at = _published_at(tree, [article, *others], meta)
    if not (headlines and authors and published_at):
        searched = extract_metadata(tree, url)
        headlines = headlines or [plain(searched.title)]
        authors = authors or plain(searched.author).replace(";", ",")
        published_at = published_at or moment_of(searched.date)
    return Metadata(
        title=headlines[0],
        authors=authors,
        image_url=_image(meta, article, url),
        published_at=published_at,
        canonical_url=_canonical(tree, meta, url),
        language=_language(tree),
        kind=_kind(nodes, article, meta),
        is_free=not any(map(_is_locked, [article, *others])),
        headlines=tuple(filter(same, headlines)),
        descriptions=_descriptions(article, meta),
    )


def _meta(tree):
    """The page's meta tags by name in lower case; the first of a name counts."""
    found = {}
    for element in tree.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            name = (element.get(attribute) or "").strip().lower()
            if name and clean(element.get("content")):
                found.setdefault(name, element.get("content"))
    return found


def _nodes(tree):
    """The objects of the page's JSON-LD, without those inside other objects."""
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            try:
                found = json.loads(_bare(script.text or ""), strict=False)
            except JSON_FAULTS:
                continue
            yield from _unpacked(found)


def _bare(text):
    """A script's JSON without the comment and CDATA marks that some put around it."""
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    starts = [place for place in (text.find("{"), text.find("[")) if place >= 0]
    return text[min(starts, default=0) : max(text.rfind("}"), text.rfind("]")) + 1]


def _unpacked(value, depth=4):
    if isinstance(value, list) and depth:
        for member in value:
            yield from _unpacked(member, depth - 1)
    elif isinstance(value, dict) and depth:
        yield value
        for name in MAIN:
            yield from _unpacked(value.get(name), depth - 1)


def _types(node):
    """The schema.org types of an object: names, without the vocabulary's address."""
    types = node.get("@type")
    names = [name for name in _listed(types) if isinstance(name, str)]
    return [re.split(r"[/:#]", clean(name))[-1] for name in names]


def _listed(value):
    return value if isinstance(value, list) else [value]


def _text(value):
    """The plain text of a JSON value that should be one."""
    value = next(iter(_listed(value)), "")
    return plain(value) if isinstance(value, str) else ""


def _article(nodes, meta):
    """The object that describes the page's article, or an empty one.

    Pages also describe other articles that they link to; the page's own has its title.
    """
    articles = [node for node in nodes if any(map(ARTICLE.search, _types(node)))]
    title = plain(meta.get("og:title"))
    ranked = sorted(
        articles, key=lambda node: _text(node.get("headline")) != title or not title
    )
    return next(iter(ranked), {})


def _headlines(tree, article, meta):
    """All that the page calls itself, the best title first."""
    site = _text(meta.get("og:site_name"))
    headings = [_folded_text(heading) for heading in tree.iter("h1")]
    headings = [text for text in headings if same(text)]
    given = [article.get("headline"), meta.get("og:title"), meta.get("twitter:title")]
    given = [_text(title) for title in given]
    if not any(given):
        # Its text is no markup, but some write markup there.
        titles = tree.iterfind("head/title")
        given = [plain(_folded_text(element)) for element in titles][:1]
    titles = [_without_site(title, headings, site) for title in given if title]
    # The page's first heading may be another article's, unless none is as given.
    known = {same(title) for title in titles}
    rest = [] if any(same(text) in known for text in headings) else headings[:1]
    return list(dict.fromkeys([*titles, *rest]))


def _folded_text(element):
    return clean(" ".join(element.itertext()))


def _without_site(title, headings, site):
    """A title as the page's heading spells it, without a site's name at its end."""
    ends = [match.start() for match in re.finditer(SEPARATOR, title)]
    shorter = [title, *(title[:end] for end in reversed(ends))]
    for heading in headings:
        for text in shorter:
            if same(text) == same(heading):
                return heading if len(heading) == len(text) else text
    named = [text for text in shorter[1:2] if same(title[len(text) :]) == same(site)]
    return next(iter(named), title)


def same(text):
    """A text's letters and digits alone, case folded: equal for spellings of one."""
    return NO_LETTERS.sub("", text).casefold()


def _authors(value):
    """Names in JSON-LD or a meta tag, joined; addresses of profiles are no names."""
    names = []
    for author in _listed(value):
        named = author.get("name") if isinstance(author, dict) else author
        names += [_text(name) for name in _listed(named)]
    names = [name for name in names if name and "://" not in name]
    return ", ".join(dict.fromkeys(names))


def _image(meta, article, url):
    image = next(iter(_listed(article.get("image"))), None)
    image = image.get("url") if isinstance(image, dict) else image
    given = [meta.get("og:image"), meta.get("twitter:image"), image]
    urls = (canonical_url(link, url) for link in given if isinstance(link, str))
    return next(filter(None, urls), "")


def _published_at(tree, nodes, meta):
    """The first time of publication found; a date gets its time of day from others."""
    given = [node.get("datePublished") for node in nodes]
    given += [meta.get(name) for name in PUBLISHED]
    given += tree.xpath(ARTICLE_TIME)[:1]
    found = list(filter(None, map(moment_of, given)))
    day = found[0] if found else None
    timed = (other for other in found if other.time() != time.min)
    if day and day.time() == time.min:
        return next((other for other in timed if other.date() == day.date()), day)
    return day


def moment_of(value):
    """A date or time of ISO 8601 or RFC 5322 in UTC, or None; UTC where no zone is."""
    text = clean(value) if isinstance(value, str) else ""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        return found if found > EARLIEST else None
    return None


def _canonical(tree, meta, url):
    links = [link for link in tree.iter("link") if _is_canonical(link)]
    given = [link.get("href") for link in links] + [meta.get("og:url")]
    found = canonical_url(next(filter(None, given), ""), url)
    parts = urlsplit(found)
    # A front page as the address of all articles is a frequent mistake.
    if _site(found) != _site(url) or (parts.path == "/" and not parts.query):
        return ""
    return found


def _is_canonical(link):
    return "canonical" in (link.get("rel") or "").lower().split()


def _site(url):
    return SAME_SITE.sub("", urlsplit(url).netloc.lower())


def _language(tree):
    declared = LANGUAGE.match(clean(tree.get("lang") or tree.get("xml:lang")))
    return declared[1].lower() if declared else ""


def _kind(nodes, article, meta):
    """The article's type; a page called an article may have a video's beside it."""
    opened = _text(meta.get("og:type"))
    others = [opened] if opened.lower() == "article" else []
    others += [name for node in nodes for name in _types(node)]
    others = [kind for kind in others if not FURNITURE.search(kind)]
    return next(filter(None, [*_types(article), *others, opened]), "")


def _is_locked(node):
    free = node.get("isAccessibleForFree")
    return free is False or bool(isinstance(free, str) and NOT_FREE.fullmatch(free))


def _descriptions(article, meta):
    given = [article.get("description"), meta.get("og:description")]
    given += [meta.get("description"), meta.get("twitter:description")]
    return tuple(dict.fromkeys(filter(None, map(_text, given))))
