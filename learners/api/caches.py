"""The state of the token cache, for staff."""

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from articles.models import Article
from learners.api import cache_serializers as serializers
from learners.api.filters import TargetsRequired, is_id, list_filter
from tokenization import services, statistics
from tokenization.models import CacheState, TokenizationCache
from zeeguu.base.api import CursorPages
from zeeguu.base.serializers import NothingSerializer


class CacheFilters(django_filters.FilterSet):
    language = list_filter(
        "Language code, such as da.", field_name="article__language_id"
    )
    state = django_filters.ChoiceFilter(
        field_name="article__token_state",
        choices=[c for c in CacheState.choices if c[0] != CacheState.MISSING],
    )

    class Meta:
        model = TokenizationCache
        fields = ["language", "state"]


class CachePages(CursorPages):
    """By article, the newest first: that order every index has."""

    ordering = ("-pk",)


@extend_schema_view(
    retrieve=extend_schema(parameters=[OpenApiParameter("article", int, "path")]),
    refill=extend_schema(parameters=[OpenApiParameter("article", int, "path")]),
)
class CacheViewSet(TargetsRequired, viewsets.ReadOnlyModelViewSet):
    """State of the token cache, row by row and in numbers. For staff."""

    serializer_class = serializers.CacheSerializer
    permission_classes = [IsAdminUser]
    pagination_class = CachePages
    filter_backends = [DjangoFilterBackend]
    filterset_class = CacheFilters
    lookup_field = "article"
    lookup_value_regex = "[0-9]{1,18}"  # what a database can hold

    def get_queryset(self) -> QuerySet[TokenizationCache]:
        rows = TokenizationCache.objects.select_related("article")
        return rows.defer("title", "summary", "content", "article__summary")

    @extend_schema(responses=serializers.StatisticsSerializer)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def statistics(self, request: Request) -> Response:
        """Rows by state, coverage, tokens and bytes, per language and in total.

        Where there is much to count the numbers may be some minutes old.
        """
        return Response(statistics.statistics())

    @extend_schema(request=None, responses=serializers.CacheSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def refill(self, request: Request, article: str) -> Response:
        """Tokenize one article again, now; answers with the row's new state."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        services.fill([get_article(article)])
        return Response(self.get_serializer(self.get_object()).data)


def get_article(pk: str) -> Article:
    """The article with an id, or 404 with a message that names it."""
    article = Article.objects.filter(pk=pk).first() if is_id(pk) else None
    if article is None:
        raise Http404(f"There is no article {pk}.")
    return article
