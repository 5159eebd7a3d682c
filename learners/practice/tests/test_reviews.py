"""Answers: what they change, once, and how they are taken back."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from learners.knowledge import store
from learners.knowledge.store import State
from learners.models import Profile
from learners.practice.models import PracticeCard, Review, Stage
from learners.practice.reviews import MOST_MS, Answer, Changed, review, undo
from learners.practice.tests.practising import make_card
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
AGAIN, GOOD, EASY = 1, 3, 4


@pytest.fixture
def learner():
    return make_learner(time_zone="Asia/Tokyo")


@pytest.fixture
def card(learner):
    return make_card(learner)


def answer(card, rating=GOOD, now=NOW, **facts):
    given = Answer(card.pk, rating, card.last_review, **facts)
    return review(card.learner_id, given, now)


def answers(card, *ratings):
    """Each when the card is due."""
    now = NOW
    for rating in ratings:
        card, _ = answer(card, rating, now)
        now = card.due
    return card


def state(card):
    sets = store.read(card.learner_id, card.language_id)
    return sets.state(card.lexeme_id)


def columns(card):
    return PracticeCard.objects.values().get(pk=card.pk)


def test_an_answer_says_when_the_card_comes_next(card):
    done, put = answer(card, milliseconds=3_000_000)
    assert columns(card)["due"] == done.due == done.last_review + timedelta(minutes=10)
    assert (put.was, put.rating, put.milliseconds) == (Stage.NEW, GOOD, MOST_MS)
    assert str(put.day) == "2026-03-01"  # 21:00 in Tokyo


def test_the_day_is_the_learners(card):
    _, put = answer(card, now=NOW + timedelta(hours=3))
    assert str(put.day) == "2026-03-02"


def test_without_a_profile_it_is_utcs(card):
    Profile.objects.all().delete()
    _, put = answer(card, now=NOW + timedelta(hours=3))
    assert str(put.day) == "2026-03-01"


def test_a_browsers_time_is_fine_enough(card):
    done, _ = answer(card)
    assert done.last_review.microsecond == 123_000


def test_an_answer_of_a_card_as_it_was_before_changes_nothing(card):
    answer(card)
    before = columns(card)
    with pytest.raises(Changed):
        answer(card, EASY)
    assert columns(card) == before
    assert Review.objects.count() == 1


def test_two_answers_within_one_tick_are_told_apart(card):
    first, _ = answer(card)
    second, _ = answer(first)
    assert second.last_review > first.last_review
    with pytest.raises(Changed):
        answer(card)


def test_nobody_answers_anothers_card(card):
    given = Answer(card.pk, GOOD, None)
    with pytest.raises(PracticeCard.DoesNotExist):
        review(make_learner().pk, given, NOW)


# --- what the learner knows


def test_words_are_learned_then_known_then_forgotten(card):
    card = answers(card, GOOD)
    assert state(card) is State.LEARNING
    card = answers(card, *[GOOD] * 6)
    assert state(card) is State.KNOWN
    card = answers(card, AGAIN)
    assert state(card) is State.LEARNING


@pytest.mark.parametrize(
    ("said", "rating", "then"),
    [
        (State.MET, GOOD, State.LEARNING),
        (State.KNOWN, GOOD, State.KNOWN),
        (State.KNOWN, AGAIN, State.LEARNING),
        (State.IGNORED, AGAIN, State.IGNORED),
    ],
)
def test_what_was_said_of_a_word_stays_unless_it_is_forgotten(card, said, rating, then):
    store.change(card.learner_id, "da", {said: [card.lexeme_id]})
    answer(card, rating)
    assert state(card) is then


def test_a_phrase_has_no_state(card):
    PracticeCard.objects.update(lexeme=None)
    answer(PracticeCard.objects.get())
    assert store.read(card.learner_id, "da").version == 0


# --- undo


def test_undo_walks_back(learner, card):
    other = make_card(learner, "bil")
    start = [columns(card), columns(other)]
    card = answers(card, GOOD)
    answer(other, now=NOW + timedelta(minutes=1))
    answers(card, GOOD)
    for _ in range(3):
        undo(learner.pk, NOW + timedelta(hours=1))
    assert [columns(card), columns(other)] == start
    assert not Review.objects.exists()
    with pytest.raises(Review.DoesNotExist):
        undo(learner.pk, NOW)


def test_undo_gives_the_state_back(learner, card):
    store.change(learner.pk, "da", {State.KNOWN: [card.lexeme_id]})
    answer(card, AGAIN)
    undo(learner.pk, NOW)
    assert state(card) is State.KNOWN


@pytest.mark.parametrize("why", ["placed", "read_once", "read_often"])
def test_undo_gives_back_why_a_word_is_known(learner, card, why):
    was = State.KNOWN if why == "placed" else State.NEW
    with store.changing(learner.pk, "da") as sets:
        sets.put(card.lexeme_id, was)
        getattr(sets, why).add(card.lexeme_id)
    before = vars(store.read(learner.pk, "da"))
    answer(card, AGAIN)
    undo(learner.pk, NOW)
    after = vars(store.read(learner.pk, "da"))
    assert {**after, "version": 0} == {**before, "version": 0}


def test_undo_leaves_a_state_that_was_said_since(learner, card):
    answer(card)
    store.change(learner.pk, "da", {State.IGNORED: [card.lexeme_id]})
    undo(learner.pk, NOW)
    assert state(card) is State.IGNORED


def test_undo_of_one_that_is_not_the_last_is_refused(learner, card):
    _, first = answer(card)
    answer(make_card(learner, "bil"))
    with pytest.raises(Changed):
        undo(learner.pk, NOW, first.pk)
    assert Review.objects.count() == 2


def test_old_answers_stay(learner, card):
    answer(card)
    with pytest.raises(Review.DoesNotExist):
        undo(learner.pk, NOW + timedelta(hours=25))


def test_undo_is_of_ones_own(learner, card):
    answer(card)
    with pytest.raises(Review.DoesNotExist):
        undo(make_learner().pk, NOW)


# --- at once


def at_once(*works):
    """What each raised, if anything."""
    barrier, raised = Barrier(len(works)), []

    def run(work):
        barrier.wait()
        try:
            work()
            raised.append(None)
        except Exception as exc:  # noqa: BLE001 - it is what is asked for
            raised.append(type(exc))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_of_answers_from_several_devices_one_counts(card):
    raised = at_once(*[lambda: answer(card)] * 4)
    assert sorted(raised, key=str) == [Changed, Changed, Changed, None]
    assert Review.objects.count() == 1
    assert columns(card)["step"] == 1


@pytest.mark.django_db(transaction=True)
def test_undone_twice_at_once_it_is_undone_once(learner, card):
    start = columns(card)
    _, done = answer(card)
    raised = at_once(*[lambda: undo(learner.pk, NOW, done.pk)] * 4)
    assert raised.count(None) == 1
    assert set(raised) <= {None, Changed, Review.DoesNotExist}
    assert columns(card) == start


@pytest.mark.django_db(transaction=True)
def test_answers_of_many_words_at_once_all_count(learner):
    cards = [make_card(learner, word) for word in ("hus", "bil", "kat", "hund")]
    raised = at_once(*[lambda card=card: answer(card) for card in cards])
    assert raised == [None] * 4
    assert len(store.read(learner.pk, "da").learning) == 4
