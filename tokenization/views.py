"""Articles as readers get them, with tokens; and the state of the cache for staff."""

import django_filters
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from articles.filters import (
    ArticleFilters,
    KnownParametersBackend,
    TargetsRequired,
    is_id,
    refuse_unknown,
)
from articles.models import Article
from tokenization import on_miss, reading, serializers, services, statistics
from tokenization.models import CacheState, TokenizationCache
from zeeguu.api import CursorPages

MAX_SUMMARIES = 100


class NewestPages(CursorPages):
    ordering = ("-published_at", "-pk")


class ArticleViewSet(TargetsRequired, viewsets.ReadOnlyModelViewSet):
    """Articles fit for readers, newest first. No list ever waits for the tokenizer."""

    serializer_class = serializers.CardSerializer
    pagination_class = NewestPages
    filter_backends = [KnownParametersBackend]
    filterset_class = ArticleFilters

    def get_queryset(self):
        return reading.card_rows()

    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(reading.to_cards(page))

    @extend_schema(responses=serializers.ArticleSerializer)
    def retrieve(self, request, pk=None):
        """One article with its body: fragments and their tokens, in order."""
        row, is_pending = read_or_fill(reading.article_rows(), pk)
        return Response(mark(reading.to_article(row), is_pending))

    @extend_schema(responses=serializers.SummarySerializer)
    @action(detail=True, filterset_class=None)
    def summary(self, request, pk=None):
        """Title and summary of one article with their tokens."""
        row, is_pending = read_or_fill(reading.summary_rows(), pk)
        [answer] = reading.to_summaries([row])
        return Response(mark(answer, is_pending))

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "ids", str, required=True, description="Up to 100 ids: 1,2,3"
            )
        ],
        responses=serializers.SummariesSerializer,
    )
    @action(detail=False, filterset_class=None, pagination_class=None)
    def summaries(self, request):
        """What ``summary`` answers, for many articles at once, in the order given.

        Nothing is waited for: what has no tokens yet is ``pending``.
        """
        refuse_unknown(request, {"ids", "format"})
        ids = parse_ids(",".join(request.query_params.getlist("ids")))
        rows = list(reading.summary_rows().filter(pk__in=ids))
        pending = fill_later(rows)
        answers = reading.to_summaries(rows)
        found = {row["id"]: mark(row, row["id"] in pending) for row in answers}
        return Response(
            {
                "summaries": [found[pk] for pk in ids if pk in found],
                "missing": [pk for pk in ids if pk not in found],
            }
        )


class CacheFilters(django_filters.FilterSet):
    language = django_filters.CharFilter(field_name="article__language_id")
    state = django_filters.ChoiceFilter(
        choices=[c for c in CacheState.choices if c[0] != CacheState.MISSING]
    )

    class Meta:
        model = TokenizationCache
        fields = ["language", "state"]


class CachePages(CursorPages):
    ordering = ("-refreshed_at", "-pk")


@extend_schema_view(
    retrieve=extend_schema(parameters=[OpenApiParameter("article", int, "path")]),
    refill=extend_schema(parameters=[OpenApiParameter("article", int, "path")]),
)
class CacheViewSet(TargetsRequired, viewsets.ReadOnlyModelViewSet):
    """State of the token cache, row by row and in numbers. For staff."""

    serializer_class = serializers.CacheSerializer
    permission_classes = [IsAdminUser]
    pagination_class = CachePages
    filter_backends = [KnownParametersBackend]
    filterset_class = CacheFilters
    lookup_field = "article"
    lookup_value_regex = "[0-9]{1,18}"  # what a database can hold

    def get_queryset(self):
        rows = TokenizationCache.objects.with_state(services.tokenizer_versions())
        rows = rows.select_related("article")
        return rows.defer("title", "summary", "content", "article__summary")

    @extend_schema(responses=serializers.StatisticsSerializer)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def statistics(self, request):
        """Rows by state, coverage, tokens and bytes, per language and in total."""
        return Response(statistics.statistics())

    @extend_schema(request=None, responses=serializers.CacheSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def refill(self, request, article=None):
        """Tokenize one article again, now; answers with the row's new state."""
        services.fill([get_by_id(Article.objects.all(), article)])
        return Response(self.get_serializer(self.get_object()).data)


def read_or_fill(rows, pk):
    """Return an article's row, and whether its tokens are being made.

    One without tokens is tokenized now, if that can be done within the budget.
    """
    seen_at = timezone.now()
    row = get_by_id(rows, pk)
    if not is_missed(row, seen_at):
        return row, False
    if on_miss.filler().fill(row["id"], seen_at):
        return get_by_id(rows, pk), False
    return row, True


def fill_later(rows):
    """Have those articles tokenized soon that have no tokens; return their ids."""
    seen_at = timezone.now()
    missed = {row["id"] for row in rows if is_missed(row, seen_at)}
    for pk in missed:
        on_miss.filler().fill_later(pk, seen_at)
    return missed


def is_missed(row, now):
    has_tokens = bool(row["tokenization_cache__title"])
    return on_miss.is_wanted(has_tokens, row["tokenization_cache__retry_at"], now)


def mark(answer, is_pending):
    return {**answer, "tokenization": reading.PENDING} if is_pending else answer


def get_by_id(articles, pk):
    """The article with an id, or 404 with a message that names it."""
    article = articles.filter(pk=pk).first() if is_id(pk) else None
    if article is None:
        raise Http404(f"There is no article {pk}.")
    return article


def parse_ids(text):
    """The ids of a comma-separated list, each once; raises ValidationError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    bad = [part for part in parts if not is_id(part)]
    if bad or not parts:
        wrong = f"{bad[0]!r} is not an id" if bad else "missing"
        raise ValidationError({"ids": [f"{wrong}; use a list such as 1,2,3"]})
    ids = list(dict.fromkeys(map(int, parts)))
    if len(ids) > MAX_SUMMARIES:
        raise ValidationError({"ids": [f"at most {MAX_SUMMARIES} ids a call"]})
    return ids
