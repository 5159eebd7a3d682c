"""Articles as readers get them, with tokens."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar, cast

import orjson
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_vary_headers
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from articles.models import Article
from learners.api import article_serializers as serializers
from learners.api.filters import ArticleFilters, TargetsRequired, is_id, wanted
from learners.api.gloss_serializers import GlossesSerializer
from learners.api.paging import NewestPages
from learners.api.words import TO, glosses_of
from learners.dictionaries.glosses import Glosses
from tokenization import serving, similar
from tokenization.serving import IsKnown, Row, Served
from zeeguu.base.refusals import ONCE, SEVERAL

MAX_SUMMARIES = 100


class Answered(Protocol):
    """What an answer is made of, and the version that it has."""

    @property
    def version(self) -> str: ...
    @property
    def is_known(self) -> bool: ...
    def count(self) -> None: ...


Found = TypeVar("Found", bound=Answered)


class ArticleViewSet(TargetsRequired, viewsets.ReadOnlyModelViewSet):
    """Articles fit for readers, newest first. No list ever waits for the tokenizer."""

    serializer_class = serializers.CardSerializer
    pagination_class = NewestPages
    filter_backends = [DjangoFilterBackend]
    filterset_class = ArticleFilters
    own_parameters = {"summaries": {"ids": SEVERAL}, "glosses": {"to": ONCE}}

    def get_queryset(self) -> QuerySet[Article]:
        return Article.objects.listed()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        pages = cast(NewestPages, self.paginator)
        pages.is_known = known_to(request)
        rows = self.paginate_queryset(wanted(request.query_params))
        return respond(
            request,
            pages.served,
            lambda: {
                "next": pages.get_next_link(),
                "previous": pages.get_previous_link(),
                "results": [*map(serializers.to_card, rows)],
            },
        )

    @extend_schema(responses=serializers.ArticleSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """One article with its body: fragments and their tokens, in order."""
        return respond_with_one(
            request, kwargs["pk"], serving.article, the(serializers.to_article)
        )

    @extend_schema(responses=serializers.SummarySerializer)
    @action(detail=True, filterset_class=None)
    def summary(self, request: Request, pk: str) -> HttpResponse:
        """Title and summary of one article with their tokens."""
        return respond_with_one(
            request, pk, serving.summary, the(serializers.to_summary)
        )

    @extend_schema(responses=serializers.SimilarSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def similar(self, request: Request, pk: str) -> HttpResponse:
        """Recent articles of its language like one, the most alike first

        By the rarer words that they share, those among the newest 1,000. At most six,
        none nearly the same as another, and none where nothing is alike. What was found
        stays for ten minutes.
        """
        return respond_with_one(
            request,
            pk,
            similar.served,
            lambda served: {"results": [*map(serializers.to_card, served.rows)]},
        )

    @extend_schema(parameters=[TO], responses=GlossesSerializer)
    @action(detail=True, filterset_class=None)
    def glosses(self, request: Request, pk: str) -> HttpResponse:
        """What each word of one article means in another language.

        Without a dictionary from one to the other there are none.
        """
        serve = partial(glosses_of, request.query_params.get("to"))
        return respond_with_one(request, pk, serve, to_body)

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
    def summaries(self, request: Request) -> HttpResponse:
        """What ``summary`` answers, for many articles at once, in the order given.

        Nothing is waited for: what has no tokens yet is ``pending``.
        """
        ids = parse_ids(",".join(request.query_params.getlist("ids")))
        served = serving.summaries(ids, known_to(request))
        found = {row.id: row for row in served.rows}
        return respond(
            request,
            served,
            lambda: {
                "summaries": list(map(serializers.to_summary, served.rows)),
                "missing": [pk for pk in ids if pk not in found],
            },
        )


def respond_with_one(
    request: Request,
    pk: str,
    serve: Callable[[int, IsKnown | None], Found],
    show: Callable[[Found], Any],
) -> HttpResponse:
    """Respond with the article that has an id, or 404 with a message that names it."""
    if not is_id(pk):
        raise Http404(f"There is no article {pk}.")
    try:
        served = serve(int(pk), known_to(request))
    except Article.DoesNotExist:
        raise Http404(f"There is no article {pk}.") from None
    return respond(request, served, lambda: show(served))


def the(show: Callable[[Row], dict]) -> Callable[[Served[Row]], dict]:
    """What shows the only row that is served."""
    return lambda served: show(served.rows[0])


def to_body(found: Glosses) -> orjson.Fragment:
    return orjson.Fragment(found.body())


def respond(
    request: Request, served: Answered, show: Callable[[], Any]
) -> HttpResponse:
    """Respond with what is shown, or with 304 where the client has it as it is now.

    Pages for people, which show who is signed in, have no ETag.
    """
    if not _has_etag(request):
        return Response(show())
    served.count()
    response = HttpResponseNotModified() if served.is_known else Response(show())
    response["ETag"] = _etag(served.version)
    response["Cache-Control"] = "no-cache"  # which means: ask whether it is still so
    patch_vary_headers(response, ["Accept", "Accept-Encoding"])
    return response


def known_to(request: Request) -> IsKnown | None:
    """Tells of a version whether the client has it; None where it names none."""
    if not _has_etag(request) or "if-none-match" not in request.headers:
        return None
    return lambda version: bool(get_conditional_response(request, etag=_etag(version)))


def _has_etag(request: Request) -> bool:
    return request.accepted_media_type == "application/json"


def _etag(version: str) -> str:
    return f'W/"{version}"'


def parse_ids(text: str) -> list[int]:
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
