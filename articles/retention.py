"""Old articles go, but not those that somebody needs."""

import time
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone

from articles.deletion import BATCH, PAUSE_S, delete_batch
from articles.models import Article

# Functions that return the ids of articles that must stay, and their tokens too: a
# list, or a queryset of ids where they may be many. Other apps add theirs.
needed_by: list[Callable[[], Collection[int] | QuerySet]] = []


def needed() -> Q:
    """Which articles, or rows that have their ids, somebody needs."""
    return reduce(or_, (Q(pk__in=ids()) for ids in needed_by), Q(pk__in=[]))


def published_before(moment: datetime, languages: Collection[str] = ()) -> QuerySet:
    """All articles, readers' or not, that were published before; of some languages."""
    old = Article.objects.filter(published_at__lt=moment)
    return old.filter(language__in=languages) if languages else old


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def prune(articles: QuerySet) -> Iterator[int]:
    """Delete those that nobody needs, the oldest first; yields how many, by batch.

    What comes to be needed meanwhile stays.
    """
    unneeded = articles.exclude(needed()).order_by("published_at", "pk")
    rest = unneeded
    while batch := list(rest.values_list("pk", "published_at")[:BATCH]):
        rows = delete_batch(list(dict(batch)), keep=needed)
        yield rows[Article._meta.label]
        last, moment = batch[-1]
        later = Q(published_at__gt=moment) | Q(published_at=moment, pk__gt=last)
        # The first says the same as the second, in a form that an index answers.
        rest = unneeded.filter(published_at__gte=moment).filter(later)
        time.sleep(PAUSE_S)
