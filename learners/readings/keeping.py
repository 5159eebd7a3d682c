"""What of readings is kept, and what goes when it is old."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone

from learners.bookmarks.models import Bookmark
from learners.readings.models import Activity, Reading, Sitting
from zeeguu.base.batches import id_batches

BATCH = 1000
PAUSE_S = 0.01


def saved() -> QuerySet:
    """Ids of the articles that somebody saved."""
    return Reading.objects.filter(saved_at__isnull=False).values("article")


def with_bookmarks() -> QuerySet:
    """Ids of the articles that somebody has words of."""
    return Bookmark.objects.filter(article__isnull=False).values("article")


def prune() -> int:
    """Delete activities and sittings that are too old; return how many."""
    return _prune(Activity, "at") + _prune(Sitting, "started_at")


def _prune(model: type[Model], column: str) -> int:
    """Rows are made in the order of their ids: the first that is not old is the end.

    No index has the time alone, which would cost more at each insert.
    """
    oldest = timezone.now() - timedelta(days=settings.ACTIVITY_DAYS)
    deleted = 0
    rows = model._base_manager.all()
    for ids in id_batches(rows, BATCH, PAUSE_S):
        old = rows.filter(pk__in=ids, **{f"{column}__lt": oldest})
        number = old.delete()[0]
        deleted += number
        if number < len(ids):
            break
    return deleted
