"""What of readings is kept, and what goes when it is old."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import cleaning, retention
from articles.models import Article
from articles.tests.factories import make_article
from learners.bookmarks.models import Bookmark
from learners.readings.models import Activity, Reading, Sitting
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db


def test_old_activities_and_sittings_go_with_the_daily_clean_up(settings):
    settings.ACTIVITY_DAYS = 30
    learner = make_learner()
    for days in (40, 31, 29, 0):
        at = timezone.now() - timedelta(days=days)
        Activity.objects.create(learner=learner, event="opened", at=at)
        Sitting.objects.create(learner=learner, kind="browsing", started_at=at)
    cleaning.clean()
    assert Activity.objects.count() == Sitting.objects.count() == 2


def test_what_is_new_is_not_looked_through(settings, django_assert_max_num_queries):
    learner = make_learner()
    Activity.objects.bulk_create(
        Activity(learner=learner, event="opened") for _ in range(3000)
    )
    with django_assert_max_num_queries(4):
        cleaning.others[-1]()


def test_saved_articles_and_those_with_words_of_somebody_stay():
    learner, now = make_learner(), timezone.now()
    saved, marked, read, old = (
        make_article(published_at=retention.days_ago(100)) for _ in range(4)
    )
    Reading.objects.create(learner=learner, article=saved, saved_at=now)
    Reading.objects.create(learner=learner, article=read, read_at=now)
    Bookmark.objects.create(
        learner=learner, language_id="da", article=marked, word="hus", key="1"
    )
    assert list(retention.prune(Article.objects.all())) == [2]
    assert {*Article.objects.all()} == {saved, marked}
    assert [reading.article for reading in Reading.objects.all()] == [saved]
