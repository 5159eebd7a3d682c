"""Rows that are in one hand at a time, and in none for ever.

Such a row has ``claimed_until``. A lease is the moment at which a claim ends by itself,
where its owner was killed; to the microsecond, so that it is the owner's name too. Each
step is one statement that compares before it sets: of two who claim a row one gets it,
and nobody gives up what somebody else has by now.
"""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from zeeguu.base.connections import again_after_deadlock


def new_lease(duration: timedelta) -> datetime:
    """The lease of a claim that is made now."""
    return timezone.now() + duration


def claimed(path: str = "") -> Q:
    """Whether rows are in somebody's hands; path leads to them, such as ``feed__``."""
    return Q(**{f"{path}claimed_until__gt": timezone.now()})


def ended(lease: datetime) -> Case:
    """``claimed_until`` without that claim, for an update of other columns too."""
    mine = When(claimed_until=lease, then=None)
    return Case(mine, default=F("claimed_until"))


class LeaseQuerySet(models.QuerySet):
    """Of a model that has ``claimed_until``, a time that may be null."""

    def claimed(self) -> Self:
        """Those that somebody has in hand, or had when it was killed just now."""
        return self.filter(claimed())

    def free(self) -> Self:
        """Those that nobody has in hand, or whose claim is over."""
        is_over = Q(claimed_until__lte=timezone.now())
        return self.filter(Q(claimed_until=None) | is_over)

    @again_after_deadlock
    def claim(self, lease: datetime) -> int:
        """Claim those of the rows that are free; return how many."""
        return self.free().update(claimed_until=lease)

    def give_up(self, lease: datetime) -> int:
        """Let others have the rows, those that are still claimed under that lease."""
        return self.prolong(lease, None)

    @again_after_deadlock
    def prolong(self, lease: datetime, until: datetime | None) -> int:
        """Have the claims that are still of that lease end then; return how many."""
        return self.filter(claimed_until=lease).update(claimed_until=until)
