"""Who visits a feed: one process at a time, whatever machine it is on."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from articles.models import Feed
from zeeguu.base import leases

# A claim that no visit has and that does not end: the feed is being deleted.
BEING_DELETED = datetime(9000, 1, 1, tzinfo=UTC)


def new_lease() -> datetime:
    """The lease of a visit that begins now."""
    return leases.new_lease(timedelta(seconds=settings.CRAWL_LEASE_S))


def claim(feed: Feed, *, only_due: bool = False) -> Feed | None:
    """Return the feed as it is now, claimed for the caller; None if that can't be.

    Somebody else may have it in hand, it may be paused or gone, or no longer due. The
    claim ends when it is given up, and with its lease where the caller was killed.
    """
    if _claimed(feed, only_due):  # one statement where nobody has touched it
        return feed
    fresh = Feed.objects.filter(pk=feed.pk).first()
    return fresh if fresh is not None and _claimed(fresh, only_due) else None


def _claimed(feed: Feed, only_due: bool) -> bool:
    """Claim a feed if it is still as it was read: where it is, and when visited."""
    as_read = {"url": feed.url, "last_fetched_at": feed.last_fetched_at}
    rows = Feed.objects.active().filter(pk=feed.pk, **as_read)
    lease = new_lease()
    if not (rows.due() if only_due else rows).claim(lease):
        return False
    feed.claimed_until = lease
    return True


def give_up(feed: Feed, rest: timedelta | None = None) -> None:
    """Let others have a claimed feed, unless they have it already; after a rest only,
    where one is given. One without a claim is left alone.
    """
    if feed.claimed_until is None:
        return
    until = timezone.now() + rest if rest else None
    Feed.objects.filter(pk=feed.pk).prolong(feed.claimed_until, until)
