"""Who fills which row: one process at a time, also when two are asked at once."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles.models import Article
from tokenization.models import TokenizationCache

# Longer than any fill; a process that was killed holds its rows up no longer.
LEASE = timedelta(minutes=5)


def claim(article_ids, since):
    """Return the ids of those articles that are the caller's to fill, in order.

    since is when the caller saw that they need it. Left out are articles that are gone,
    claimed by somebody else, or were filled or failed after that. A claim ends when the
    row is saved, or after LEASE.
    """
    now = timezone.now()
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    is_as_seen = Q(refreshed_at__lte=since) | Q(tokenizer="", error="")
    # Statement by statement: a transaction would hold many rows while it waits for
    # others, and two such claims could wait for each other.
    _create_missing(article_ids, now)
    free = TokenizationCache.objects.filter(is_free, is_as_seen)
    return [
        pk for pk in article_ids if free.filter(pk=pk).update(claimed_until=now + LEASE)
    ]


def _create_missing(article_ids, now):
    articles = Article.objects.filter(pk__in=article_ids, tokenization_cache=None)
    with transaction.atomic():  # so that SQLite lets nobody delete an article meanwhile
        rows = [
            TokenizationCache(article_id=pk, created_at=now, refreshed_at=now)
            for pk in articles.order_by("pk").values_list("pk", flat=True)
        ]
        TokenizationCache.objects.bulk_create(rows, ignore_conflicts=True)


def release(article_ids):
    """Give up claims whose rows were not filled."""
    rows = TokenizationCache.objects.filter(pk__in=article_ids)
    rows.update(claimed_until=None)
