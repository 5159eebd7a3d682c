"""Words that were read to the end and not tapped: noted once an article."""

from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from articles.tests.factories import make_article
from learners.knowledge import evidence, store
from learners.knowledge.store import State
from learners.models import Bookmark, Reading
from learners.readings import actions
from learners.readings.actions import Said
from learners.tests.learning import make_learner
from tokenization.lexemes import ids_of, packed
from tokenization.tests.factories import make_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner():
    return make_learner().pk


def make_read(learner, *lexemes):
    """An article of these lexemes that the learner has read; its id."""
    article = make_article(language="da")
    make_row(article, lexemes=packed(lexemes))
    Reading.objects.create(learner_id=learner, article=article, read_at=timezone.now())
    return article.pk


def read_once_and_often(learner):
    sets = store.read(learner, "da")
    return set(sets.read_once), set(sets.read_often)


def test_what_a_second_article_has_too_was_read_often(learner):
    evidence.read_to_end(learner, make_read(learner, 1, 2))
    assert read_once_and_often(learner) == ({1, 2}, set())
    evidence.read_to_end(learner, make_read(learner, 2, 3))
    assert read_once_and_often(learner) == ({1, 3}, {2})
    evidence.read_to_end(learner, make_read(learner, 2, 3))
    assert read_once_and_often(learner) == ({1}, {2, 3})
    assert set(store.read(learner, "da").likely) == {2, 3}


def test_an_article_counts_once(learner):
    article = make_read(learner, 1)
    for _ in range(3):
        evidence.read_to_end(learner, article)
    assert read_once_and_often(learner) == ({1}, set())


def test_what_was_not_read_to_the_end_counts_when_it_was(learner):
    article = make_read(learner, 1)
    Reading.objects.update(read_at=None)
    evidence.read_to_end(learner, article)
    assert read_once_and_often(learner) == (set(), set())
    Reading.objects.update(read_at=timezone.now())
    evidence.read_to_end(learner, article)
    assert read_once_and_often(learner) == ({1}, set())


def test_an_article_without_lexemes_counts_when_it_has_some(learner):
    row = make_article(language="da")
    Reading.objects.create(learner_id=learner, article=row, read_at=timezone.now())
    evidence.read_to_end(learner, row.pk)
    make_row(row, lexemes=packed([7]))
    evidence.read_to_end(learner, row.pk)
    assert read_once_and_often(learner) == ({7}, set())


def test_words_in_a_state_and_saved_ones_are_no_evidence(learner):
    store.change(learner, "da", {State.KNOWN: [1], State.MET: [2]})
    lexeme = ids_of("da", ["hus"])["hus"]
    article = make_read(learner, 1, 2, 3, lexeme)
    Bookmark.objects.create(
        learner_id=learner, language_id="da", lexeme_id=lexeme, article_id=article
    )
    evidence.read_to_end(learner, article)
    assert read_once_and_often(learner) == ({3}, set())


def test_who_saves_a_word_did_not_know_it_when_it_was_read(learner):
    for _ in range(2):
        evidence.read_to_end(learner, make_read(learner, 1, 2))
    store.change(learner, "da", {State.MET: [1], State.KNOWN: [2]})
    store.change(learner, "da", {State.NEW: [1, 2]})
    assert set(store.read(learner, "da").likely) == {2}


def test_who_comes_to_the_end_of_an_article_has_read_its_words(learner):
    article = make_article(language="da")
    make_row(article, lexemes=packed([1]))
    actions.change(learner, article.pk, Said(completion=0.5))
    assert read_once_and_often(learner) == (set(), set())
    for _ in range(2):
        actions.change(learner, article.pk, Said(completion=0.95))
    assert read_once_and_often(learner) == ({1}, set())


def test_an_article_that_is_not_there_is_no_evidence(learner):
    evidence.read_to_end(learner, 999)
    assert read_once_and_often(learner) == (set(), set())


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_count_once(learner):
    article = make_read(learner, *range(50))

    def call():
        evidence.read_to_end(learner, article)
        connection.close()

    threads = [Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_once_and_often(learner) == (set(range(50)), set())
