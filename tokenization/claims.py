"""Who fills which row: one process at a time, also when two are asked at once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles.models import Article
from tokenization.models import TokenizationCache
from zeeguu.base import leases
from zeeguu.base.connections import again_after_deadlock

# Longer than any fill; a process that was killed holds its rows up no longer.
LEASE = timedelta(minutes=2)


def new_lease() -> datetime:
    """The lease of a fill that begins now."""
    return leases.new_lease(LEASE)


def claim(article_ids: Sequence[int], since: datetime, lease: datetime) -> list[int]:
    """Return the ids of those articles that are the caller's to fill, in order.

    since is when the caller saw that they need it. Left out are articles that are gone,
    claimed by somebody else, or were filled or failed after that. A claim ends when it
    is released, and with its lease.
    """
    is_as_seen = Q(refreshed_at__lte=since) | Q(tokenizer="", error="")
    # Statement by statement: a transaction would hold many rows while it waits for
    # others, and two such claims could wait for each other.
    _create_missing(article_ids, timezone.now())
    rows = TokenizationCache.objects.filter(is_as_seen)
    return [pk for pk in article_ids if rows.filter(pk=pk).claim(lease)]


@again_after_deadlock
def _create_missing(article_ids: Sequence[int], now: datetime) -> None:
    articles = Article.objects.filter(pk__in=article_ids, tokenization_cache=None)
    with transaction.atomic():  # so that SQLite lets nobody delete an article meanwhile
        rows = [
            TokenizationCache(article_id=pk, created_at=now, refreshed_at=now)
            for pk in articles.order_by("pk").values_list("pk", flat=True)
        ]
        TokenizationCache.objects.bulk_create(rows, ignore_conflicts=True)


def release(article_ids: Collection[int], lease: datetime) -> None:
    """Give up what was claimed with a lease, filled or not."""
    TokenizationCache.objects.filter(pk__in=article_ids).give_up(lease)


@again_after_deadlock
def release_since(article_ids: Collection[int], moment: datetime) -> None:
    """Give up the claims of processes that were killed, made after a moment.

    One that somebody else has made meanwhile is lost too: then two do the same.
    """
    rows = TokenizationCache.objects.filter(pk__in=article_ids)
    rows.filter(claimed_until__gte=moment + LEASE).update(claimed_until=None)
