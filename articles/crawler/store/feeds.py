"""What a visit changes on its feed: state, validators, address, time of the next."""

import random
from collections import Counter
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.addresses import normal_url
from articles.crawler.feeds.parse import FeedDocument
from articles.crawler.judge.schedule import Outcome, freshness, next_visit
from articles.crawler.store.given import Report
from articles.crawler.web.fetch import Page
from articles.crawler.web.validators import given
from articles.models import Feed, FeedVisit
from zeeguu.base.leases import ended

# What a visit changes; an admin may be editing the rest meanwhile.
VISIT = [
    "etag",
    "last_modified",
    "content_hash",
    "moved_to",
    "moved_sightings",
    "served_from",
    "next_fetch_at",
    "last_fetched_at",
    "last_success_at",
    "last_new_at",
    "hidden_in_a_row",
    "hidden_why",
    "lost",
    "lost_why",
    "consecutive_failures",
    "last_status",
    "last_error",
]
# Of a feed's address; half an address is none.
URL_CHARACTERS = 500
# A 301 or 308 may be a mistake; the same one this often in a row is not.
SIGHTINGS = 3


def record_success(
    feed: Feed,
    page: Page,
    report: Report,
    *,
    document: FeedDocument | None = None,
    content_hash: str = "",
    cut_short: bool = False,
) -> bool:
    """Note a visit that worked, as its FeedReport tells.

    page is the Page that was fetched, and document the FeedDocument in it, or None
    where nothing has changed. The validators for the next conditional request are kept
    only when the visit was complete: otherwise a 304 would hide what is left. One that
    was cut short by the crawl's end is due again at once, behind all who wait by then.
    """
    complete = report.is_complete
    if page.body is not None:
        validators = given(page.headers) if complete else {}
        _take_validators(feed, **validators)
    if document is not None:
        feed.content_hash = content_hash if complete else ""
        _take_title(feed, document.title)
    _follow(feed, page.moved_to)
    feed.last_success_at = timezone.now()
    _note_new(feed, report)
    feed.consecutive_failures = 0
    feed.last_error = ""
    ttl = timedelta(seconds=(document and document.ttl_s) or 0)
    # What waits for the next visit was there before this answer. Where nothing could be
    # taken in, coming soon would not help.
    unfinished = report.left > 0 and report.stored > 0
    asked = timedelta(0) if unfinished else max(freshness(page.headers), ttl)
    return _finish(
        feed,
        FeedVisit.OK if document is not None else FeedVisit.UNCHANGED,
        published=_times(feed, document),
        asked=asked,
        unfinished=unfinished,
        cut_short=cut_short,
    )


def _note_new(feed: Feed, report: Report) -> None:
    """Note what readers got, or how much in a row was kept from them, and why."""
    if report.has_new:
        feed.last_new_at = feed.last_success_at
        feed.hidden_in_a_row, feed.hidden_why = 0, {}
    elif report.hidden:
        feed.hidden_in_a_row += report.hidden
        why = Counter(feed.hidden_why) + report.reasons["hidden"]
        feed.hidden_why = dict(why)
    if report.found:
        # Else nothing has changed since it was last read.
        feed.lost_why = dict(report.lost_why)
        feed.lost = sum(feed.lost_why.values())


def record_failure(feed: Feed, error: Exception) -> bool:
    """Note a visit that failed; the next one waits twice as long, up to a day.

    Or for as long as the server asks. A feed that is gone for good is switched off. The
    validators may be what the server can't bear, so the next visit asks without.
    """
    _take_validators(feed)
    feed.consecutive_failures += 1
    feed.last_error = str(error)
    is_gone = getattr(error, "status", None) == HTTPStatus.GONE
    if is_gone:
        feed.active = False
        Feed.objects.filter(pk=feed.pk).update(active=False)
    asked = getattr(error, "retry_after", None) or timedelta(0)
    status = FeedVisit.GONE if is_gone else FeedVisit.FAILED
    return _finish(feed, status, asked=asked)


def record_deferred(feed: Feed, reason: object = "") -> bool:
    """Note a visit for which its host had no room: no fault of the feed's."""
    feed.last_error = str(reason)
    return _finish(feed, FeedVisit.DEFERRED, unfinished=True)


def _take_validators(feed: Feed, etag: str = "", last_modified: str = "") -> None:
    feed.etag, feed.last_modified = etag, last_modified


def _take_title(feed: Feed, title: str) -> None:
    if title and not feed.title:
        feed.title = title[:200]
        Feed.objects.filter(pk=feed.pk, title="").update(title=feed.title)


def _times(feed: Feed, document: FeedDocument | None) -> tuple[datetime, ...]:
    """When the feed's articles were published, as it tells, or as we have them."""
    if document is not None:
        return tuple(item.published_at for item in document.items if item.published_at)
    latest = feed.articles.order_by("-published_at").values_list("published_at")
    return tuple(published for (published,) in latest[:20])


def _follow(feed: Feed, moved_to: str) -> None:
    """Move a feed whose server says for good, often enough, that it is elsewhere."""
    moved_to = normal_url(moved_to)
    moved_to = moved_to if len(moved_to) <= URL_CHARACTERS else ""
    is_same = moved_to and moved_to == feed.moved_to
    feed.moved_sightings = feed.moved_sightings + 1 if is_same else int(bool(moved_to))
    feed.moved_to = moved_to
    if feed.moved_sightings < SIGHTINGS:
        return
    try:
        with transaction.atomic():
            # An admin may have given it another address meanwhile.
            moved = Feed.objects.filter(pk=feed.pk, url=feed.url).update(url=moved_to)
    except IntegrityError:  # another feed is there already; both go on
        return
    if moved:
        feed.url, feed.moved_to, feed.moved_sightings = moved_to, "", 0


def _finish(feed: Feed, status: str, cut_short: bool = False, **facts: Any) -> bool:
    """Note what all visits have in common; return whether the feed is still there."""
    feed.last_status = status
    feed.last_fetched_at = timezone.now()
    visit = Outcome(feed.last_fetched_at, failures=feed.consecutive_failures, **facts)
    chance = random.random()  # noqa: S311 - spreads visits, guards nothing
    wait_until = next_visit(visit, feed.interval, chance)
    feed.next_fetch_at = visit.at if cut_short else wait_until
    # Not save(): somebody may have deleted the feed meanwhile.
    facts = {name: getattr(feed, name) for name in VISIT}
    if feed.claimed_until is not None:
        # With this the claim ends, if it is still the one of this visit: thousands of
        # feeds that have not changed take longest for the statements.
        facts["claimed_until"] = ended(feed.claimed_until)
    is_there = Feed.objects.filter(pk=feed.pk).update(**facts) > 0
    feed.claimed_until = None
    return is_there
