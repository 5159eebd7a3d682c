"""What a learner did with an article: nothing said at the same time is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from articles.models import Article
from articles.tests.factories import make_article
from learners.readings.actions import (
    MOST_SECONDS,
    NOTHING,
    Mine,
    Said,
    change,
    flags,
    mine,
)
from learners.readings.models import Reading
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db


def said(learner, article, **facts):
    change(learner.pk, article.pk, Said(**facts))
    return mine(learner.pk, article.pk)


def test_of_an_article_that_nothing_was_done_with_there_is_nothing():
    assert mine(make_learner().pk, make_article().pk) == NOTHING
    assert not Reading.objects.exists()


def test_what_is_said_is_added_to_what_was_said_before():
    learner, article = make_learner(), make_article()
    said(learner, article, opened=True, seconds=20)
    said(learner, article, saved=True, seconds=22, difficulty="hard")
    found = Mine(opened=True, saved=True, seconds=42, difficulty="hard")
    assert said(learner, article, liked=False) == found


def test_since_when_it_is_so_stays_when_it_is_said_again():
    learner, article = make_learner(), make_article()
    said(learner, article, saved=True)
    at = Reading.objects.get().saved_at
    said(learner, article, saved=True)
    assert Reading.objects.get().saved_at == at
    assert not said(learner, article, saved=False).saved


def test_completion_never_goes_down():
    learner, article = make_learner(), make_article()
    said(learner, article, completion=0.5)
    assert said(learner, article, completion=0.25) == Mine(completion=0.5)


@pytest.mark.parametrize(("completion", "is_read"), [(0.9, False), (0.91, True)])
def test_above_nine_tenths_it_is_read(completion, is_read):
    assert said(make_learner(), make_article(), completion=completion).read is is_read


def test_who_says_that_it_was_not_read_is_believed():
    learner, article = make_learner(), make_article()
    said(learner, article, completion=1)
    assert not said(learner, article, read=False).read
    assert not said(learner, article, completion=1, read=False).read
    # Read again.
    assert said(learner, article, completion=0.95).read


def test_seconds_are_bounded_for_each_call_and_in_all():
    learner, article = make_learner(), make_article()
    assert said(learner, article, seconds=10**9).seconds == MOST_SECONDS
    Reading.objects.update(seconds=2**31 - 5)
    assert said(learner, article, seconds=10).seconds == 2**31 - 1


def test_what_no_reader_sees_is_known_to_who_has_read_it_alone():
    learner, other = make_learner(), make_learner()
    article = make_article()
    said(learner, article, saved=True)
    Article.objects.update(broken="hidden")
    assert not said(learner, article, saved=False).saved
    for ask in (mine, lambda *ids: change(*ids, Said(saved=True))):
        with pytest.raises(Article.DoesNotExist):
            ask(other.pk, article.pk)
        with pytest.raises(Article.DoesNotExist):
            ask(learner.pk, article.pk + 1)


def test_flags_of_many_articles_are_one_query(django_assert_num_queries):
    learner, article, other = make_learner(), make_article(), make_article()
    said(learner, article, hidden=True)
    said(make_learner(), other, saved=True)
    with django_assert_num_queries(1):
        found = flags(learner.pk, [other.pk, article.pk])
    assert found == {other.pk: NOTHING, article.pk: Mine(hidden=True)}


@pytest.mark.django_db(transaction=True)
def test_what_is_said_at_the_same_time_is_all_put_down():
    learner, articles = make_learner(), [make_article() for _ in range(4)]
    names = ["opened", "saved", "liked", "hidden"]

    def say(number):
        try:
            for article in articles:
                facts = {names[number % 4]: True, "completion": number / 20}
                change(learner.pk, article.pk, Said(**facts, seconds=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, range(16)))
    for article in articles:
        assert mine(learner.pk, article.pk) == Mine(
            True, False, True, True, True, completion=0.75, seconds=16
        )
