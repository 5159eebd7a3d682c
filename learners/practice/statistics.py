"""How practice went, by the learner's own days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from learners.people.models import Profile
from learners.practice import days
from learners.practice.days import Practised, Streak, day_of
from learners.practice.models import PracticeCard, Review, Stage

NOT_AGAIN = Q(rating__gt=Review.Rating.AGAIN)


@dataclass(frozen=True)
class Statistics:
    """``days`` are the last ones, today the last of them, also those without reviews.

    ``retention`` is what share of the reviews of these days was remembered, of words
    that had been learned before; None without any.
    """

    today: date
    streak: Streak
    days: list[dict[str, Any]]
    cards: dict[str, int]
    retention: float | None


def statistics(
    profile: Profile, language: str | None, number: int, now: datetime
) -> Statistics:
    """Of one language or all; the streak is of all. Always three queries."""
    today = day_of(profile, now)
    reviews = Review.objects.filter(learner=profile.user_id)
    streak = days.streak(_practised(reviews), today, now)
    if language:
        reviews = reviews.filter(card__language=language)
    first = today - timedelta(days=number - 1)
    found = {row["day"]: row for row in _by_day(reviews.filter(day__gte=first))}
    every = [first + timedelta(days=n) for n in range(number)]
    told = [_told(day, found.get(day, {})) for day in every]
    asked = sum(row["asked"] for row in found.values())
    right = sum(row["remembered"] for row in found.values())
    cards = _cards(profile.user_id, language, now)
    return Statistics(today, streak, told, cards, right / asked if asked else None)


def _practised(reviews: QuerySet[Review]) -> list[Practised]:
    rows = reviews.values("day").annotate(first=Min("at"), last=Max("at"))
    return [Practised(**row) for row in rows.order_by("day")]


def _by_day(reviews: QuerySet[Review]) -> QuerySet:
    return reviews.values("day").annotate(
        reviews=Count("pk"),
        new=Count("pk", Q(was=Stage.NEW)),
        again=Count("pk", ~NOT_AGAIN),
        milliseconds=Sum("milliseconds"),
        asked=Count("pk", Q(was=Stage.REVIEW)),
        remembered=Count("pk", Q(was=Stage.REVIEW) & NOT_AGAIN),
    )


def _told(day: date, row: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: row.get(name, 0) for name in ("reviews", "new", "again")}
    return {
        "day": day,
        **numbers,
        "seconds": round((row.get("milliseconds") or 0) / 1000),
    }


def _cards(learner: int, language: str | None, now: datetime) -> dict[str, int]:
    cards = PracticeCard.objects.filter(learner=learner)
    if language:
        cards = cards.filter(language=language)
    kinds = {stage.name.lower(): Q(state=stage, is_suspended=False) for stage in Stage}
    kinds["suspended"] = Q(is_suspended=True)
    return cards.aggregate(**{name: Count("pk", kind) for name, kind in kinds.items()})
