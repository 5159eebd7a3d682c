"""Times that somebody spent reading an article, or browsing lists."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from learners.readings.actions import require_listed, since
from learners.readings.models import Sitting

# Who reads for longer has left the page open.
LONGEST = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)


def begin(
    learner: int, kind: str, article: int | None = None, platform: str = ""
) -> Sitting:
    """Note that somebody begins; raises Article.DoesNotExist."""
    if article is not None:
        require_listed(article)
    return Sitting.objects.create(
        learner_id=learner, kind=kind, article_id=article, platform=platform
    )


def go_on(
    learner: int, pk: int, milliseconds: int = 0, is_over: bool = False
) -> Sitting:
    """Note how long it is by now, or that it is over; raises Sitting.DoesNotExist.

    It never becomes shorter, and is not longer ago than it began.
    """
    mine = Sitting.objects.filter(learner=learner, pk=pk)
    begun_at = mine.values_list("started_at", flat=True).first()
    if begun_at is None:
        raise Sitting.DoesNotExist(f"There is no sitting {pk}.")
    length = min(milliseconds, _longest(begun_at))
    changes: dict[str, Any] = {
        "milliseconds": Greatest(F("milliseconds"), Value(length))
    }
    if is_over:
        changes["ended_at"] = since("ended_at")
    mine.update(**changes)
    return mine.get()


def _longest(begun_at: datetime) -> int:
    passed = min(timezone.now() - begun_at, LONGEST)
    return max(0, passed // MILLISECOND)
