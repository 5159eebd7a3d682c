"""A crawl: the steps put together, feed by feed, with a report of what happened."""

import logging
import textwrap
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from articles.crawler.extract import ExtractError, extract
from articles.crawler.fetch import FetchError
from articles.crawler.judge import judge, topics_for
from articles.crawler.parse import ParseError, parse_feed
from articles.crawler.store import (
    Draft,
    known_urls,
    record_failure,
    record_success,
    store,
)
from articles.models import Article, Topic
from articles.text import ArticleText
from zeeguu.connections import release

logger = logging.getLogger(__name__)

# Articles tokenized and stored together: enough for the tokenizer to be quick, few
# enough that a kill costs little.
BATCH = 20
SUMMARY_CHARACTERS = 300
URL_CHARACTERS = 2000
# Before it there was no web: a feed that says so means "unknown".
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Skipped for now only: the next visit takes these items in.
OVER_LIMIT = "over the limit"
OUT_OF_TIME = "out of time"
POSTPONED = {OVER_LIMIT, OUT_OF_TIME}


@dataclass
class FeedReport:
    """What happened to one feed. ``failed`` lists {"url", "error"}."""

    feed: int
    title: str
    url: str
    language: str
    found: int = 0
    stored: int = 0
    duplicates: int = 0
    skipped: Counter = field(default_factory=Counter)
    failed: list = field(default_factory=list)
    tokenized: int = 0
    seconds: float = 0.0

    def fail(self, url, error):
        self.failed.append({"url": url, "error": str(error)})


def total(reports):
    """Sum up FeedReports into the run's report, a dict ready for JSON."""
    skipped = Counter()
    for report in reports:
        skipped.update(report.skipped)
    return {
        **{
            name: sum(getattr(report, name) for report in reports)
            for name in ("found", "stored", "duplicates", "tokenized")
        },
        "skipped": dict(skipped),
        "failed": [
            {"feed": report.url, **failure}
            for report in reports
            for failure in report.failed
        ],
        "seconds": round(sum(report.seconds for report in reports), 2),
        "feeds": [vars(report) for report in reports],
    }


class Crawl:
    """One crawl over any number of feeds.

    fetcher is a Fetcher. prepare(texts, language_code) returns for each ArticleText an
    object with ``save(article_id, fragment_ids)`` and ``error``. progress, where given,
    is called with (done, known) articles: how many were handled, and how many came up.
    """

    def __init__(self, fetcher, prepare, *, limit=None, progress=None):
        self.fetcher = fetcher
        self.prepare = prepare
        self.limit = limit
        self.progress = progress or (lambda done, known: None)
        self.topics = list(Topic.objects.all())

    def feed(self, feed):
        """Crawl one feed; return its FeedReport. Raises nothing a feed can cause."""
        report = FeedReport(feed.pk, str(feed), feed.url, feed.language_id)
        started = time.monotonic()
        try:
            self._visit(feed, report, started + settings.CRAWLER_FEED_TIMEOUT_S)
        except DatabaseError as exc:
            # Not the feed's fault; the next one gets a new connection.
            logger.exception("Feed %s: the database failed", feed.pk)
            report.fail(feed.url, f"the database failed: {exc}")
            close_old_connections()
        report.seconds = round(time.monotonic() - started, 2)
        return report

    def _visit(self, feed, report, deadline):
        try:
            self._crawl(feed, report, deadline)
        except (FetchError, ParseError) as exc:
            report.fail(feed.url, exc)
            record_failure(feed, exc)

    def _crawl(self, feed, report, deadline):
        release()
        page = self.fetcher.get(
            feed.url, etag=feed.etag, last_modified=feed.last_modified
        )
        if page.body is None:
            record_success(feed, page, complete=True)
            return
        document = parse_feed(page.body, page.url, page.headers.get("content-type", ""))
        new = self._new_items(document, report)
        self.progress(0, len(new))
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            self._store(feed, self._drafts(batch, report, deadline), report)
        # Unless all was taken in, the next visit must see the feed again.
        complete = not report.failed and not report.skipped.keys() & POSTPONED
        record_success(feed, page, complete=complete, title=document.title)

    def _new_items(self, document, report):
        known = known_urls(item.url for item in document.items)
        report.found = len(document.items)
        report.duplicates = len(known)
        new = [item for item in document.items if item.url not in known]
        if self.limit is not None and len(new) > self.limit:
            report.skipped[OVER_LIMIT] += len(new) - self.limit
            new = new[: self.limit]
        return new

    def _drafts(self, items, report, deadline):
        release()
        drafts = []
        for item in items:
            if draft := self._draft(item, report, deadline):
                drafts.append(draft)
            self.progress(1, 0)
        return drafts

    def _draft(self, item, report, deadline):
        if time.monotonic() > deadline:
            report.skipped[OUT_OF_TIME] += 1
            return None
        if len(item.url) > URL_CHARACTERS:
            report.skipped["address too long"] += 1
            return None
        try:
            page = self.fetcher.get(item.url)
            extracted = extract(page.body, page.url)
        except (FetchError, ExtractError) as exc:
            report.fail(item.url, exc)
            return None
        draft = make_draft(item, extracted, self.topics)
        if draft.broken:
            report.skipped[draft.broken] += 1
        if draft.broken == Article.Broken.NO_TEXT:
            report.fail(item.url, "no article text found on the page")
        return draft

    def _store(self, feed, drafts, report):
        fit = [draft for draft in drafts if not draft.broken]
        prepared = self.prepare([draft.text for draft in fit], feed.language_id)
        tokens = dict(zip((draft.url for draft in fit), prepared, strict=True))
        for draft in drafts:
            self._store_one(feed, draft, tokens.get(draft.url), report)

    def _store_one(self, feed, draft, tokens, report):
        try:
            article = store(feed, draft, tokens)
        except DatabaseError as exc:
            logger.exception("%s was not stored", draft.url)
            report.fail(draft.url, f"not stored: {exc}")
            close_old_connections()
            return
        if article is None:
            report.duplicates += 1  # another crawl was quicker
            return
        report.stored += 1
        if tokens and tokens.error:
            report.fail(draft.url, f"stored without tokens: {tokens.error}")
        elif tokens:
            report.tokenized += 1


def make_draft(item, extracted, topics):
    """Join what the feed and the page say: the feed is right where it says anything."""
    image_url = item.image_url or extracted.image_url
    lead = next((text for tag, text in extracted.fragments if tag == "p"), "")
    text = ArticleText(
        title=(item.title or extracted.title or lead or item.url)[:500],
        summary=shortened(item.summary or lead),
        fragments=extracted.fragments,
    )
    return Draft(
        url=item.url,
        guid=item.guid,
        text=text,
        authors=item.authors or extracted.authors,
        image_url=image_url if len(image_url) <= URL_CHARACTERS else "",
        published_at=published(item.published_at or extracted.published_at),
        broken=judge(text).reason,
        topics=topics_for(item.categories, item.url, topics),
    )


def shortened(text):
    """At most SUMMARY_CHARACTERS of a text, cut between words where that can be."""
    short = textwrap.shorten(text, SUMMARY_CHARACTERS, placeholder=" …")
    return short if short != "…" else f"{text[: SUMMARY_CHARACTERS - 1]}…"


def published(moment):
    """A feed's time, or now where it can't be true: no clock may run before ours."""
    now = timezone.now()
    return min(moment, now) if moment and moment > EARLIEST else now
