"""Times spent reading or browsing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from learners.readings.models import Sitting
from learners.readings.sittings import begin, go_on
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db
MINUTE = 60_000


def begun_ago(**ago):
    sitting = begin(make_learner().pk, "reading", make_article().pk)
    Sitting.objects.update(started_at=timezone.now() - timedelta(**ago))
    return sitting


def test_it_becomes_longer_and_never_shorter():
    sitting = begun_ago(minutes=10)
    assert go_on(sitting.learner_id, sitting.pk, 5 * MINUTE).ended_at is None
    found = go_on(sitting.learner_id, sitting.pk, 2 * MINUTE, is_over=True)
    assert found.milliseconds == 5 * MINUTE
    assert found.ended_at
    again = go_on(sitting.learner_id, sitting.pk, 6 * MINUTE, is_over=True)
    assert (again.milliseconds, again.ended_at) == (6 * MINUTE, found.ended_at)


@pytest.mark.parametrize(
    ("ago", "most"),
    [
        ({"minutes": 10}, 10 * MINUTE),
        ({"days": 9}, 24 * 60 * MINUTE),
        ({"days": -1}, 0),
    ],
)
def test_it_is_not_longer_than_since_it_began_nor_than_a_day(ago, most):
    sitting = begun_ago(**ago)
    found = go_on(sitting.learner_id, sitting.pk, 10**30)
    assert most <= found.milliseconds < most + MINUTE


def test_nobody_else_changes_it():
    sitting = begun_ago(minutes=10)
    with pytest.raises(Sitting.DoesNotExist):
        go_on(make_learner().pk, sitting.pk, MINUTE)


def test_it_is_of_an_article_that_readers_see():
    article = make_article(broken="hidden")
    with pytest.raises(Article.DoesNotExist):
        begin(make_learner().pk, "reading", article.pk)
