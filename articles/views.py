from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response
from rest_framework.views import APIView

from articles import serializers
from articles.filters import (
    FeedFilters,
    KnownParametersBackend,
    TargetsRequired,
    refuse_unknown,
)
from articles.models import CrawlRun, Feed, FeedVisit, Language, Topic
from articles.statistics import crawl_statistics
from zeeguu.api import CursorPages

# What a database can hold.
ID = "[0-9]{1,18}"


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
    lookup_value_regex = ID
    http_method_names = ["get", "post", "patch", "head", "options"]


class RunPages(CursorPages):
    ordering = ("-started_at", "-pk")


class CrawlRunViewSet(viewsets.ReadOnlyModelViewSet):
    """Runs of the crawl, newest first; one of them with its visits. For staff."""

    permission_classes = [IsAdminUser]
    pagination_class = RunPages
    filter_backends = [KnownParametersBackend]
    lookup_value_regex = ID

    def get_queryset(self):
        runs = CrawlRun.objects.all()
        if self.action != "retrieve":
            return runs
        visits = FeedVisit.objects.select_related("feed").defer("feed__last_error")
        return runs.prefetch_related(Prefetch("visits", visits.order_by("pk")))

    def get_serializer_class(self):
        if self.action == "retrieve":
            return serializers.CrawlRunWithVisitsSerializer
        return serializers.CrawlRunSerializer


class CrawlStatisticsView(APIView):
    """The crawl in numbers: states, articles, visits and failures. For staff."""

    permission_classes = [IsAdminUser]

    @extend_schema(responses=serializers.CrawlStatisticsSerializer)
    def get(self, request):
        refuse_unknown(request, {"format"})
        return Response(crawl_statistics())
