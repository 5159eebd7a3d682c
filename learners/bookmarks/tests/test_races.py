"""Taps at the same moment: nothing twice, nothing lost, nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from articles.deletion import delete
from articles.models import Article
from learners.bookmarks import saving
from learners.bookmarks.models import Bookmark
from learners.bookmarks.saving import Met
from learners.bookmarks.sources import NotThere
from learners.bookmarks.tests.reading import make_read
from learners.knowledge import store
from learners.tests.learning import make_learner

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("stub"),
]
ROUNDS = 25
SENTENCE = "En to tre fire fem huse."


@pytest.fixture
def learner():
    return make_learner().pk


@pytest.fixture
def article():
    return make_read(SENTENCE).pk


def at_once(*calls):
    """What each call returns, all begun at the same moment; raises what they raise."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [*threads.map(run, calls)]


def saves(learner, article, word):
    return lambda: save(learner, article, word)


def save(learner, article, word):
    saved = saving.save(learner, Met(word, SENTENCE, article=article))
    return saved.bookmark, saved.is_new


def test_a_word_that_is_saved_twice_at_once_is_one(learner, article):
    for number in range(ROUNDS):
        word = f"ord {number}"
        found = at_once(*[saves(learner, article, word)] * 4)
        assert len({one.pk for one, _ in found}) == 1
        assert [is_new for _, is_new in found].count(True) == 1
    assert Bookmark.objects.count() == ROUNDS


def test_words_saved_at_once_are_all_met(learner, article):
    words = SENTENCE.strip(".").split()
    at_once(*(saves(learner, article, word) for word in words))
    lexemes = set(Bookmark.objects.values_list("lexeme", flat=True))
    assert len(lexemes) == len(words)
    assert set(store.read(learner, "da").met) == lexemes


def test_a_phrase_grows_while_its_beginning_goes(learner, article):
    """As front ends do: delete the short one and save the long one, without waiting."""
    for _ in range(ROUNDS):
        short, _ = save(learner, article, "to")
        at_once(
            lambda pk=short.pk: saving.delete(learner, pk),
            saves(learner, article, "to tre"),
            lambda pk=short.pk: saving.edit(learner, pk, translation="two"),
            saves(learner, article, "tre fire"),
        )
        words = Bookmark.objects.values_list("word", flat=True)
        assert sorted(words) == ["to tre", "tre fire"]
        Bookmark.objects.all().delete()


def test_what_is_deleted_while_it_is_saved_is_there_or_not(learner, article):
    """Whichever came last; and whoever saved it was told of one that there was."""
    for _ in range(ROUNDS):
        old, _ = save(learner, article, "to")
        _, _, (one, is_new), (two, _) = at_once(
            lambda pk=old.pk: saving.delete(learner, pk),
            lambda pk=old.pk: saving.delete(learner, pk),
            saves(learner, article, "to"),
            saves(learner, article, "to"),
        )
        left = set(Bookmark.objects.values_list("pk", flat=True))
        assert old.pk not in left
        assert left == {one.pk, two.pk} - {old.pk}
        Bookmark.objects.all().delete()


def test_articles_go_while_words_in_them_are_saved(learner):
    def save(pk):
        try:
            return saving.save(learner, Met("to", f"{SENTENCE} {pk}", article=pk))
        except NotThere:
            return None

    for _ in range(ROUNDS // 2):
        pk = make_read(SENTENCE).pk
        at_once(
            lambda pk=pk: save(pk),
            lambda pk=pk: delete(Article.objects.filter(pk=pk)),
            lambda pk=pk: save(pk),
        )
        assert not Article.objects.filter(pk=pk).exists()
    assert not Bookmark.objects.exclude(article=None).exists()
