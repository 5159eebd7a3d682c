"""A crawl: the steps put together, feed by feed, with a report of what happened."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import close_old_connections

from articles.crawler import apart
from articles.crawler.draft import URL_CHARACTERS, Standards, item_hash
from articles.crawler.errors import Disallowed, FetchError, HostBusy
from articles.crawler.extract import ExtractError
from articles.crawler.line import Line
from articles.crawler.parse import ParseError
from articles.crawler.preview import recall
from articles.crawler.report import (
    BEING_VISITED,
    DELETED,
    FAILED_OFTEN,
    NO_UPDATE,
    OUT_OF_TIME,
    OVER_LIMIT,
    STOPPED,
    FeedReport,
)
from articles.crawler.revision import is_new_version
from articles.crawler.rules import Rule
from articles.crawler.sites import sites_of
from articles.crawler.store.articles import (
    FeedGone,
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
from articles.crawler.store.claims import claim, give_up
from articles.crawler.store.feeds import (
    record_deferred,
    record_failure,
    record_success,
)
from articles.crawler.store.history import often_failed, record_visit
from articles.crawler.threads import SameThread, Threads
from articles.models import Article, Feed, FeedVisit, JudgeRule, Topic
from zeeguu.base.connections import DatabaseFailed, release
from zeeguu.base.process_pool import described
from zeeguu.base.wording import in_words

logger = logging.getLogger(__name__)

# Articles tokenized and stored together: enough for the tokenizer to be quick, few
# enough that a kill costs little.
BATCH = 20
# Pages looked at again in one visit, because their feed tells something new of them.
MOST_REVISITS = 10
# Servers say so when they are busy, not when a page is bad.
BUSY = {429, 503}
# Between two looks at what there is to do, where nothing is.
BLINK_S = 0.5
# Of a feed whose failure could not be noted: nobody is to come again at once.
REST = timedelta(minutes=1)


class VisitError(Exception):
    """A visit ended by what nobody foresaw; the message says what that was."""


class Crawl:
    """One crawl over any number of feeds.

    fetcher is a Fetcher, pool a KillablePool. prepare(texts, language_code) returns for
    each ArticleText an object with ``save(article_id, fragment_ids)`` and ``error``.
    limit bounds a feed's new articles. progress, where given, is called with (done,
    known) articles: how many were handled, and how many came up. run is the CrawlRun
    that the visits belong to. When ``stop.is_asked``, and after timeout_s, by default
    CRAWLER_RUN_TIMEOUT_S, nothing is begun any more, and what was begun is stored.
    only_due: feeds that somebody else has visited meanwhile are left alone.
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
        timeout_s=None,
        only_due=False,
    ):
        self.fetcher, self.pool, self.prepare = fetcher, pool, prepare
        self.limit, self.run, self.stop, self.only_due = limit, run, stop, only_due
        if timeout_s is None:
            timeout_s = settings.CRAWLER_RUN_TIMEOUT_S
        self.deadline = time.monotonic() + timeout_s
        self.progress = progress or (lambda done, known: None)
        self.not_noted: set[int] = set()
        self.refresh()

    def refresh(self) -> None:
        """Read topics and rules again: an admin may have changed them."""
        self.topics = tuple(Topic.objects.all())
        self.rules = tuple(JudgeRule.objects.filter(active=True))

    @property
    def is_over(self):
        return self.is_stopped or time.monotonic() > self.deadline

    @property
    def is_stopped(self) -> bool:
        return self.stop is not None and self.stop.is_asked

    @property
    def why_over(self) -> str:
        return STOPPED if self.is_stopped else OUT_OF_TIME

    def feeds(self, feeds, workers=1):
        """Crawl feeds with that many threads; yields a FeedReport as each ends."""
        return self.visits(Line(feeds, self.room), workers)

    def room(self, host: str) -> int:
        """How many feeds of a host may be visited at a time without one in vain."""
        return self.fetcher.budget.limit(host).concurrent

    def visits(self, line: Line, workers: int = 1) -> Iterator[FeedReport]:
        """Crawl the feeds of a line with that many threads, each as one is free."""
        with SameThread() if workers == 1 else Threads(workers, "crawl") as threads:
            try:
                yield from self._visits(line, workers, threads)
            finally:
                self.deadline = 0  # also where this one is interrupted

    def _visits(self, line, workers, threads):
        under_way = {}
        try:
            while under_way or not line.is_over:
                while len(under_way) < workers and (feed := line.take()):
                    # Here, on one connection: to open one costs as much as a visit.
                    claimed, report = self._take_up(feed)
                    if claimed is None:
                        line.leave(feed)
                        yield report
                    else:
                        under_way[threads.submit(self._visit, claimed)] = claimed
                done = self._wait_for(under_way)
                for future in done:
                    line.leave(under_way.pop(future))
                    yield future.result()
        finally:
            for future, feed in under_way.items():
                if future.cancel():
                    let_go(feed)

    def _wait_for(self, under_way):
        """The futures that are done; soon none, and then no connection is held."""
        if not under_way:
            release()
            time.sleep(BLINK_S)
        done, _ = wait(under_way, BLINK_S, FIRST_COMPLETED)
        if not done:
            release()
        return done

    def visit(self, feed: Feed) -> FeedReport:
        """Crawl one feed unless somebody else does; others leave it alone meanwhile."""
        claimed, report = self._take_up(feed)
        return report if claimed is None else self._visit(claimed)

    def _take_up(self, feed: Feed) -> tuple[Feed | None, FeedReport]:
        """The feed as it is now, claimed; None, and why, if it can't be visited."""
        report = report_of(feed)
        if self.is_over:
            report.defer(self.why_over)
            return None, report
        try:
            claimed = claim(feed, only_due=self.only_due)
        except DatabaseFailed as exc:
            self._fail(report, exc)
            return None, report
        if claimed is None:
            is_there = Feed.objects.filter(pk=feed.pk).exists()
            report.defer(BEING_VISITED if is_there else DELETED)
        return claimed, report

    def _visit(self, claimed: Feed) -> FeedReport:
        try:
            return self.feed(claimed)
        finally:
            let_go(claimed, REST if claimed.pk in self.not_noted else None)
            self.not_noted.discard(claimed.pk)

    def feed(self, feed):
        """Crawl one feed; return its FeedReport. Raises nothing a feed can cause.

        Whatever ends the visit, a fault of ours or of a library included, is this
        feed's failure, and nobody else's.
        """
        report = report_of(feed)
        started = time.monotonic()
        if self.is_over:
            report.defer(self.why_over)
            return report
        try:
            note = Visit(self, feed, report, started).crawl()
            report.seconds = round(time.monotonic() - started, 2)
            self._note(note, feed, report)
        except Exception as exc:  # noqa: BLE001 - logged and reported there
            message = self._fail(report, exc)
            report.seconds = round(time.monotonic() - started, 2)
            self._note_failure(feed, report, VisitError(message))
        return report

    def _note(self, note: Callable[[], bool], feed: Feed, report: FeedReport) -> None:
        """Note on the feed and in the history how a visit went.

        Nothing where the feed was deleted meanwhile.
        """
        if note():
            report.status = feed.last_status
            record_visit(report, feed.last_error or report.put_off, self.run)

    def _fail(self, report: FeedReport, exc: Exception) -> str:
        """Log what ended a visit, with its traceback, and report it; return it."""
        logger.exception("Feed %s: the visit ended", report.feed, exc_info=exc)
        if isinstance(exc, DatabaseFailed):
            message = f"the database failed: {in_words(exc)}"
            close_old_connections()  # the next one gets a new one
        else:
            message = f"{report.url}: the visit ended by {described(exc)}"
        report.status = FeedVisit.FAILED
        report.err(report.url, message)
        return message

    def _note_failure(self, feed, report, error):
        try:
            # Not as the visit has left it: what it changed may be what is wrong.
            fresh = Feed.objects.filter(pk=feed.pk).first()
            if fresh is not None:
                fresh.etag = fresh.last_modified = ""
                fresh.content_hash = fresh.moved_to = ""
                # Not the claim that it has now, but the one that the visit had.
                fresh.claimed_until = feed.claimed_until
                self._note(partial(record_failure, fresh, error), fresh, report)
        except Exception:
            logger.exception("Feed %s: its failure was not noted", report.feed)
            close_old_connections()
            self.not_noted.add(report.feed)

    def standards(self, language):
        """The Standards of a language."""
        rules = [rule for rule in self.rules if rule.language_id in (None, language)]
        return Standards(
            language,
            tuple(Rule(r.pk, r.reason, r.where, r.phrase) for r in rules),
            self.topics,
        )


