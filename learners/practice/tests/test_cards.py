"""Which cards there are, and which are due."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from learners.models import Bookmark, Profile
from learners.practice import cards
from learners.practice.models import PracticeCard, Review, Stage
from learners.practice.tests.practising import make_bookmark, make_card
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGO, SOON = NOW - timedelta(days=1), NOW + timedelta(minutes=5)


@pytest.fixture
def learner():
    return make_learner(new_a_day=2, reviews_a_day=3)


def learned(learner, word, due=AGO, stage=Stage.REVIEW):
    facts = {"state": stage, "stability": 5, "difficulty": 5}
    step = None if stage is Stage.REVIEW else 0
    return make_card(learner, word, due=due, last_review=AGO, step=step, **facts)


def due(learner, most=20, language="da"):
    return cards.due(Profile.objects.get(user=learner), language, most, NOW)


def words(found):
    return [one.card.word for one in found.cards]


def put_down(learner, card, was):
    Review.objects.create(
        learner=learner, card=card, rating=3, was=was, at=NOW, day=NOW.date()
    )


# --- made of bookmarks


def test_a_saved_word_has_one_card(learner):
    for context in ("Et hus.", "To huse."):
        cards.ensure(make_bookmark(learner, context=context))
    assert PracticeCard.objects.count() == 1


def test_without_a_translation_there_is_nothing_to_ask(learner):
    cards.ensure(make_bookmark(learner, translation=""))
    assert not PracticeCard.objects.exists()


def test_many_at_once_cost_two_queries(learner, django_assert_num_queries):
    some = [make_bookmark(learner, word) for word in ("hus", "bil", "kat", "hus")]
    with django_assert_num_queries(2):
        cards.ensure_all(some)
    assert PracticeCard.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_made_at_once_it_is_one(learner):
    bookmark = make_bookmark(learner)

    def work():
        cards.ensure(bookmark)
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PracticeCard.objects.count() == 1


# --- due


def test_steps_come_first_then_what_was_learned_then_new_words(learner):
    make_card(learner, "hus")
    learned(learner, "bil")
    learned(learner, "kat", stage=Stage.RELEARNING)
    found = due(learner)
    assert words(found) == ["kat", "bil", "hus"]
    assert found.counts == {"learning": 1, "review": 1, "new": 1}


def test_what_is_not_due_comes_later(learner):
    learned(learner, "bil", due=SOON)
    found = due(learner)
    assert (found.cards, found.next_due) == ([], SOON)


def test_the_most_overdue_comes_first_and_no_more_than_wanted(learner):
    for days, word in enumerate(("hus", "bil", "kat")):
        learned(learner, word, due=AGO - timedelta(days=days))
    found = due(learner, most=2)
    assert words(found) == ["kat", "bil"]
    assert found.counts["review"] == 3


def test_limits_are_of_the_day(learner):
    for word in ("hus", "bil", "kat"):
        make_card(learner, word)
    assert due(learner).counts["new"] == 2
    put_down(learner, PracticeCard.objects.first(), Stage.NEW)
    assert due(learner).counts["new"] == 1
    Review.objects.update(day=AGO.date())
    assert due(learner).counts["new"] == 2


def test_reviews_have_a_limit_and_steps_have_none(learner):
    one = learned(learner, "hus")
    learned(learner, "bil", stage=Stage.LEARNING)
    for _ in range(4):
        put_down(learner, one, Stage.REVIEW)
    assert due(learner).counts == {"learning": 1, "review": 0, "new": 0}


def test_a_day_ends_where_the_learner_is(learner):
    Profile.objects.update(time_zone="Pacific/Auckland")  # where it is the next day
    make_card(learner)
    for _ in range(2):
        put_down(learner, PracticeCard.objects.get(), Stage.NEW)
    assert due(learner).counts["new"] == 1


def test_it_is_asked_with_the_newest_bookmark_that_has_a_translation(learner):
    make_card(learner)
    newest = make_bookmark(learner, context="Et nyt hus.")
    make_bookmark(learner, translation="")
    [one] = due(learner).cards
    assert one.bookmark == newest


def test_without_a_bookmark_a_card_waits_and_keeps_its_schedule(learner):
    card = learned(learner, "hus")
    Bookmark.objects.all().delete()
    assert not due(learner).cards
    cards.ensure(make_bookmark(learner))
    assert [one.card for one in due(learner).cards] == [card]


def test_others_cards_and_languages_and_suspended_ones_are_not_due(learner):
    make_card(make_learner(), "hus")
    card = make_card(learner, "bil")
    assert not due(learner, language="de").cards
    cards.suspend(learner.pk, card.pk, is_suspended=True)
    assert not due(learner).cards


def test_more_cards_cost_no_more_queries(learner, django_assert_num_queries):
    Profile.objects.update(new_a_day=100)
    make_card(learner)
    profile = Profile.objects.get(user=learner)
    with django_assert_num_queries(7):
        cards.due(profile, "da", 20, NOW)
    for number in range(10):
        make_card(learner, f"ord{number}")
    with django_assert_num_queries(7):
        assert len(cards.due(profile, "da", 20, NOW).cards) == 11
