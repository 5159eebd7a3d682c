"""Reading hostile documents: in processes that end when they take too long or much."""

from django.conf import settings

from articles.crawler.discover import feed_links
from articles.crawler.draft import make_draft
from articles.crawler.extract import ExtractError
from articles.crawler.parse import ParseError, parse_feed
from zeeguu.process_pool import Killed


def parse(pool, page):
    """Return the FeedDocument in a Page; raises ParseError."""
    try:
        return _run(pool, parse_feed, page.body, page.url, page.content_type)
    except Killed as exc:
        raise ParseError(f"{page.url}: reading it {exc}") from exc


def links(pool, page):
    """Return the FeedLinks of a Page; raises ParseError."""
    try:
        return _run(pool, feed_links, page.body, page.url, page.content_type)
    except Killed as exc:
        raise ParseError(f"{page.url}: reading it {exc}") from exc


def draft(pool, item, page, standards):
    """Return the Draft of an item and its Page; raises ExtractError."""
    try:
        return _run(
            pool, make_draft, item, page.body, page.url, page.content_type, standards
        )
    except Killed as exc:
        raise ExtractError(f"{item.url}: reading the page {exc}") from exc


def _run(pool, function, *args):
    return pool.run(
        function,
        *args,
        timeout_s=settings.CRAWLER_PARSE_TIMEOUT_S,
        memory_mb=settings.CRAWLER_PARSE_MEMORY_MB,
    )
