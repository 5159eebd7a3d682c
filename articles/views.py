from rest_framework import mixins, viewsets

from articles import serializers
from articles.filters import FeedFilters, KnownParametersBackend, TargetsRequired
from articles.models import Feed, Language, Topic


class LanguageViewSet(viewsets.ReadOnlyModelViewSet):
    """The languages there is news in."""

    queryset = Language.objects.all()
    serializer_class = serializers.LanguageSerializer
    pagination_class = None
    filter_backends = [KnownParametersBackend]


class TopicViewSet(viewsets.ReadOnlyModelViewSet):
    """What articles are about."""

    queryset = Topic.objects.all()
    serializer_class = serializers.TopicSerializer
    lookup_field = "slug"
    pagination_class = None
    filter_backends = [KnownParametersBackend]


class FeedViewSet(
    TargetsRequired,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.ReadOnlyModelViewSet,
):
    """The crawled feeds with their crawl state; staff adds and changes them."""

    queryset = Feed.objects.order_by("-pk")
    serializer_class = serializers.FeedSerializer
    filter_backends = [KnownParametersBackend]
    filterset_class = FeedFilters
    lookup_value_regex = "[0-9]{1,18}"  # what a database can hold
    http_method_names = ["get", "post", "patch", "head", "options"]
