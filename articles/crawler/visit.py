"""One visit of one feed: the steps put together, article by article."""

import hashlib
import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from django.conf import settings
from django.db import close_old_connections

from articles.crawler import apart
from articles.crawler.feeds.parse import FeedDocument, Item, ParseError
from articles.crawler.judge.draft import URL_CHARACTERS, Draft, Standards, item_hash
from articles.crawler.judge.revision import is_new_version
from articles.crawler.judge.sites import sites_of
from articles.crawler.pages.extract import ExtractError
from articles.crawler.preview import recall
from articles.crawler.report import (
    FAILED_OFTEN,
    NO_UPDATE,
    OVER_LIMIT,
    FeedReport,
)
from articles.crawler.store.articles import (
    FeedGone,
    Known,
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
from articles.crawler.store.given import Prepare, Prepared
from articles.crawler.store.history import often_failed
from articles.crawler.web.errors import Disallowed, FetchError, HostBusy
from articles.crawler.web.fetch import Fetcher, Page
from articles.models import Article, Feed
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import DatabaseFailed, release
from zeeguu.base.process_pool import KillablePool, described
from zeeguu.base.wording import in_words

logger = logging.getLogger(__name__)

# Articles tokenized and stored together: enough for the tokenizer to be quick, few
# enough that a kill costs little.
BATCH = 20
# Pages looked at again in one visit, because their feed tells something new of them.
MOST_REVISITS = 10
# Servers say so when they are busy, not when a page is bad.
BUSY = {429, 503}


class Shared(Protocol):
    """What a crawl's visits have in common; see ``run.Crawl``."""

    fetcher: Fetcher
    pool: KillablePool
    prepare: Prepare
    limit: int | None
    progress: Callable[[int, int], None]

    @property
    def is_over(self) -> bool: ...

    @property
    def why_over(self) -> str: ...

    def standards(self, language: str) -> Standards: ...


class Visit:
    """One visit of one feed. ``crawl`` is its only public method."""

    def __init__(
        self, crawl: Shared, feed: Feed, report: FeedReport, started: float
    ) -> None:
        self.shared, self.feed, self.report = crawl, feed, report
        self.ends_at = started + settings.CRAWLER_FEED_TIMEOUT_S
        self.standards = crawl.standards(feed.language_id)
        self.is_cut_short = False

    def crawl(self) -> Callable[[], bool]:
        """Take in what is new; return what is to be called to note how it went.

        That tells whether the feed is still there.
        """
        feed, report = self.feed, self.report
        try:
            page, body_hash, document = self._read()
        except HostBusy as exc:
            report.defer(exc)
            logger.info("Feed %s was put off: %s", feed.pk, exc)
            return partial(record_deferred, feed, exc)
        except (FetchError, ParseError) as exc:
            report.err(feed.url, exc)
            return partial(record_failure, feed, exc)
        feed.served_from = page.url[:500]
        if document is not None:
            sites = sites_of(*addresses_of(feed))
            self.standards = replace(self.standards, sites=sites)
            try:
                self._take_in(document)
            except FeedGone as exc:
                logger.info("The visit of feed %s ended: %s", feed.pk, exc)
                report.defer(exc)
                return lambda: False
            finally:
                report.settle()
        return partial(
            record_success,
            feed,
            page,
            report,
            document=document,
            content_hash=body_hash,
            cut_short=self.is_cut_short,
        )

    def _read(self) -> tuple[Page, str, FeedDocument | None]:
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

    def _page(self) -> Page:
        feed = self.feed
        # An admin may have looked at it just before adding it.
        seen = None if feed.last_fetched_at else recall(feed.url)
        return seen or self.shared.fetcher.get(
            feed.url, etag=feed.etag, last_modified=feed.last_modified
        )

    def _take_in(self, document: FeedDocument) -> None:
        known = known_items(self.feed, document.items)
        new = self._new_items(document, known)
        self.shared.progress(0, len(new))
        for batch in in_slices(new, BATCH):
            self._store(list(self._drafts(batch)))
        for item, article in self._changed(document.items, known):
            self._look_again(item, article)

    def _new_items(
        self, document: FeedDocument, known: dict[str, Known | None]
    ) -> list[Item]:
        report = self.report
        report.found = document.found
        report.count("known", len(known))
        for reason, items in document.without_page.items():
            report.count("skipped", items, reason)
        new = [item for item in document.items if item.url not in known]
        new = self._without(new, often_failed(self.feed), FAILED_OFTEN)
        if self.shared.limit is not None and len(new) > self.shared.limit:
            report.count("left", len(new) - self.shared.limit, OVER_LIMIT)
            new = new[: self.shared.limit]
        return new

    def _without(
        self, items: Sequence[Item], urls: Collection[str], reason: str
    ) -> list[Item]:
        """The items but those at these addresses, which are skipped for that reason."""
        kept = [item for item in items if item.url not in urls]
        self.report.count("skipped", len(items) - len(kept), reason)
        return kept

    # --- one article

    def _drafts(self, items: Sequence[Item]) -> Iterator[Draft]:
        release()
        for item in items:
            if draft := self._draft(item):
                yield draft
            self.shared.progress(1, 0)

    def _draft(self, item: Item) -> Draft | None:
        report = self.report
        if len(item.url) > URL_CHARACTERS:
            report.count("skipped", reason="address too long")
            return None
        if self._is_out_of_time:
            report.count("left", reason=self.shared.why_over)
            self.is_cut_short = self.is_cut_short or self.shared.is_over
            return None
        try:
            draft = self._fetch_draft(item)
        except Disallowed:
            report.count("skipped", reason="robots.txt")
            return None
        except (FetchError, ExtractError) as exc:
            if is_busy(exc):
                logger.info("%s was put off: %s", item.url, exc)
                report.put_item_off(exc)
            else:
                self._fail(item.url, exc)
            return None
        except Exception as exc:  # noqa: BLE001 - logged and reported there
            self._note_fault(item.url, exc)
            return None
        if draft.broken == Article.Broken.NO_TEXT:
            report.err(item.url, "no article text found on the page")
        return draft

    def _note_fault(self, url: str, exc: Exception) -> None:
        """What nobody foresaw costs the article, not its feed."""
        logger.exception("%s was not taken in", url)
        self._fail(url, f"{url}: not taken in: {described(exc)}")

    def _fail(self, url: str, error: object) -> None:
        self.report.count("failed")
        self.report.err(url, error)

    @property
    def _is_out_of_time(self) -> bool:
        return self.shared.is_over or time.monotonic() > self.ends_at

    def _fetch_draft(self, item: Item, language: str | None = None) -> Draft:
        page = self.shared.fetcher.get_article(item.url)
        standards = self.standards
        if language not in (None, standards.language):
            others = self.shared.standards(language)
            standards = replace(others, sites=standards.sites)
        return apart.draft(self.shared.pool, item, page, standards)

    # --- storing

    def _store(self, drafts: list[Draft]) -> None:
        language = self.feed.language_id
        drafts = find_duplicates(self.feed, drafts)
        release()
        fit = [draft for draft in drafts if not draft.broken]
        prepared = self.shared.prepare([draft.text for draft in fit], language)
        tokens = {id(draft): found for draft, found in zip(fit, prepared, strict=True)}
        stored = [self._store_one(draft, tokens.get(id(draft))) for draft in drafts]
        for _ in unlist_duplicates(language, list(filter(None, stored))):
            self.report.hide(Article.Broken.DUPLICATE.value)
        count_hits(drafts)

    def _store_one(self, draft: Draft, tokens: Prepared | None) -> Article | None:
        try:
            article: Article | None = store(self.feed, draft, tokens)
        except FeedGone:
            raise
        except DatabaseFailed as exc:
            logger.exception("%s was not stored", draft.url)
            self._fail(draft.url, f"not stored: {in_words(exc)}")
            close_old_connections()
            return None
        except Exception as exc:  # noqa: BLE001 - logged and reported there
            self._note_fault(draft.url, exc)
            return None
        if article is None:
            self.report.count("known")  # by another address
            return None
        reason = str(article.broken)
        self.report.count("hidden" if reason else "listed", reason=reason)
        self._count_tokens(draft, tokens)
        return article

    def _count_tokens(self, draft: Draft, tokens: Prepared | None) -> None:
        if tokens and tokens.error:
            error = f"stored without tokens: {tokens.error}"
            self.report.err(draft.url, error)
        elif tokens:
            self.report.tokenized += 1

    # --- articles that change

    def _changed(
        self, items: Sequence[Item], known: dict[str, Known | None]
    ) -> list[tuple[Item, Known]]:
        """(item, Known) of articles of which the feed now says something else."""
        changed = (
            (item, article)
            for item in items
            if (article := known.get(item.url))
            and self._may_have_changed(item, article)
        )
        return list(changed)[:MOST_REVISITS]

    def _may_have_changed(self, item: Item, article: Known) -> bool:
        is_told_anew = article.item_hash not in ("", item_hash(item))
        is_own = article.feed_id == self.feed.pk
        return is_own and is_told_anew and article.may_change()

    def _look_again(self, item: Item, article: Known) -> None:
        """Take in a new version of an article; nothing is lost where that fails."""
        if self._is_out_of_time:
            return
        release()
        try:
            # By the language that it has here: an admin may have put that right.
            draft = self._fetch_draft(item, article.language)
        except (FetchError, ExtractError):
            self.report.recount("skipped", NO_UPDATE)
            return
        except Exception as exc:  # noqa: BLE001 - logged and reported there
            self.report.known -= 1
            self._note_fault(item.url, exc)
            return
        old = stored_text(article.pk)
        if old is None or draft.broken or not is_new_version(old, draft.text):
            note_unchanged(article.pk, draft.item_hash)
            return
        release()
        (tokens,) = self.shared.prepare([draft.text], draft.language)
        if revise(article.pk, draft, tokens):
            self.report.recount("updated")
            self.report.shown += bool(article.broken)
            self._count_tokens(draft, tokens)


def is_busy(error: Exception) -> bool:
    """Whether an error only says that a host has no room for now."""
    return isinstance(error, HostBusy) or getattr(error, "status", 0) in BUSY
