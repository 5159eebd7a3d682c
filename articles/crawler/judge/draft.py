"""From a feed's item and its page to an article ready to be stored; decisions only."""

import hashlib
import json
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from django.utils import timezone

from articles.addresses import canonical_url
from articles.crawler.feeds.parse import Item
from articles.crawler.judge.facts import TextFacts, facts_of
from articles.crawler.judge.fitness import Topic, judge, topics_for
from articles.crawler.judge.rules import Rule
from articles.crawler.judge.sites import site_of
from articles.crawler.pages.extract import extract
from articles.crawler.pages.titles import is_title
from articles.text import ArticleText

SUMMARY_CHARACTERS = 300
URL_CHARACTERS = 2000
# Before it there was no web: a feed that says so means "unknown".
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


Known = TypeVar("Known")


@dataclass(frozen=True)
class Draft:
    """An article ready to be stored.

    url is its own; addresses are others that lead to it. topics and rules are ids: of
    its topics, and of the judge's rules that hit. facts follow from the text, read as
    one in that language. takes is the id of an article of its site that a stranger's
    feed has brought, deleted that of a DeletedArticle that it is nearly the same as.
    """

    url: str
    guid: str
    language: str
    text: ArticleText
    facts: TextFacts
    authors: str
    image_url: str
    published_at: datetime
    broken: str = ""
    duplicate_of: int | None = None
    topics: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    rules: tuple[int, ...] = ()
    item_hash: str = ""
    takes: int | None = None
    deleted: int | None = None


@dataclass(frozen=True)
class Standards:
    """What articles of a language are measured by: the judge's rules, and the topics.

    rules are judge.Rules, topics are Topics. sites are the feed's own: of what is on
    other sites their pages know more than the feed. Without any, all are its own.
    """

    language: str
    rules: tuple[Rule, ...] = ()
    topics: tuple[Topic, ...] = ()
    sites: frozenset[str] = frozenset()

    def is_own(self, url: str) -> bool:
        return not self.sites or site_of(url) in self.sites


def make_draft(
    item: Item, body: bytes, url: str, content_type: str, standards: Standards
) -> Draft:
    """Join what the feed and the page say.

    The feed is right where it says anything of its own site, and the page of another
    publisher's; a feed could tell anything there.

    body are the bytes of the item's page, and url is where they came from. Raises
    ExtractError.
    """
    found = extract(body, url, content_type)
    lead = next((text for tag, text in found.fragments if tag == "p"), "")
    is_own = standards.is_own(url)

    def best(told: Known, shown: Known) -> Known:
        return (told or shown) if is_own else (shown or told)

    titles = (item.title, found.title) if is_own else (found.title, item.title)
    text = ArticleText(
        title=next(filter(is_title, (*titles, lead)), item.url)[:500],
        summary=shortened(best(item.summary, lead)),
        fragments=found.fragments,
    )
    own_url = found.canonical_url or _address(item.url, url)
    verdict = judge(
        text,
        language=standards.language,
        url=own_url,
        categories=item.categories,
        kind=found.kind,
        is_free=found.is_free,
        rules=standards.rules,
    )
    image_url = best(item.image_url, found.image_url)
    topics = topics_for(item.categories, own_url, standards.topics)
    return Draft(
        url=own_url if len(own_url) <= URL_CHARACTERS else item.url,
        addresses=(item.url, url),
        guid=item.guid,
        item_hash=item_hash(item),
        language=standards.language,
        text=text,
        facts=facts_of(text, standards.language, verdict.reason),
        authors=best(item.authors, found.authors),
        image_url=image_url if len(image_url) <= URL_CHARACTERS else "",
        published_at=published(best(item.published_at, found.published_at)),
        broken=verdict.reason,
        rules=verdict.rules,
        topics=tuple(topic.pk for topic in topics),
    )


def _address(told: str, found: str) -> str:
    """Where the article is: not at a stranger's redirect to it."""
    if site_of(told) == site_of(found):
        return told
    return canonical_url(found, found) or told


def item_hash(item: Item) -> str:
    """Hex SHA-256 of what a feed says of an article that may change with its text."""
    parts = [item.title, item.summary, str(item.updated_at)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def shortened(text: str) -> str:
    """At most SUMMARY_CHARACTERS of a text, cut between words where that can be."""
    short = textwrap.shorten(text, SUMMARY_CHARACTERS, placeholder=" …")
    return short if short != "…" else f"{text[: SUMMARY_CHARACTERS - 1]}…"


def published(moment: datetime | None) -> datetime:
    """A feed's time, or now where it can't be true: no clock may run before ours."""
    now = timezone.now()
    return min(moment, now) if moment and moment > EARLIEST else now
