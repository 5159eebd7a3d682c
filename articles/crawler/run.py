"""A crawl: the steps put together, feed by feed, with a report of what happened."""

import hashlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import chain, zip_longest
from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections, connections

from articles.crawler import apart
from articles.crawler.draft import URL_CHARACTERS, Standards, item_hash
from articles.crawler.errors import Disallowed, FetchError, HostBusy
from articles.crawler.extract import ExtractError
from articles.crawler.parse import ParseError
from articles.crawler.preview import recall
from articles.crawler.report import (
    FAILED_OFTEN,
    HOST_BUSY,
    OUT_OF_TIME,
    OVER_LIMIT,
    FeedReport,
)
from articles.crawler.revision import is_new_version
from articles.crawler.rules import Rule
from articles.crawler.sites import sites_of
from articles.crawler.store.articles import (
    addresses_of,
    count_hits,
    find_duplicates,
    known_items,
    note_unchanged,
    revise,
    store,
    stored_text,
    unlist_duplicates,
)
from articles.crawler.store.feeds import (
    record_deferred,
    record_failure,
    record_success,
)
from articles.crawler.store.history import often_failed, record_visit
from articles.models import Article, JudgeRule, Topic
from zeeguu.connections import DatabaseFailed, release

logger = logging.getLogger(__name__)

# Articles tokenized and stored together: enough for the tokenizer to be quick, few
# enough that a kill costs little.
BATCH = 20
# Pages looked at again in one visit, because their feed tells something new of them.
MOST_REVISITS = 10
# Servers say so when they are busy, not when a page is bad.
BUSY = {429, 503}


class Crawl:
    """One crawl over any number of feeds.

    fetcher is a Fetcher, pool a KillablePool. prepare(texts, language_code) returns for
    each ArticleText an object with ``save(article_id, fragment_ids)`` and ``error``.
    limit bounds a feed's new articles. progress, where given, is called with (done,
    known) articles: how many were handled, and how many came up. run is the CrawlRun
    that the visits belong to. When ``stop.is_asked``, and after CRAWLER_RUN_TIMEOUT_S,
    nothing is begun any more, and what was begun is stored.
    """

    def __init__(
        self,
        fetcher,
        pool,
        prepare,
        *,
        limit=None,
        progress=None,
        run=None,
        stop=None,
    ):
        self.fetcher, self.pool, self.prepare = fetcher, pool, prepare
        self.limit, self.run, self.stop = limit, run, stop
        self.deadline = time.monotonic() + settings.CRAWLER_RUN_TIMEOUT_S
        self.progress = progress or (lambda done, known: None)
        self.topics = tuple(Topic.objects.all())
        self.rules = tuple(JudgeRule.objects.filter(active=True))

    @property
    def is_over(self):
        is_stopped = self.stop is not None and self.stop.is_asked
        return is_stopped or time.monotonic() > self.deadline

    def feeds(self, feeds, workers=1):
        """Crawl feeds with that many threads; yields a FeedReport as each ends."""
        feeds = interleaved(feeds)
        if workers == 1:
            yield from map(self.feed, feeds)
            return
        with ThreadPoolExecutor(workers, "crawl") as threads:
            futures = [threads.submit(self._feed_in_thread, feed) for feed in feeds]
            try:
                for future in as_completed(futures):
                    yield future.result()
            finally:
                self.deadline = 0  # also where this one is interrupted
                threads.shutdown(cancel_futures=True)

    def _feed_in_thread(self, feed):
        try:
            return self.feed(feed)
        finally:
            connections.close_all()

    def feed(self, feed):
        """Crawl one feed; return its FeedReport. Raises nothing a feed can cause."""
        report = FeedReport(feed.pk, str(feed), feed.url, feed.language_id)
        started = time.monotonic()
        if self.is_over:
            report.skipped[OUT_OF_TIME] += 1
            return report
        try:
            Visit(self, feed, report, started).crawl()
            report.seconds = round(time.monotonic() - started, 2)
            record_visit(report, feed.last_status, feed.last_error, self.run)
        except DatabaseFailed as exc:
            # Not the feed's fault; the next one gets a new connection.
            logger.exception("Feed %s: the database failed", feed.pk)
            report.fail(feed.url, f"the database failed: {exc}")
            report.seconds = round(time.monotonic() - started, 2)
            close_old_connections()
        return report

    def standards(self, language):
        """The Standards of a language."""
        rules = [rule for rule in self.rules if rule.language_id in (None, language)]
        return Standards(
            language,
            tuple(Rule(r.pk, r.reason, r.where, r.phrase) for r in rules),
            self.topics,
        )


def interleaved(feeds):
    """The feeds in an order in which those of one host are far apart."""
    by_host = {}
    for feed in feeds:
        by_host.setdefault(urlsplit(feed.url).hostname, []).append(feed)
    rounds = chain.from_iterable(zip_longest(*by_host.values()))
    return [feed for feed in rounds if feed]


def is_busy(error):
    """Whether an error only says that a host has no room for now."""
    return isinstance(error, HostBusy) or getattr(error, "status", 0) in BUSY


