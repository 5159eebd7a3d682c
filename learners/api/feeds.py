from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import mixins, viewsets
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from articles import removal, services
from articles.models import CrawlRun, Feed, FeedVisit, Language, Topic
from articles.statistics import crawl_statistics
from learners.api import feed_serializers as serializers
from learners.api.filters import FeedFilters, TargetsRequired
from zeeguu.base.api import CursorPages
from zeeguu.base.refusals import ONCE, NamesRefused
from zeeguu.base.wording import counted

# What a database can hold.
ID = "[0-9]{1,18}"


KIND = OpenApiParameter(
    "kind",
    {"type": "string", "enum": ["learnable", "native"], "default": "learnable"},
    description="native: all that words can be explained in, also where nothing is to"
    " read.",
)


@extend_schema_view(list=extend_schema(parameters=[KIND]))
class LanguageViewSet(NamesRefused, viewsets.ReadOnlyModelViewSet):
    """The languages there is news in."""

    queryset = Language.objects.all()
    serializer_class = serializers.LanguageSerializer
    pagination_class = None
    own_parameters = {"list": {"kind": ONCE}}

    def get_queryset(self) -> QuerySet[Language]:
        kind = self.request.query_params.get("kind", "learnable")
        if kind not in ("learnable", "native"):
            raise ValidationError({"kind": [f"{kind!r}: use learnable or native"]})
        is_all = kind == "native" or self.action == "retrieve"
        return Language.objects.all() if is_all else Language.objects.learnable()


class TopicViewSet(NamesRefused, viewsets.ReadOnlyModelViewSet):
    """What articles are about."""

    queryset = Topic.objects.all()
    serializer_class = serializers.TopicSerializer
    lookup_field = "slug"
    pagination_class = None


@extend_schema_view(
    list=extend_schema(responses=serializers.StaffFeedSerializer),
    retrieve=extend_schema(responses=serializers.StaffFeedSerializer),
    partial_update=extend_schema(
        request=serializers.ChangedFeedSerializer,
        responses=serializers.StaffFeedSerializer,
    ),
)
class FeedViewSet(
    TargetsRequired,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.ReadOnlyModelViewSet,
):
    """The crawled feeds with their crawl state; staff adds and changes them."""

    queryset = Feed.objects.order_by("-pk")
    filter_backends = [DjangoFilterBackend]
    filterset_class = FeedFilters
    lookup_value_regex = ID
    own_parameters = {"destroy": {"with_articles": ONCE}}
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[Feed]:
        feeds = super().get_queryset()
        return feeds if self.request.user.is_staff else feeds.defer("last_error")

    def get_serializer_class(self) -> type[BaseSerializer]:
        if self.action == "create":
            return serializers.NewFeedSerializer
        if self.action == "partial_update":
            return serializers.ChangedFeedSerializer
        if self.request.user.is_staff:
            return serializers.StaffFeedSerializer
        return serializers.FeedSerializer

    @extend_schema(responses={201: serializers.StaffFeedSerializer})
    def create(self, request: Request) -> Response:
        """Add a feed after a look at it; or at the one feed that a page names.

        The look takes some seconds, and a minute and a half at most.
        """
        new = self.get_serializer(data=request.data)
        new.is_valid(raise_exception=True)
        feed = new.save()
        facts = serializers.StaffFeedSerializer(feed, context={"request": request}).data
        place = reverse("feed-detail", args=[feed.pk], request=request)
        return Response(facts, status=201, headers={"Location": place})

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "with_articles",
                OpenApiTypes.BOOL,
                description="true: its articles go too, and are forgotten.",
            )
        ],
        responses={
            202: OpenApiResponse(
                description="It has many articles: it is paused, and they go in the"
                " background, the feed last."
            ),
            204: OpenApiResponse(description="It is gone."),
            409: OpenApiResponse(
                description="It has articles; the detail counts them."
            ),
        },
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a feed: one without articles, or with them where that is meant."""
        feed = self.get_object()
        if wants_articles(request):
            done = services.remove_feeds(Feed.objects.filter(pk=feed.pk))
            return Response(status=204 if done else 202)
        if not removal.remove_if_empty(feed):
            raise HasArticles(feed)
        return Response(status=204)


class HasArticles(APIException):
    """A feed is to be deleted that has articles."""

    status_code = 409
    default_code = "conflict"

    def __init__(self, feed: Feed) -> None:
        number = feed.articles.count()
        articles = counted(number, "article")
        super().__init__(
            f"Feed {feed.pk} has {articles}; delete these too with ?with_articles=true,"
            ' or switch the feed off with PATCH {"active": false}.'
        )


def wants_articles(request: Request) -> bool:
    """Whether ?with_articles= says so. Raises ValidationError for another word."""
    value = request.query_params.get("with_articles", "false")
    if value not in ("true", "false"):
        raise ValidationError({"with_articles": ["Use true or false."]})
    return value == "true"


class RunPages(CursorPages):
    ordering = ("-started_at", "-pk")


class CrawlRunViewSet(NamesRefused, viewsets.ReadOnlyModelViewSet):
    """Runs of the crawl, newest first; one of them with its visits. For staff."""

    permission_classes = [IsAdminUser]
    pagination_class = RunPages
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[CrawlRun]:
        runs = CrawlRun.objects.all()
        if self.action != "retrieve":
            return runs
        visits = FeedVisit.objects.select_related("feed").defer("feed__last_error")
        return runs.prefetch_related(Prefetch("visits", visits.order_by("pk")))

    def get_serializer_class(self) -> type[BaseSerializer]:
        if self.action == "retrieve":
            return serializers.CrawlRunWithVisitsSerializer
        return serializers.CrawlRunSerializer


class CrawlStatisticsView(NamesRefused, APIView):
    """The crawl in numbers: states, articles, visits and failures. For staff."""

    permission_classes = [IsAdminUser]

    @extend_schema(responses=serializers.CrawlStatisticsSerializer)
    def get(self, request: Request) -> Response:
        return Response(crawl_statistics())
