from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.crawler.draft import published, shortened


def test_the_feed_says_when_an_article_was_published():
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert published(moment) == moment


@pytest.mark.parametrize(
    "moment",
    [None, datetime(1, 1, 1, tzinfo=UTC), timezone.now() + timedelta(days=400)],
)
def test_a_time_that_can_not_be_true_is_now(moment):
    assert abs(published(moment) - timezone.now()) < timedelta(minutes=1)


def test_a_long_summary_is_cut_between_words():
    short = shortened("ord " * 200)
    assert short.endswith("ord …")
    assert len(short) <= 300


def test_a_summary_of_one_long_word_keeps_its_beginning():
    assert shortened("x" * 400) == "x" * 299 + "…"