def report_of(feed: Feed) -> FeedReport:
    """The FeedReport of a visit that has not begun."""
    return FeedReport(feed.pk, str(feed), feed.url, feed.language_id)


def let_go(feed: Feed, rest: timedelta | None = None) -> None:
    """Give up the claim on a feed; in vain is no harm, since its lease ends."""
    try:
        give_up(feed, rest)
    except DatabaseFailed as exc:
        logger.error("The claim on feed %s ends with its lease: %s", feed.pk, exc)
        close_old_connections()


def is_busy(error):
    """Whether an error only says that a host has no room for now."""
    return isinstance(error, HostBusy) or getattr(error, "status", 0) in BUSY


class Visit:
    """One visit of one feed. ``crawl`` is its only public method."""

    def __init__(self, crawl, feed, report, started):
        self.shared, self.feed, self.report = crawl, feed, report
        self.ends_at = started + settings.CRAWLER_FEED_TIMEOUT_S
        self.standards = crawl.standards(feed.language_id)
        self.is_cut_short = False

    def crawl(self):
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

    def _without(self, items, urls, reason):
        """The items but those at these addresses, which are skipped for that reason."""
        kept = [item for item in items if item.url not in urls]
        self.report.count("skipped", len(items) - len(kept), reason)
        return kept

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
    def _is_out_of_time(self):
        return self.shared.is_over or time.monotonic() > self.ends_at

    def _fetch_draft(self, item):
        page = self.shared.fetcher.get_article(item.url)
        return apart.draft(self.shared.pool, item, page, self.standards)

    # --- storing

    def _store(self, drafts):
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

    def _store_one(self, draft, tokens):
        try:
            article = store(self.feed, draft, tokens)
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

    def _count_tokens(self, draft, tokens):
        if tokens and tokens.error:
            error = f"stored without tokens: {tokens.error}"
            self.report.err(draft.url, error)
        elif tokens:
            self.report.tokenized += 1

    # --- articles that change

    def _changed(self, items, known):
        """(item, Known) of articles of which the feed now says something else."""
        changed = (
            (item, article)
            for item in items
            if (article := known.get(item.url))
            and self._may_have_changed(item, article)
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
        (tokens,) = self.shared.prepare([draft.text], self.feed.language_id)
        if revise(article.pk, draft, tokens):
            self.report.recount("updated")
            self.report.shown += bool(article.broken)
            self._count_tokens(draft, tokens)
