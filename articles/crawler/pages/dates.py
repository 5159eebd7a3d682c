"""When a page's article was published, as the page itself says; nothing is guessed.

A date among the page's words may be of anything: an event, a comment, a right. Only
what is marked as the time of publication counts, what stands beside the headline, and
the day in the page's address.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import dropwhile, islice
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from lxml.html import HtmlElement

from articles.crawler.feeds.dates import moment
from articles.crawler.pages.time_lines import BLOCKS, BYLINE, is_line_of
from articles.languages import Records, alternatives, over_all
from articles.text import clean

PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date.available",
    "dc.date.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "dc.date",
    "date",
)
# No web page is older; zero times of all sorts are.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Without a zone, a time may be that much ahead of UTC; a later one is of an event.
AHEAD = timedelta(hours=15)

# Words of an element's names.
NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
MARKS = {"published", "pubdate", "datepublished", "publishdate", "pubdatetime"}
DATES = {
    *MARKS,
    "date",
    "datetime",
    "dateline",
    "time",
    "timestamp",
    "posted",
    "publish",
    "publication",
    "byline",
    "meta",
    "datum",
    "data",
    "fecha",
    "dato",
}
OTHERS = {
    "comment",
    "comments",
    "reply",
    "replies",
    "related",
    "teaser",
    "teasers",
    "recommended",
    "recommendations",
    "event",
    "events",
    "sidebar",
    "widget",
    "promo",
    "latest",
    "popular",
    "trending",
    "copyright",
    "modified",
    "updated",
    "update",
    "lastmod",
    "expires",
    "deadline",
    "newsletter",
    "ticker",
    "bio",
    "calendar",
    "kalender",
    "calendario",
    "calendrier",
    "agenda",
    "timeline",
    "chronology",
    "chronik",
    "chronologie",
    "cronologia",
}
FOREIGN_TAGS = {"aside", "nav", "figure", "blockquote", "form"}
# Around an article, or what it is: anything else has times of its own.
OWN_TYPE = re.compile(
    r"(Article|Posting|Report|Page|PageElement|CreativeWork|Review|Blog)/?$"
)
# Before a time, in any language: it is of a right.
CHANGED = r"copyright|©|\(c\)"
PROSE = 60
MOST_TIMES = 30  # are looked at
DAY = re.compile(
    r"/(?P<y>(?:19|20)\d\d)(?P<gap>[/-]?)(?P<m>\d{2}|(?<=[/-])\d)(?P=gap)"
    r"(?P<d>\d{2}|(?<=[/-])\d)(?=[/_.-]|$)"
)


def published(
    tree: HtmlElement,
    url: str,
    headings: Sequence[HtmlElement],
    nodes: Iterable[dict[str, Any]],
    meta: Mapping[str, str],
) -> datetime | None:
    """The first time of publication that a page tells, in UTC, or None.

    headings are the elements with its headline, nodes the JSON-LD objects that speak
    of the page, meta its meta tags. A date gets its time of day from the others.
    """
    around = _article(tree, headings)
    shown = [*_marked(tree, around), *_beside(tree, around, headings)]
    given = [node.get("datePublished") for node in nodes]
    given += [meta.get(name) for name in PUBLISHED]
    given += [text for element in shown for text in _values(element)]
    found = list(filter(None, map(moment_of, [*given, _day(url)])))
    day = found[0] if found else None
    timed = (other for other in found if other.time() != time.min)
    if day and day.time() == time.min:
        return next((other for other in timed if other.date() == day.date()), day)
    return day


def moment_of(value: object) -> datetime | None:
    """A written date or time in UTC, or None; UTC where it names no zone.

    A date that no page can have been published on is None: zero, or still to come.
    """
    text = clean(value) if isinstance(value, str) else ""
    found: datetime | None
    try:
        told = datetime.fromisoformat(text)
        found = told.replace(tzinfo=told.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        found = moment(text)
    latest = timezone.now() + AHEAD
    return found if found and EARLIEST < found < latest else None


def is_foreign(element: HtmlElement, around: HtmlElement | None = None) -> bool:
    """Whether an element belongs to something else on the page than its article.

    around is the article's element; what holds it does not count.
    """
    for box in (element, *element.iterancestors()):
        if box is around or box.tag in {"main", "body"}:
            return False
        if box.tag in FOREIGN_TAGS or (box.tag == "footer" and around is None):
            return True
        kind = box.get("itemtype")
        if kind and not OWN_TYPE.search(kind):
            return True
        # Of a time that did not change yet some say "published updated".
        marked = box is element and _is_marked(element)
        if _names(box) & OTHERS and not marked:
            return True
    return False


def _article(tree: HtmlElement, headings: Sequence[HtmlElement]) -> HtmlElement | None:
    """The article with the page's headline, or the only one; else None."""
    own = [article for one in headings for article in one.iterancestors("article")]
    if own:
        return own[0]
    articles = [one for one in tree.iter("article") if not is_foreign(one)]
    return articles[0] if len(articles) == 1 else None


