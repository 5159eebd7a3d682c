"""How practice went."""

from datetime import UTC, date, datetime

import pytest

from learners.models import Profile
from learners.practice.days import Streak
from learners.practice.models import Review, Stage
from learners.practice.statistics import statistics
from learners.practice.tests.practising import make_card
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)


@pytest.fixture
def learner():
    return make_learner(time_zone="Asia/Tokyo")  # where it is March 2nd


def of(learner, language=None, days=3):
    profile = Profile.objects.get(user=learner)
    return statistics(profile, language, days, NOW)


def put_down(card, day, rating=3, was=Stage.REVIEW, milliseconds=1500):
    return Review(
        learner_id=card.learner_id,
        card=card,
        rating=rating,
        was=was,
        day=date(2026, 3, day),
        at=datetime(2026, 3, day, 3, tzinfo=UTC),
        milliseconds=milliseconds,
    )


def test_days_are_the_learners_and_those_without_reviews_are_told(learner):
    card = make_card(learner)
    rows = [put_down(card, 2), put_down(card, 2, rating=1), put_down(card, 2, 3, 0)]
    Review.objects.bulk_create(rows)
    found = of(learner)
    assert found.today == date(2026, 3, 2)
    assert [str(one["day"]) for one in found.days] == [
        "2026-02-28",
        "2026-03-01",
        "2026-03-02",
    ]
    today = {"reviews": 3, "new": 1, "again": 1, "seconds": 4}
    assert found.days[-1] == {"day": found.today, **today}
    assert found.days[0]["reviews"] == 0
    assert found.retention == 0.5


def test_who_has_not_practised_has_no_retention(learner):
    found = of(learner)
    assert (found.retention, found.streak) == (None, Streak())


def test_cards_are_counted_by_stage(learner):
    make_card(learner, "hus")
    make_card(learner, "bil", state=Stage.REVIEW)
    make_card(learner, "kat", is_suspended=True)
    cards = of(learner).cards
    assert (cards["new"], cards["review"], cards["suspended"]) == (1, 1, 1)
    assert sum(of(learner, "de").cards.values()) == 0


def test_a_language_has_its_own_but_the_streak_is_of_all(learner):
    Review.objects.bulk_create([put_down(make_card(learner), 2)])
    found = of(learner, "de")
    assert found.days[-1]["reviews"] == 0
    assert found.streak == Streak(1, 1)


def test_ten_thousand_reviews_cost_what_one_does(learner, django_assert_num_queries):
    card, profile = make_card(learner), Profile.objects.get(user=learner)
    rows = [put_down(card, 1 + number % 2) for number in range(10_000)]
    with django_assert_num_queries(3):
        statistics(profile, None, 3, NOW)
    Review.objects.bulk_create(rows, batch_size=1000)
    with django_assert_num_queries(3):
        found = statistics(profile, None, 3, NOW)
    assert found.streak == Streak(2, 2)
    assert sum(one["reviews"] for one in found.days) == 10_000
