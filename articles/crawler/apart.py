"""Reading hostile documents: in processes that end when they take too long or much.

Whatever happens while a document is read is that document's failure: parsers have
more faults than any list of exceptions could name.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.conf import settings

from articles import ranks
from articles.crawler.feeds.discover import FeedLink, feed_links
from articles.crawler.feeds.parse import FeedDocument, Item, ParseError, parse_feed
from articles.crawler.judge import language
from articles.crawler.judge.draft import Draft, Standards, make_draft
from articles.crawler.judge.sites import site_of
from articles.crawler.pages.extract import Extracted, ExtractError, extract
from articles.crawler.web.fetch import Page
from zeeguu.base.process_pool import KillablePool, Killed, described

logger = logging.getLogger(__name__)

Read = TypeVar("Read")


def preload(languages: Iterable[str] = ()) -> None:
    """Load what reading articles in these languages needs, codes of ISO 639-1.

    Call it before a pool for drafts is made: its processes then share it, and none
    spends a page's time on it. What is loaded already costs nothing.
    """
    language.preload()
    site_of("https://example.com/")  # reads the list of public suffixes
    ranks.preload(languages)


def parse(pool: KillablePool, page: Page) -> FeedDocument:
    """Return the FeedDocument in a Page; raises ParseError."""
    args = (page.body, page.url, page.content_type)
    return _run(pool, parse_feed, *args, url=page.url, failure=ParseError)


def links(pool: KillablePool, page: Page) -> list[FeedLink]:
    """Return the FeedLinks of a Page; raises ParseError."""
    args = (page.body, page.url, page.content_type)
    return _run(pool, feed_links, *args, url=page.url, failure=ParseError)


def draft(pool: KillablePool, item: Item, page: Page, standards: Standards) -> Draft:
    """Return the Draft of an item and its Page; raises ExtractError."""
    args = (item, page.body, page.url, page.content_type, standards)
    return _run(pool, make_draft, *args, url=item.url, failure=ExtractError)


def text(pool: KillablePool, page: Page) -> Extracted:
    """Return what is Extracted of a Page; raises ExtractError."""
    args = (page.body, page.url, page.content_type)
    return _run(pool, extract, *args, url=page.url, failure=ExtractError)


def _run(
    pool: KillablePool,
    function: Callable[..., Read],
    *args: Any,
    url: str,
    failure: type[Exception],
) -> Read:
    """Call function in the pool; raises failure, which names the url, for all faults.

    Those that nobody foresaw are logged with their traceback.
    """
    try:
        found: Read = pool.run(
            function,
            *args,
            timeout_s=settings.CRAWLER_PARSE_TIMEOUT_S,
            memory_mb=settings.CRAWLER_PARSE_MEMORY_MB,
        )
    except failure:
        raise
    except Killed as exc:
        raise failure(f"{url}: reading it {exc}") from exc
    except Exception as exc:
        logger.exception("%s can't be read", url)
        raise failure(f"{url}: it can't be read: {described(exc)}") from exc
    return found
