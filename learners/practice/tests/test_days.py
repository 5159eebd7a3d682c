"""Days and streaks in the learner's own time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from learners.models import Profile
from learners.practice.days import Practised, Streak, day_of, streak

FIRST = date(2026, 3, 1)


def at(*when):
    return datetime(*when, tzinfo=UTC)


def on(*numbers, hour=12):
    """Days by their number from the first on, with reviews at that hour."""
    days = [FIRST + timedelta(days=number) for number in numbers]
    hours = [datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for day in days]
    return [Practised(*found) for found in zip(days, hours, hours, strict=True)]


@pytest.mark.parametrize(
    ("zone", "when", "day"),
    [
        ("UTC", at(2026, 3, 1, 23, 59), date(2026, 3, 1)),
        ("Asia/Tokyo", at(2026, 3, 1, 15), date(2026, 3, 2)),
        ("America/Los_Angeles", at(2026, 3, 1, 7, 59), date(2026, 2, 28)),
        # Clocks go forward at 02:00, and back at 03:00.
        ("Europe/Copenhagen", at(2026, 3, 28, 23), date(2026, 3, 29)),
        ("Europe/Copenhagen", at(2026, 3, 29, 22), date(2026, 3, 30)),
        ("Europe/Copenhagen", at(2026, 10, 25, 22, 30), date(2026, 10, 25)),
        ("Europe/Copenhagen", at(2026, 10, 25, 23), date(2026, 10, 26)),
        ("Nowhere/Land", at(2026, 3, 1, 23, 59), date(2026, 3, 1)),
        ("../../etc/passwd", at(2026, 3, 1, 23, 59), date(2026, 3, 1)),
        ("", at(2026, 3, 1, 23, 59), date(2026, 3, 1)),
    ],
)
def test_a_day_is_the_learners_own(zone, when, day):
    assert day_of(Profile(time_zone=zone), when) == day


@pytest.mark.parametrize(
    ("numbers", "today", "expected"),
    [
        ([], 0, Streak(0, 0)),
        ([0], 0, Streak(1, 1)),
        ([0, 1, 2], 2, Streak(3, 3)),
        ([0, 1, 2], 3, Streak(3, 3)),  # today may still come
        ([0, 1, 2], 4, Streak(0, 3)),
        ([0, 1, 2, 5, 6], 6, Streak(2, 3)),
    ],
)
def test_a_streak_is_of_days_one_after_the_other(numbers, today, expected):
    [now] = on(today)
    assert streak(on(*numbers), now.day, now.first) == expected


def test_a_day_that_a_flight_left_out_ends_no_streak():
    """Evening in Los Angeles, and fourteen hours later morning in Auckland."""
    before, after = at(2026, 3, 2, 4), at(2026, 3, 2, 18)
    days = [
        Practised(
            day_of(Profile(time_zone="America/Los_Angeles"), before), before, before
        ),
        Practised(day_of(Profile(time_zone="Pacific/Auckland"), after), after, after),
    ]
    assert days[1].day - days[0].day == timedelta(days=2)
    assert streak(days, days[1].day, after).current == 2
    # Nor does it look ended before that.
    assert streak(days[:1], days[1].day, after).current == 1
    assert streak(days[:1], days[1].day, before + timedelta(hours=25)).current == 0


def test_who_flies_back_has_practised_tomorrow():
    [first, tomorrow] = on(0, 1)
    assert streak([first, tomorrow], first.day, tomorrow.last).current == 2
