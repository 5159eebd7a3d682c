"""Answers that are kept: for the same question, and neither too long nor too many."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import tasks
from learners.dictionaries.providers import cache
from learners.dictionaries.providers.desk import Answer
from learners.dictionaries.providers.models import ProviderAnswer
from learners.dictionaries.providers.provider import Task
from learners.dictionaries.providers.tests.stubs import Said, make_question

pytestmark = pytest.mark.django_db

HELLO = Answer("Hello", "babel")


def keep(question, text="Hello", provider="babel", age=timedelta()):
    cache.keep(question, [Said(name=provider)], Answer(text, provider))
    if age:
        row = ProviderAnswer.objects.latest("pk")
        row.created_at -= age
        row.save()


def test_the_same_question_is_answered_by_one_query(django_assert_num_queries):
    keep(make_question())
    with django_assert_num_queries(1):
        assert cache.find(make_question(), [Said()]) == HELLO


@pytest.mark.parametrize(
    "other",
    [{"text": "hej"}, {"source": "sv"}, {"target": "de"}, {"task": Task.EXPLAIN}]
    + [{"context": "Hej, Ada."}, {"text": "Hej "}],
)
def test_another_question_is_not(other):
    keep(make_question())
    assert cache.find(make_question(**other), [Said()]) is None


def test_nor_one_to_another_version_of_the_provider():
    keep(make_question())
    babel = Said()
    babel.version = "2"
    assert cache.find(make_question(), [babel]) is None


def test_a_context_that_makes_no_difference_is_left_out():
    babel = Said()
    babel.uses_context = False
    cache.keep(make_question(context="Here."), [babel], HELLO)
    assert cache.find(make_question(context="There."), [babel]) == HELLO


def test_what_the_first_has_said_counts_and_who_is_gone_says_nothing():
    keep(make_question(), "Two", "second")
    keep(make_question(), "Gone", "third")
    both = [Said(name="first"), Said(name="second")]
    assert cache.find(make_question(), both) == ("Two", "second")
    keep(make_question(), "One", "first")
    assert cache.find(make_question(), both) == ("One", "first")


def test_one_question_has_one_row_and_its_last_answer():
    keep(make_question())
    keep(make_question(), "Hi")
    assert cache.find(make_question(), [Said()]).text == "Hi"
    assert ProviderAnswer.objects.count() == 1


def test_nothing_of_a_question_is_kept_but_its_languages():
    keep(make_question("hunter2", context="hunter2"))
    [row] = ProviderAnswer.objects.values()
    assert "hunter2" not in str(row)


def test_an_old_answer_is_none_and_goes(settings):
    settings.PROVIDER_CACHE_DAYS = 7
    keep(make_question(), age=timedelta(days=8))
    assert cache.find(make_question(), [Said()]) is None
    assert cache.prune() == 1
    assert not ProviderAnswer.objects.exists()


def test_the_oldest_of_too_many_go(settings):
    settings.PROVIDER_CACHE_ROWS = 3
    for number in range(5):
        keep(make_question(str(number)), str(number))
    assert cache.prune() == 2
    assert set(ProviderAnswer.objects.values_list("text", flat=True)) == set("234")
    assert cache.prune() == 0


def test_they_go_where_nobody_cleans_up_too(settings, monkeypatch):
    monkeypatch.setattr(cache, "KEPT_BETWEEN", 1)
    settings.PROVIDER_CACHE_ROWS = 3
    for number in range(5):
        keep(make_question(str(number)))
    assert ProviderAnswer.objects.count() == 3


def test_the_daily_clean_up_takes_them_along(settings):
    keep(make_question(), age=timedelta(days=settings.PROVIDER_CACHE_DAYS + 1))
    assert tasks.clean() == 0
    assert not ProviderAnswer.objects.exists()


def test_a_time_is_when_it_was_said():
    keep(make_question())
    age = timezone.now() - ProviderAnswer.objects.get().created_at
    assert age < timedelta(minutes=1)
