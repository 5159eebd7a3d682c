"""Who fills which row: one process at a time, also when two are asked at once."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles.models import Article
from tokenization.models import TokenizationCache
from zeeguu.base.connections import again_after_deadlock

# Longer than any fill; a process that was killed holds its rows up no longer.
LEASE = timedelta(minutes=2)


def new_lease():
    """When a claim that is made now ends; to the microsecond, its owner's name too."""
    return timezone.now() + LEASE


def claim(article_ids, since, lease):
    """Return the ids of those articles that are the caller's to fill, in order.

    since is when the caller saw that they need it. Left out are articles that are gone,
    claimed by somebody else, or were filled or failed after that. A claim ends when the
    row is saved, and with its lease.
    """
    now = timezone.now()
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    is_as_seen = Q(refreshed_at__lte=since) | Q(tokenizer="", error="")
    # Statement by statement: a transaction would hold many rows while it waits for
    # others, and two such claims could wait for each other.
    _create_missing(article_ids, now)
    free = TokenizationCache.objects.filter(is_free, is_as_seen)
    return [pk for pk in article_ids if _take(free.filter(pk=pk), lease)]


@again_after_deadlock
def _take(row, lease):
    return row.update(claimed_until=lease)


@again_after_deadlock
def _create_missing(article_ids, now):
    articles = Article.objects.filter(pk__in=article_ids, tokenization_cache=None)
    with transaction.atomic():  # so that SQLite lets nobody delete an article meanwhile
        rows = [
            TokenizationCache(article_id=pk, created_at=now, refreshed_at=now)
            for pk in articles.order_by("pk").values_list("pk", flat=True)
        ]
        TokenizationCache.objects.bulk_create(rows, ignore_conflicts=True)


@again_after_deadlock
def release(article_ids, lease):
    """Give up what was claimed with a lease and not filled."""
    rows = TokenizationCache.objects.filter(pk__in=article_ids, claimed_until=lease)
    rows.update(claimed_until=None)


@again_after_deadlock
def release_since(article_ids, moment):
    """Give up the claims of processes that were killed, made after a moment.

    One that somebody else has made meanwhile is lost too: then two do the same.
    """
    rows = TokenizationCache.objects.filter(pk__in=article_ids)
    rows.filter(claimed_until__gte=moment + LEASE).update(claimed_until=None)


def claimed():
    """Rows that somebody is filling now, or was, before it was killed."""
    return TokenizationCache.objects.filter(claimed_until__gt=timezone.now())