def _marked(tree: HtmlElement, around: HtmlElement | None) -> list[HtmlElement]:
    """What is marked as a time of publication, in the page's own article."""
    found = filter(_is_marked, tree.xpath("//body//*[@itemprop or @pubdate or @class]"))
    return [one for one in islice(found, MOST_TIMES) if _is_own(one, around)]


def _is_marked(element: HtmlElement) -> bool:
    named = element.tag in {"time", "abbr"} and _names(element) & MARKS
    marked = "datepublished" in (element.get("itemprop") or "").lower().split()
    return bool(named or marked or element.get("pubdate") is not None)


def _is_own(element: HtmlElement, around: HtmlElement | None) -> bool:
    inner = next(element.iterancestors("article"), None)
    return (inner is None or inner is around) and not is_foreign(element, around)


def _beside(
    tree: HtmlElement, around: HtmlElement | None, headings: Sequence[HtmlElement]
) -> list[HtmlElement]:
    """The lines that tell a time between an article's beginning and its text."""
    found: list[HtmlElement] = []
    prose = times = 0
    for element in _from(tree, _beginning(around, headings)):
        prose += _is_prose(element)
        times += element.tag == "time"
        if prose > 1 or max(times, len(found)) >= MOST_TIMES:
            break
        if _tells_time(element, after_text=bool(prose)) and _is_own(element, around):
            found.append(element)
    return found


def _beginning(
    around: HtmlElement | None, headings: Sequence[HtmlElement]
) -> HtmlElement | None:
    """The article, or the header with its headline, or the headline itself."""
    heading = next(iter(headings), None)
    if heading is None or (around is not None and around in heading.iterancestors()):
        return around
    return next(heading.iterancestors("header"), heading)


def _from(tree: HtmlElement, start: HtmlElement | None) -> Iterator[HtmlElement]:
    """The elements of a tree from one on, in order; none from None."""
    elements = (one for one in tree.iter() if isinstance(one.tag, str))
    return dropwhile(lambda one: one is not start, elements)


def _is_prose(element: HtmlElement) -> bool:
    long = element.tag == "p" and len(clean(element.text_content())) > PROSE
    return long and not _names(element) & DATES


def _tells_time(element: HtmlElement, after_text: bool) -> bool:
    """Whether it is a time or is named so; after a standfirst, only with a name."""
    named = bool(_names(element) & DATES)
    if element.tag == "time":
        line = next(element.iterancestors(*BLOCKS))
        lists = islice(line.iterancestors("ul", "ol", "dl", "table"), 1)
        named = named or any(_names(box) & DATES for box in (line, *lists))
        return (named or not after_text) and is_line_of(line, element, named)
    short = named and len(clean(element.text_content())) <= BYLINE
    return short and element.find(".//time") is None


def _names(element: HtmlElement) -> set[str]:
    """The words of what names an element, in lower case."""
    named = " ".join(element.get(name) or "" for name in ("class", "id", "itemprop"))
    return {word.lower() for word in NAME.findall(named)}


def _values(element: HtmlElement) -> Iterator[str | None]:
    """What an element tells, unless what stands before it says that it is a change."""
    if not _changed().search(_label(element)):
        yield from map(element.get, ("content", "datetime", "title"))
        yield _changed().split(clean(element.text_content())[:BYLINE])[0]


@over_all
def _changed(languages: Records) -> re.Pattern[str]:
    """What stands before a time that is of a change or a right."""
    words = alternatives((CHANGED, *(one.page.changed for one in languages)))
    return re.compile(words, re.IGNORECASE)


def _label(element: HtmlElement) -> str:
    """What stands before an element, from the last number on, or before its line."""
    line = next(element.iterancestors(*BLOCKS))
    label = "".join(_before(line, element))
    previous = line.getprevious()
    if not label.strip() and previous is not None and isinstance(previous.tag, str):
        label = previous.text_content()
    return re.split(r"\d", label)[-1][-BYLINE:]


def _before(line: HtmlElement, element: HtmlElement) -> Iterator[str]:
    """The texts of a line before an element in it."""
    for text in line.xpath(".//text()"):
        holder = text.getparent()
        if holder is element or element in holder.iterancestors():
            return
        yield text


def _day(url: str) -> str:
    """The day in an address such as /2025/11/05/, as ISO 8601 writes it, or ""."""
    day = DAY.search(urlsplit(url).path)
    return f"{day['y']}-{day['m']:0>2}-{day['d']:0>2}" if day else ""
