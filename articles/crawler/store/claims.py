"""Who visits a feed: one process at a time, whatever machine it is on."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from articles.models import Feed


def new_lease() -> datetime:
    """When a claim that is made now ends; to the microsecond, its owner's name too."""
    return timezone.now() + timedelta(seconds=settings.CRAWL_LEASE_S)


def claim(pk: int, *, only_due: bool = False) -> Feed | None:
    """Return the feed as it is now, claimed for the caller; None if that can't be.

    Somebody else may have it in hand, it may be paused or gone, or no longer due. The
    claim ends when it is given up, and with its lease where the caller was killed.
    """
    feeds = Feed.objects.active().free()
    lease = new_lease()
    if (
        not (feeds.due() if only_due else feeds)
        .filter(pk=pk)
        .update(claimed_until=lease)
    ):
        return None
    return Feed.objects.filter(pk=pk, claimed_until=lease).first()


def give_up(feed: Feed, rest: timedelta | None = None) -> None:
    """Let others have a claimed feed, unless they have it already; after a rest only,
    where one is given.
    """
    until = timezone.now() + rest if rest else None
    mine = Feed.objects.filter(pk=feed.pk, claimed_until=feed.claimed_until)
    mine.update(claimed_until=until)
