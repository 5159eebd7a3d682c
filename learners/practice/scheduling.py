"""When a card comes next, by FSRS; no database.

Nothing is left to chance: what is told beforehand of each answer is what it does.
Source: https://github.com/open-spaced-repetition/py-fsrs, version 6.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fsrs import Card, Rating, Scheduler
from fsrs import State as Phase

from learners.practice.models import PracticeCard, Stage

SCHEDULER = Scheduler(enable_fuzzing=False)
# From which on a word counts as known, by FSRS's stability: the days after which nine
# of ten such words are still remembered.
KNOWN_DAYS = 21


@dataclass(frozen=True)
class Schedule:
    """What a card has of it; the names are those of its columns."""

    due: datetime
    state: int = Stage.NEW
    step: int | None = None
    stability: float | None = None
    difficulty: float | None = None
    last_review: datetime | None = None

    @property
    def is_known(self) -> bool:
        in_review = self.state == Stage.REVIEW
        return in_review and (self.stability or 0) >= KNOWN_DAYS

    def after(self, rating: int, now: datetime) -> "Schedule":
        """What it has after an answer; now is no earlier than the last review."""
        done, _ = SCHEDULER.review_card(self._card(), Rating(rating), _utc(now))
        return Schedule(
            due=done.due,
            state=done.state.value,
            step=done.step,
            stability=done.stability,
            difficulty=done.difficulty,
            last_review=done.last_review,
        )

    def _card(self) -> Card:
        # With an id of its own: fsrs sleeps for a millisecond to make one.
        return Card(
            card_id=0,
            state=Phase(self.state or Stage.LEARNING),
            step=self.step,
            stability=self.stability,
            difficulty=self.difficulty,
            due=self.due,
            last_review=_utc(self.last_review) if self.last_review else None,
        )

    def to_json(self) -> dict[str, Any]:
        """As a review keeps it."""
        last = self.last_review.isoformat() if self.last_review else None
        return {**vars(self), "due": self.due.isoformat(), "last_review": last}


def schedule_of(card: PracticeCard) -> Schedule:
    return Schedule(
        card.due,
        card.state,
        card.step,
        card.stability,
        card.difficulty,
        card.last_review,
    )


def from_json(kept: dict[str, Any]) -> Schedule:
    last = kept["last_review"]
    return Schedule(
        due=datetime.fromisoformat(kept["due"]),
        state=kept["state"],
        step=kept["step"],
        stability=kept["stability"],
        difficulty=kept["difficulty"],
        last_review=datetime.fromisoformat(last) if last else None,
    )


def intervals(schedule: Schedule, now: datetime) -> dict[int, timedelta]:
    """After how long a card comes again, for each rating."""
    return {one: schedule.after(one, now).due - now for one in map(int, Rating)}


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
