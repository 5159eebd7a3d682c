"""A learner's sets of lexemes: what is put into which, and nothing lost between two."""

from threading import Thread

import pytest
from django.db import connection

from learners.knowledge import store
from learners.knowledge.store import State
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner():
    return make_learner().pk


def test_who_knows_nothing_has_empty_sets(learner, django_assert_num_queries):
    with django_assert_num_queries(1):
        sets = store.read(learner, "da")
    assert not sets.known
    assert sets.version == 0
    assert sets.state(7) is State.NEW


def test_a_lexeme_is_in_one_state_at_a_time(learner):
    store.change(learner, "da", {State.KNOWN: [7, 8]})
    store.change(learner, "da", {State.LEARNING: [7]})
    sets = store.read(learner, "da")
    assert (set(sets.known), set(sets.learning), sets.version) == ({8}, {7}, 2)
    store.change(learner, "da", {State.NEW: [7, 8]})
    assert store.read(learner, "da").state(7) is State.NEW


def test_languages_and_learners_are_apart(learner):
    store.change(learner, "da", {State.KNOWN: [7]})
    assert not store.read(learner, "de").known
    assert not store.read(make_learner().pk, "da").known


def test_only_some_states_may_change(learner):
    store.change(learner, "da", {State.KNOWN: [7], State.LEARNING: [8]})
    store.change(learner, "da", {State.MET: [7, 8, 9]}, only_from=[State.NEW])
    sets = store.read(learner, "da")
    assert [sets.state(one) for one in (7, 8, 9)] == ["known", "learning", "met"]


@pytest.mark.django_db(transaction=True)
def test_who_change_at_once_lose_nothing(learner):
    def work(number):
        for place in range(10):
            store.change(learner, "da", {State.KNOWN: [number * 100 + place]})
        connection.close()

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read(learner, "da").known) == 40
