"""When a card comes next."""

import json
import time
from datetime import UTC, datetime, timedelta

from learners.practice.models import Stage
from learners.practice.scheduling import Schedule, from_json, intervals

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = Schedule(NOW)
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4


def after(*ratings, start=NEW):
    """Each answer given when the card is due."""
    for rating in ratings:
        start = start.after(rating, start.due)
    return start


def test_a_new_card_comes_again_in_minutes_and_then_in_days():
    first = after(GOOD)
    assert (first.state, first.due - NOW) == (Stage.LEARNING, timedelta(minutes=10))
    second = after(GOOD, GOOD)
    assert second.state == Stage.REVIEW
    assert second.due - first.due >= timedelta(days=1)


def test_what_is_forgotten_comes_again_in_minutes():
    forgotten = after(GOOD, GOOD, AGAIN)
    assert forgotten.state == Stage.RELEARNING
    assert forgotten.due - forgotten.last_review == timedelta(minutes=10)


def test_it_is_known_when_it_lasts_for_three_weeks():
    known = [after(*[GOOD] * number).is_known for number in range(7)]
    assert known[:3] == [False] * 3
    assert known[-1]
    assert not after(*[GOOD] * 7, AGAIN).is_known


def test_what_is_told_beforehand_is_what_happens():
    card = after(GOOD, GOOD, GOOD)
    told = intervals(card, card.due)
    for rating, length in told.items():
        assert card.after(rating, card.due).due - card.due == length
    assert sorted(told.values()) == list(told.values())


def test_a_schedule_comes_back_from_json():
    card = after(GOOD, GOOD)
    assert from_json(json.loads(json.dumps(card.to_json()))) == card
    assert from_json(NEW.to_json()) == NEW


def test_it_does_not_sleep():
    begin = time.perf_counter()
    for _ in range(200):
        NEW.after(GOOD, NOW)
    assert time.perf_counter() - begin < 0.2
