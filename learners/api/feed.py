"""A learner's own feed."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from learners.api.article_serializers import CardSerializer, to_card
from learners.api.filters import MOST_VALUES, listed, require_targets
from learners.api.knowledge_serializers import CoverageSerializer, WorthSerializer
from learners.api.own import LearnerView
from learners.api.reading_serializers import MineSerializer
from learners.feed import cursors, pages
from learners.feed.pages import Asked, Item, Position
from learners.knowledge.coverage import Worth
from tokenization.serving import Served
from zeeguu.base.api import CursorPages
from zeeguu.base.refusals import ONCE, SEVERAL

STATES = (
    "A letter for each token, in their order: n new, m met, l learning, k known, i"
    " ignored, - no word. null without tokens."
)


class FeedItemSerializer(CardSerializer):
    """An article, and what it is to this learner."""

    coverage = CoverageSerializer(
        allow_null=True, help_text="null before its words are known."
    )
    new_words = serializers.IntegerField(allow_null=True)
    worth_learning = WorthSerializer(
        many=True, help_text="Up to five new words, those that help most first."
    )
    mine = MineSerializer()
    title_states = serializers.CharField(allow_null=True, help_text=STATES)
    summary_states = serializers.CharField(allow_null=True, help_text=STATES)


class FeedSerializer(serializers.Serializer):
    language = serializers.CharField()
    next = serializers.URLField(allow_null=True, help_text="null at the end.")
    results = FeedItemSerializer(many=True)


class FeedView(LearnerView):
    """Articles in the order of what the learner can read."""

    own_parameters = {
        "get": {
            "language": ONCE,
            "topic": SEVERAL,
            "keyword": SEVERAL,
            "cursor": ONCE,
            "page_size": ONCE,
        }
    }

    @extend_schema(
        parameters=[
            OpenApiParameter("language", str, description="Else the active one."),
            OpenApiParameter("topic", str, description="Slugs, with commas."),
            OpenApiParameter(
                "keyword",
                str,
                description="Beginnings of words in title or summary, with commas.",
            ),
            OpenApiParameter("cursor", str, description="Of next."),
            OpenApiParameter("page_size", {"type": "integer", "maximum": 100}),
        ],
        responses=FeedSerializer,
    )
    def get(self, request: Request) -> Response:
        """Articles for the learner, by freshness and by how well they fit

        Those of which 92 to 97 % are known come first; none is left out for its level.
        A page may have fewer than page_size, and none at all: only next: null is the
        end. Nothing comes twice or gets lost while words are marked between pages.
        """
        size = CursorPages().get_page_size(request)
        asked = _asked(request)
        at = _position(request, asked)
        try:
            found = pages.page(self.learner.pk, asked, size, at)
        except pages.NoLanguage:
            wrong = "name one; none is active in your profile"
            raise ValidationError({"language": [wrong]}) from None
        if not found.items:
            named = {"language": [asked.language], "topic": list(asked.topics)}
            require_targets({name: v for name, v in named.items() if any(v)})
        Served([item.row for item in found.items]).count()
        return Response(
            {
                "language": found.language,
                "next": _link(request, found.next) if found.next else None,
                "results": [*map(_to_item, found.items)],
            }
        )


def _asked(request: Request) -> Asked:
    params = request.query_params
    language = params.get("language", "")
    if "language" in params and not (language and len(language) <= 5):
        raise ValidationError({"language": ["use a code such as da"]})
    values = {name: tuple(listed(params, name)) for name in ("topic", "keyword")}
    for name, given in values.items():
        if len(given) > MOST_VALUES:
            raise ValidationError({name: [f"at most {MOST_VALUES} values"]})
        if any("\x00" in value for value in given):
            raise ValidationError({name: ["null characters are not allowed"]})
    return Asked(language.replace("\x00", "?"), values["topic"], values["keyword"])


def _to_item(item: Item) -> dict[str, Any]:
    """What FeedItemSerializer describes."""
    coverage = item.coverage
    return {
        **to_card(item.row),
        "coverage": coverage._asdict() if coverage else None,
        "new_words": coverage.new if coverage else None,
        "worth_learning": [*map(_to_word, item.worth)],
        "mine": item.mine,
        "title_states": item.title_states,
        "summary_states": item.summary_states,
    }


def _to_word(one: Worth) -> dict[str, Any]:
    return {"lemma": one.lemma, "rank": one.rank, "count": one.times}


def _link(request: Request, at: Position) -> str:
    params = request.query_params.copy()
    params["cursor"] = cursors.written(at)
    return request.build_absolute_uri(f"?{params.urlencode()}")


def _position(request: Request, asked: Asked) -> Position | None:
    """Raises ValidationError for what is no cursor of this feed."""
    if (text := request.query_params.get("cursor")) is None:
        return None
    try:
        at = cursors.read(text)
    except ValueError:
        at = None
    if at is None or asked.language not in ("", at.language):
        message = "not a cursor of this feed; follow the next links"
        raise ValidationError({"cursor": [message]})
    return at
