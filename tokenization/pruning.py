"""Make room: empty the rows that nobody has used for long. No row is deleted."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from math import inf
from operator import or_
from typing import Any

from django.db.models import Case, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.retention import needed
from tokenization import services
from tokenization.models import TokenizationCache, TokenizationCacheQuerySet
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import again_after_deadlock

MEGABYTE = 10**6
# Rows emptied in one transaction: few enough that nobody waits long for the lock.
BATCH = 500
EMPTY = {
    **dict.fromkeys(("title", "summary", "content", "text_hash", "tokenizer"), ""),
    "token_count": 0,
    "bytes": 0,
}
EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """Ids of rows to prune, the least recently used first, and their bytes.

    ``needed`` rows would be among them if nobody needed them.
    """

    made_at: datetime
    ids: list[int]
    bytes: int
    needed: int


def selected(
    languages: Collection[str] | None = None,
    feeds: Collection[int] | None = None,
    tokenizers: Collection[str] | None = None,
) -> TokenizationCacheQuerySet:
    """Rows with tokens; of these languages, feeds (ids) and tokenizers, where given.

    A tokenizer is a version, or the beginning of one and ``*``.
    """
    rows: TokenizationCacheQuerySet = TokenizationCache.objects.filled()
    if languages:
        rows = rows.filter(article__language__in=languages)
    if feeds:
        rows = rows.filter(article__feed__in=feeds)
    if tokenizers:
        rows = rows.filter(reduce(or_, map(_is_made_by, tokenizers)))
    return rows


def plan(
    rows: TokenizationCacheQuerySet,
    keep_days: int | None = None,
    keep_mb: float | None = None,
) -> Plan:
    """A Plan to prune rows that were last used more than keep_days ago.

    Then more of them, until at most keep_mb megabytes of the rows remain. Without
    either, all of them.
    """
    made_at = timezone.now()
    used_before, keep_bytes = _limits(made_at, keep_days, keep_mb)
    excess = (rows.aggregate(total=Sum("bytes"))["total"] or 0) - keep_bytes
    ids: list[int] = []
    size = needed = 0
    for pk, row_bytes, last_use, is_needed in _least_recently_used(rows):
        if last_use >= used_before and excess <= 0:
            break
        if is_needed:
            needed += 1
            continue
        ids.append(pk)
        size, excess = size + row_bytes, excess - row_bytes
    return Plan(made_at, ids, size, needed)


def prune(plan: Plan) -> Iterator[tuple[int, int]]:
    """Empty the rows of a Plan; yields (rows, bytes) for each batch of them.

    Rows that were filled or claimed since the plan was made, or came to be needed,
    stay.
    """
    for ids in in_slices(plan.ids, BATCH):
        yield _prune(ids, plan.made_at)


def _is_made_by(tokenizer: str) -> Q:
    if tokenizer.endswith("*"):
        return Q(tokenizer__startswith=tokenizer[:-1])
    return Q(tokenizer=tokenizer)


def _limits(
    now: datetime, keep_days: int | None, keep_mb: float | None
) -> tuple[datetime, float]:
    """The time before which a last use is too long ago, and the bytes to keep."""
    if keep_days is None and keep_mb is None:
        return NEVER, inf
    used_before = EVER if keep_days is None else now - timedelta(days=keep_days)
    return used_before, inf if keep_mb is None else keep_mb * MEGABYTE


def _least_recently_used(rows: TokenizationCacheQuerySet) -> Iterator[Any]:
    rows = _prunable(rows).annotate(last_use=Coalesce("last_read_at", "created_at"))
    rows = rows.order_by("last_use", "pk")
    return rows.values_list("pk", "bytes", "last_use", "is_needed").iterator()


def _prunable(rows: TokenizationCacheQuerySet) -> Any:
    """Rows that nobody is filling, with ``is_needed``."""
    return rows.free().annotate(
        is_needed=Case(When(needed(), then=Value(True)), default=Value(False))
    )


@again_after_deadlock
def _prune(ids: list[int], since: datetime) -> tuple[int, int]:
    with services.changing(ids) as found:
        rows = TokenizationCache.objects.filled().filter(refreshed_at__lte=since)
        rows = _prunable(rows).filter(pk__in=found, is_needed=False)
        # Read first: MariaDB can't update rows by a query of the same table.
        rows = rows.order_by("pk").select_for_update()
        sizes = dict(rows.values_list("pk", "bytes"))
        emptied = TokenizationCache.objects.filter(pk__in=sizes)
        emptied.update(**EMPTY, pruned_at=timezone.now())
    return len(sizes), sum(sizes.values())
