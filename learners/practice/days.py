"""The days of a learner, in the time zone that the profile names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from learners.people.models import Profile
from learners.people.profiles import zone_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Practised:
    """A day on which there were reviews: the first of them, and the last."""

    day: date
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Streak:
    """Days one after the other; of the current one yesterday may be the last."""

    current: int = 0
    longest: int = 0


def day_of(profile: Profile, at: datetime) -> date:
    """Which day it is where the learner is."""
    return at.astimezone(zone_of(profile)).date()


def streak(days: Sequence[Practised], today: date, now: datetime) -> Streak:
    """Of days in order. A zone that has changed may leave a day out, or end ahead."""
    longest = current = 0
    before = None
    for one in days:
        current = current + 1 if before and _follows(before, one) else 1
        longest = max(longest, current)
        before = one
    is_over = not before or not _follows(before, Practised(today, now, now))
    return Streak(0 if is_over else current, longest)


def _follows(before: Practised, after: Practised) -> bool:
    """Whether it goes on, as it also does with another review of the same day."""
    return after.day - before.day <= DAY or after.first - before.last <= DAY
