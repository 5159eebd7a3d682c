"""Who visits a feed: one process at a time, whatever machine it is on."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from articles.models import Feed

# A claim that no visit has and that does not end: the feed is being deleted.
BEING_DELETED = datetime(9000, 1, 1, tzinfo=UTC)


def new_lease() -> datetime:
    """When a claim that is made now ends; to the microsecond, its owner's name too."""
    return timezone.now() + timedelta(seconds=settings.CRAWL_LEASE_S)


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
    rows = Feed.objects.active().free().filter(pk=feed.pk, **as_read)
    lease = new_lease()
    if not (rows.due() if only_due else rows).update(claimed_until=lease):
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
    mine = Feed.objects.filter(pk=feed.pk, claimed_until=feed.claimed_until)
    mine.update(claimed_until=until)
