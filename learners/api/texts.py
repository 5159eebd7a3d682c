"""Texts that learners bring along: added, listed, read, shared and deleted."""

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from learners.api import text_serializers as serializers
from learners.api.bookmark_serializers import PlacedBookmarksSerializer, to_placed
from learners.api.knowledge import rest_of
from learners.api.knowledge_serializers import ArticleWordsSerializer, RestSerializer
from learners.api.own import LearnerView, id_of
from learners.api.public import told
from learners.api.words import TO, refuse_target, target_of
from learners.bookmarks import lists
from learners.dictionaries import glosses
from learners.dictionaries.article_words import Tokens
from learners.knowledge import articles, store
from learners.knowledge.coverage import Measure
from learners.texts import bringing, sharing, tokens
from learners.texts.bringing import Brought, TooMany, TooSoon
from learners.texts.fit import NotFit
from learners.texts.models import Text
from learners.texts.sharing import NotIn
from learners.texts.tokens import Read
from tokenization.lexemes import packed, unpacked
from zeeguu.base.api import CursorPages
from zeeguu.base.refusals import ONCE

if TYPE_CHECKING:
    from pyroaring import BitMap

PROBLEMS = {
    429: "As many texts as may be were brought in a day; Retry-After says until when."
}
PAGE = [
    OpenApiParameter("cursor", str, description="Of next and previous."),
    OpenApiParameter("page_size", {"type": "integer", "maximum": 100}),
]


class NewestFirst(CursorPages):
    ordering = ("-created_at", "-id")


class TextsView(LearnerView):
    """The learner's own texts, and those shared with their classes."""

    pagination_class = NewestFirst
    own_parameters = {"get": dict.fromkeys(("cursor", "page_size"), ONCE)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.scope = "heavy"
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="texts_list",
        tags=["texts"],
        parameters=PAGE,
        responses=serializers.TextPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """The learner's own texts, and those shared with a class of theirs

        The newest first.
        """
        learner = self.learner.pk
        pages = NewestFirst()
        rows = sharing.readable(learner).defer(*tokens.LARGE)
        page = pages.paginate_queryset(rows, request)
        return pages.get_paginated_response(_shown(learner, [*map(Read, page)]))

    @extend_schema(
        tags=["texts"],
        request=serializers.NewTextSerializer,
        responses={
            **dict.fromkeys((200, 201), serializers.WholeTextSerializer),
            **told(PROBLEMS),
        },
    )
    def post(self, request: Request) -> Response:
        """Bring a text along

        The page at an address, as far as its site's robots.txt lets us have it, or a
        text. 200: the learner brought the same before. Nobody else sees it.
        """
        given = serializers.NewTextSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = self._brought(**given.validated_data)
        read = tokens.read(Text.objects.filter(learner=self.learner), found.pk)
        return Response(_whole(self.learner.pk, read), 201 if found.is_new else 200)

    def _brought(self, **facts: str) -> Brought:
        bring: Callable = bringing.from_address if "url" in facts else bringing.pasted
        try:
            found: Brought = bring(self.learner, **facts)
        except NotFit as exc:
            raise ValidationError({exc.field: [str(exc)]}) from exc
        except TooMany as exc:
            raise ValidationError(str(exc)) from exc
        except TooSoon as exc:
            raise Throttled(max(1, ceil(exc.wait_s)), str(exc)) from exc
        return found


class TextCall(LearnerView):
    """What is of a text too, which the address names."""

    @property
    def text(self) -> int:
        """Its id; raises Http404 for what can be none."""
        return id_of(self.kwargs["text"], "text")

    def row(self) -> Text:
        """The text, if the learner may read it; raises Text.DoesNotExist."""
        return sharing.readable(self.learner.pk).get(pk=self.text)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Text.DoesNotExist | lists.sources.NotThere):
            exc = Http404(f"There is no text {self.kwargs['text']}.")
        return super().handle_exception(exc)


