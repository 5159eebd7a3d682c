"""Articles as readers get them, with tokens; and the state of the cache for staff."""

from collections import Counter

import django_filters
from django.http import Http404
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from articles.models import Article
from learners.api import article_serializers as serializers
from learners.api.filters import (
    ArticleFilters,
    TargetsRequired,
    is_id,
    list_filter,
)
from learners.api.paging import NewestPages
from tokenization import on_miss, reading, services, statistics
from tokenization.models import CacheState, TokenizationCache
from tokenization.usage import usage
from zeeguu.base.api import CursorPages
from zeeguu.base.refusals import SEVERAL
from zeeguu.base.serializers import NothingSerializer

MAX_SUMMARIES = 100


class ArticleViewSet(TargetsRequired, viewsets.ReadOnlyModelViewSet):
    """Articles fit for readers, newest first. No list ever waits for the tokenizer."""

    serializer_class = serializers.CardSerializer
    pagination_class = NewestPages
    filter_backends = [DjangoFilterBackend]
    filterset_class = ArticleFilters
    own_parameters = {"summaries": {"ids": SEVERAL}}

    def get_queryset(self):
        return Article.objects.listed()

    def list(self, request):
        def read(tokens, seen=None):
            if seen is not None:
                return reading.with_topics(reading.again(seen), seen)
            self.paginator.rows = reading.card_rows(tokens)
            articles = self.filter_queryset(self.get_queryset())
            return reading.with_topics(self.paginate_queryset(articles))

        def respond(rows):
            return self.get_paginated_response(reading.to_cards(rows))

        def links():
            return self.paginator.get_next_link(), self.paginator.get_previous_link()

        return respond_unless_known(request, read, respond, links, fills=False)

    @extend_schema(responses=serializers.ArticleSerializer)
    def retrieve(self, request, pk=None):
        """One article with its body: fragments and their tokens, in order."""

        def read(tokens, seen=None):
            rows = [get_by_id(reading.article_rows(tokens), pk)]
            return reading.with_topics(rows, seen)

        def respond(rows):
            return Response(reading.to_article(rows[0]))

        response = respond_unless_known(request, filling(read), respond)
        usage.read(int(pk))
        return response

    @extend_schema(responses=serializers.SummarySerializer)
    @action(detail=True, filterset_class=None)
    def summary(self, request, pk=None):
        """Title and summary of one article with their tokens."""

        def read(tokens, seen=None):
            return [get_by_id(reading.summary_rows(tokens), pk)]

        def respond(rows):
            return Response(reading.to_summaries(rows)[0])

        response = respond_unless_known(request, filling(read), respond)
        usage.read(int(pk))
        return response

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "ids",
                {
                    "type": "string",
                    "pattern": r"^[0-9]{1,18}(,[0-9]{1,18}){0,99}$",
                },
                required=True,
                description="Up to 100 ids: 1,2,3",
            )
        ],
        summary="Titles and summaries of many articles with their tokens",
        responses=serializers.SummariesSerializer,
    )
    @action(detail=False, filterset_class=None, pagination_class=None)
    def summaries(self, request):
        """What ``summary`` answers, for many articles at once, in the order given.

        Nothing is waited for: what has no tokens yet is ``pending``.
        """
        ids = parse_ids(",".join(request.query_params.getlist("ids")))

        def read(tokens, seen=None):
            rows = reading.summary_rows(tokens).filter(pk__in=ids)
            return fill_later(rows) if tokens else list(rows)

        def respond(rows):
            found = {row["id"]: row for row in reading.to_summaries(rows)}
            return Response(
                {
                    "summaries": [found[pk] for pk in ids if pk in found],
                    "missing": [pk for pk in ids if pk not in found],
                }
            )

        response = respond_unless_known(request, read, respond)
        for pk in ids:
            usage.read(pk)
        return response


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

    def get_queryset(self):
        rows = TokenizationCache.objects.select_related("article")
        return rows.defer("title", "summary", "content", "article__summary")

    @extend_schema(responses=serializers.StatisticsSerializer)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def statistics(self, request):
        """Rows by state, coverage, tokens and bytes, per language and in total.

        Where there is much to count the numbers may be some minutes old.
        """
        return Response(statistics.statistics())

    @extend_schema(request=None, responses=serializers.CacheSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def refill(self, request, article=None):
        """Tokenize one article again, now; answers with the row's new state."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        services.fill([get_by_id(Article.objects.all(), article)])
        return Response(self.get_serializer(self.get_object()).data)


def respond_unless_known(request, read, respond, more=tuple, fills=True):
    """Respond with rows, or with 304 where the client has all of it as it is now.

    read(tokens, seen) returns the rows; without their tokens, which are large, where
    the client has something to compare, and if that was outdated once more: seen are
    then those first ones. more() returns what else the answer depends on.
    Where read fills what has no tokens, that goes before a 304.
    Pages for people, which show who is signed in, have no ETag.
    """
    if request.accepted_media_type != "application/json":
        return respond(read(tokens=True))
    seen = None
    if "if-none-match" in request.headers:
        rows = seen = read(tokens=False)
        tag = reading.etag(rows, *more())
        known = get_conditional_response(request, etag=tag)
        if known and not (fills and any(map(is_missed, rows))):
            count(rows)
            return _with_etag(known, tag)
    rows = read(tokens=True, seen=seen)
    count(rows)
    return _with_etag(respond(rows), reading.etag(rows, *more()))


def _with_etag(response, tag):
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"  # which means: ask whether it is still so
    patch_vary_headers(response, ["Accept", "Accept-Encoding"])
    return response


def filling(read):
    """Make read tokenize its one article now, within the budget, if it has no tokens.

    Where that can't be done the row says that its tokens are pending.
    """

    def read_or_fill(tokens, seen=None):
        seen_at = timezone.now()
        [row] = read(tokens, seen)
        if not tokens or not is_missed(row):
            return [row]
        if on_miss.filler().fill(row["id"], seen_at):
            return read(tokens, seen)
        return [{**row, "is_pending": True}]

    return read_or_fill


def fill_later(rows):
    """Return rows as a list, after asking for the tokens of those that have none."""
    seen_at = timezone.now()
    return [_to_be_filled(row, seen_at) if is_missed(row) else row for row in rows]


def _to_be_filled(row, seen_at):
    is_pending = on_miss.filler().fill_later(row["id"], seen_at)
    return {**row, "is_pending": True} if is_pending else row


def is_missed(row):
    return on_miss.is_wanted(
        row["language_id"],
        reading.has_tokens(row),
        row["tokenization_cache__retry_at"],
        row["tokenization_cache__failed_with"],
    )


def count(rows):
    """Count what is served with tokens, and what without."""
    served = Counter((row["language_id"], reading.has_tokens(row)) for row in rows)
    for (language, has_tokens), number in served.items():
        usage.served(language, has_tokens, number)


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
