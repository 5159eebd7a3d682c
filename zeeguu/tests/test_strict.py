"""Serializers that ask the database for more, row by row, fail in tests."""

import pytest
from rest_framework import serializers

from articles.models import Article, Topic
from articles.tests.factories import make_article
from zeeguu import settings as production
from zeeguu.tests.strict import LazyLoading

pytestmark = pytest.mark.django_db


class ByFeed(serializers.Serializer):
    feed = serializers.CharField(source="feed.title")


class WithTopics(serializers.Serializer):
    topics = serializers.SlugRelatedField("slug", many=True, read_only=True)


class Nested(serializers.Serializer):
    article = ByFeed(source="*")


def test_an_object_that_was_not_loaded_is_an_error():
    make_article()
    with pytest.raises(LazyLoading, match="articles_feed"):
        _ = ByFeed(Article.objects.get()).data


@pytest.mark.parametrize("serializer", [ByFeed, Nested])
def test_in_a_list_it_is_an_error_too(serializer):
    make_article()
    with pytest.raises(LazyLoading):
        _ = serializer(Article.objects.all(), many=True).data


def test_one_that_the_views_query_loads_is_fine():
    article = make_article()
    articles = Article.objects.select_related("feed")
    assert ByFeed(articles, many=True).data == [{"feed": article.feed.title}]


def test_many_objects_have_to_be_prefetched():
    make_article(topics=Topic.objects.filter(slug="science"))
    with pytest.raises(LazyLoading):
        _ = WithTopics(Article.objects.all(), many=True).data
    articles = Article.objects.prefetch_related("topics")
    assert WithTopics(articles, many=True).data == [{"topics": ["science"]}]


def test_a_deferred_column_is_an_error():
    article = make_article()
    with pytest.raises(LazyLoading):
        _ = ByFeed(Article.objects.only("title").get(pk=article.pk)).data


def test_outside_of_serializers_nothing_is_forbidden():
    make_article()
    with pytest.raises(LazyLoading):
        _ = ByFeed(Article.objects.get()).data
    assert Article.objects.get().feed.title


def test_only_tests_are_strict(settings):
    app = "zeeguu.tests.strict.StrictConfig"
    assert app in settings.INSTALLED_APPS
    assert app not in production.INSTALLED_APPS