class TextView(TextCall):
    """One text."""

    @extend_schema(tags=["texts"], responses=serializers.WholeTextSerializer)
    def get(self, request: Request, text: str) -> Response:
        """A text to read, with its tokens

        They are made, or made anew, now. Where that takes too long, a text that has
        none is `pending`: ask again in a moment.
        """
        return self._show()

    @extend_schema(
        tags=["texts"],
        request=serializers.ChangedTextSerializer,
        responses=serializers.WholeTextSerializer,
    )
    def patch(self, request: Request, text: str) -> Response:
        """Give a text of one's own another title, or share it with classes"""
        given = serializers.ChangedTextSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        title, cohorts = said.get("title"), said.get("shared_with")
        try:
            sharing.change(self.learner.pk, self.text, title, cohorts)
        except NotIn as exc:
            raise ValidationError({"shared_with": [str(exc)]}) from exc
        return self._show()

    @extend_schema(tags=["texts"], responses={204: None})
    def delete(self, request: Request, text: str) -> Response:
        """Delete a text of one's own; words met in it stay"""
        if not sharing.delete(self.learner.pk, self.text):
            raise Text.DoesNotExist
        return Response(status=204)

    def _show(self) -> Response:
        read = tokens.read(sharing.readable(self.learner.pk), self.text)
        return Response(_whole(self.learner.pk, read))


class TextStatesView(TextCall):
    """The words of a text."""

    @extend_schema(tags=["texts"], responses=ArticleWordsSerializer)
    def get(self, request: Request, text: str) -> Response:
        """How well the learner knows the words of a text, as of an article's"""
        row = self.row()
        counts = bytes(row.lexeme_counts or b"")
        found = articles.words_among(
            self.learner.pk, row.language_id, _lexemes(row), counts
        )
        return Response(ArticleWordsSerializer(found).data)


class TextKnownView(TextCall):
    """The rest of a text."""

    @extend_schema(tags=["texts"], request=None, responses=RestSerializer)
    def post(self, request: Request, text: str) -> Response:
        """Mark the new words of a text as known"""
        row = self.row()
        known = articles.know_new(self.learner.pk, row.language_id, _lexemes(row))
        return Response(rest_of(row.language_id, known))


class TextGlossesView(TextCall):
    """What the words of a text mean."""

    own_parameters = {"get": {"to": ONCE}}

    @extend_schema(
        tags=["texts"],
        parameters=[TO],
        responses=serializers.TextGlossesSerializer,
    )
    def get(self, request: Request, text: str) -> Response:
        """What each word of a text means in another language

        Without a dictionary from one to the other there are none.
        """
        row, to = self.row(), request.query_params.get("to")
        of = Tokens(row.language_id, row.title_tokens, None, row.content)
        found = glosses.of_tokens(of, target_of(to))
        refuse_target(row.language_id, to, found["has_dictionary"])
        facts = {"id": row.pk, "language": row.language_id, "to": target_of(to)}
        return Response(facts | {"tokenization": Read(row).tokenization} | found)


class TextBookmarksView(TextCall):
    """The learner's words in one text."""

    @extend_schema(tags=["texts"], responses=PlacedBookmarksSerializer)
    def get(self, request: Request, text: str) -> Response:
        """The learner's words in a text, where they stand in it now

        As those in an article.
        """
        found = lists.of_text(self.learner.pk, self.text)
        states = lists.states(self.learner.pk, found)
        return Response({"results": [to_placed(one, states) for one in found]})


def _lexemes(text: Text) -> "BitMap":
    """Those of a text, none before it has tokens."""
    return unpacked(bytes(text.lexemes or packed([])))


def _shown(learner: int, found: list[Read]) -> list[dict[str, Any]]:
    """Texts as they are shown; two queries, however many."""
    shared_with = sharing.shared_with([one.text for one in found], learner)
    sets = store.read_all(learner)
    codes = {one.text.language_id for one in found}
    measures = {code: Measure(sets.get(code) or store.nothing()) for code in codes}
    shown = []
    for one in found:
        lexemes = one.text.lexemes
        measure = measures[one.text.language_id]
        coverage = measure.of(bytes(lexemes)) if lexemes else None
        shown.append(serializers.to_text(one, learner, shared_with, coverage))
    return shown


def _whole(learner: int, read: Read) -> dict[str, Any]:
    [shown] = _shown(learner, [read])
    return shown | serializers.tokens_of(read)
