"""What front ends say has happened: cut to fit, and never an error."""

from datetime import UTC, datetime

import pytest

from learners.readings.activities import store
from learners.readings.models import Activity
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db


def stored(**facts):
    """The columns that one activity gets."""
    Activity.objects.all().delete()
    assert store(make_learner().pk, {"event": "opened", **facts}) == 1
    return Activity.objects.values().get()


def test_all_that_is_told_is_kept():
    told = {"value": "7", "extra": {"a": [1]}, "article": 5, "platform": "web"}
    found = stored(**told, at="2026-03-01T12:00:00+01:00")
    assert found["event"] == "opened"
    assert found["value"] == "7"
    assert found["extra"] == '{"a":[1]}'
    assert found["article_number"] == 5
    assert found["platform"] == "web"
    assert found["said_at"] == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, ""),
        (7, "7"),
        (True, "true"),
        ("a\x00b\ud800\n c", "ab c"),
        ("x" * 10**6, "x" * 500),
        ({"a": "\ud800"}, "{'a': '\\ud800'}"),
        (10**20, "1" + "0" * 20),
        (float("nan"), "null"),
    ],
)
def test_values_of_all_kinds_become_text_that_fits(value, kept):
    assert stored(value=value)["value"] == kept


@pytest.mark.parametrize(
    ("article", "number"),
    [("5", 5), (None, None), (-1, None), (2**63, None), (True, None), ("x", None)],
)
def test_articles_are_numbers_that_fit(article, number):
    assert stored(article=article)["article_number"] == number


@pytest.mark.parametrize(
    "at",
    [7, "", "yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
    + ["2026-02-30T00:00:00", "1999-12-31T00:00:00", "2126-01-01T00:00:00"],
)
def test_times_that_can_t_be_are_dropped(at):
    assert stored(at=at)["said_at"] is None


@pytest.mark.parametrize(
    "told", [None, 7, "opened", [], {}, {"event": None}, [[{"event": "opened"}]]]
)
def test_what_is_no_activity_is_dropped(told):
    assert store(make_learner().pk, told) == 0


def test_many_are_one_query_and_of_too_many_the_first_count(
    django_assert_num_queries,
):
    learner = make_learner()
    with django_assert_num_queries(1):
        assert store(learner.pk, [{"event": str(n)} for n in range(150)]) == 100
    assert Activity.objects.order_by("pk").last().event == "99"