class Visit:
    """One visit of one feed. ``crawl`` is its only public method."""

    def __init__(self, crawl, feed, report, started):
        self.shared, self.feed, self.report = crawl, feed, report
        self.ends_at = started + settings.CRAWLER_FEED_TIMEOUT_S
        self.standards = crawl.standards(feed.language_id)

    def crawl(self):
        """Take in what is new, and note on the feed how it went."""
        feed, report = self.feed, self.report
        try:
            page, body_hash, document = self._read()
        except HostBusy as exc:
            report.skipped[HOST_BUSY] += 1
            logger.info("Feed %s was put off: %s", feed.pk, exc)
            record_deferred(feed)
            return
        except (FetchError, ParseError) as exc:
            report.fail(feed.url, exc)
            record_failure(feed, exc)
            return
        feed.served_from = page.url
        if document is not None:
            sites = sites_of(*addresses_of(feed))
            self.standards = replace(self.standards, sites=sites)
            self._take_in(document)
        record_success(feed, page, report, document=document, content_hash=body_hash)

    def _read(self):
        """The feed's Page, its hash, and its FeedDocument unless nothing changed."""
        feed = self.feed
        release()
        page = self._page()
        if page.body is None:
            return page, feed.content_hash, None
        body_hash = hashlib.sha256(page.body).hexdigest()
        if body_hash == feed.content_hash:
            return page, body_hash, None
        return page, body_hash, apart.parse(self.shared.pool, page)

    def _page(self):
        feed = self.feed
        # An admin may have looked at it just before adding it.
        seen = None if feed.last_fetched_at else recall(feed.url)
        return seen or self.shared.fetcher.get(
            feed.url, etag=feed.etag, last_modified=feed.last_modified
        )

    def _take_in(self, document):
        known = known_items(self.feed, document.items)
        new = self._new_items(document, known)
        self.shared.progress(0, len(new))
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            self._store(list(self._drafts(batch)))
        for item, article in self._changed(document.items, known):
            self._look_again(item, article)

    def _new_items(self, document, known):
        report = self.report
        report.found = len(document.items)
        report.duplicates = len(known)
        if document.left_out:
            report.skipped["beyond the feed's first items"] += document.left_out
        if document.without_address:
            report.skipped["without an address"] += document.without_address
        if document.repeated:
            report.skipped["the same address again"] += document.repeated
        new = [item for item in document.items if item.url not in known]
        hopeless = often_failed(self.feed)
        report.skipped.update(FAILED_OFTEN for item in new if item.url in hopeless)
        new = [item for item in new if item.url not in hopeless]
        if self.shared.limit is not None and len(new) > self.shared.limit:
            report.skipped[OVER_LIMIT] += len(new) - self.shared.limit
            new = new[: self.shared.limit]
        return new

    # --- one article

    def _drafts(self, items):
        release()
        for item in items:
            if draft := self._draft(item):
                yield draft
            self.shared.progress(1, 0)

    def _draft(self, item):
        report = self.report
        if len(item.url) > URL_CHARACTERS:
            report.skipped["address too long"] += 1
            return None
        if self._is_out_of_time:
            report.skipped[OUT_OF_TIME] += 1
            return None
        try:
            draft = self._fetch_draft(item)
        except Disallowed:
            report.skipped["robots.txt"] += 1
            return None
        except (FetchError, ExtractError) as exc:
            if is_busy(exc):
                logger.info("%s was put off: %s", item.url, exc)
                report.skipped[HOST_BUSY] += 1
            else:
                report.fail(item.url, exc)
            return None
        if draft.broken:
            report.skipped[str(draft.broken)] += 1
        if draft.broken == Article.Broken.NO_TEXT:
            report.fail(item.url, "no article text found on the page")
        return draft

    @property
    def _is_out_of_time(self):
        return self.shared.is_over or time.monotonic() > self.ends_at

    def _fetch_draft(self, item):
        page = self.shared.fetcher.get_article(item.url)
        return apart.draft(self.shared.pool, item, page, self.standards)

    # --- storing

    def _store(self, drafts):
        language = self.feed.language_id
        drafts = find_duplicates(self.feed, drafts)
        self.report.skipped.update(
            str(draft.broken) for draft in drafts if draft.duplicate_of
        )
        release()
        fit = [draft for draft in drafts if not draft.broken]
        prepared = self.shared.prepare([draft.text for draft in fit], language)
        tokens = {id(draft): found for draft, found in zip(fit, prepared, strict=True)}
        stored = [self._store_one(draft, tokens.get(id(draft))) for draft in drafts]
        unlist_duplicates(language, [article for article in stored if article])
        count_hits(drafts)

    def _store_one(self, draft, tokens):
        try:
            article = store(self.feed, draft, tokens)
        except DatabaseFailed as exc:
            logger.exception("%s was not stored", draft.url)
            self.report.fail(draft.url, f"not stored: {exc}")
            close_old_connections()
            return None
        if article is None:
            self.report.duplicates += 1  # known by another address
            return None
        self.report.stored += 1
        self._count_tokens(draft, tokens)
        return article

    def _count_tokens(self, draft, tokens):
        if tokens and tokens.error:
            error = f"stored without tokens: {tokens.error}"
            self.report.fail(draft.url, error)
        elif tokens:
            self.report.tokenized += 1

    # --- articles that change

    def _changed(self, items, known):
        """(item, Known) of articles of which the feed now says something else."""
        changed = (
            (item, known[item.url])
            for item in items
            if item.url in known and self._may_have_changed(item, known[item.url])
        )
        return list(changed)[:MOST_REVISITS]

    def _may_have_changed(self, item, article):
        is_told_anew = article.item_hash and article.item_hash != item_hash(item)
        is_own = article.feed_id == self.feed.pk
        return is_own and is_told_anew and article.may_change()

    def _look_again(self, item, article):
        """Take in a new version of an article; nothing is lost where that fails."""
        if self._is_out_of_time:
            return
        release()
        try:
            draft = self._fetch_draft(item)
        except (FetchError, ExtractError):
            self.report.skipped["update not fetched"] += 1
            return
        old = stored_text(article.pk)
        if old is None or draft.broken or not is_new_version(old, draft.text):
            note_unchanged(article.pk, draft.item_hash)
            return
        release()
        (tokens,) = self.shared.prepare([draft.text], self.feed.language_id)
        if revise(article.pk, draft, tokens):
            self.report.updated += 1
            self._count_tokens(draft, tokens)
