"""Words that the learner met: saved, listed, changed and deleted."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from learners.api import bookmark_serializers as serializers
from learners.api.filters import FilterSet, IdFilter, WordsFilter, list_filter
from learners.api.own import LearnerView
from learners.bookmarks import lists, saving
from learners.bookmarks.models import Bookmark
from learners.bookmarks.sources import NotThere
from learners.knowledge.store import State
from zeeguu.base.api import CursorPages
from zeeguu.base.ids import LARGEST_ID

# What a database can hold.
ID = "[0-9]{1,18}"


def _yes_or_no(field: str, help_text: str) -> Any:
    made = django_filters.TypedChoiceFilter(
        field_name=field,
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda value: value == "true",
        help_text=help_text,
    )
    return extend_schema_field({"type": "boolean"})(made)


def _id(field: str, help_text: str) -> Any:
    schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    made = IdFilter(field_name=field, help_text=help_text)
    return extend_schema_field(schema)(made)


class ContainedFilter(WordsFilter):
    def filter(self, rows: QuerySet[Bookmark], value: str) -> QuerySet[Bookmark]:
        return lists.with_text(rows, value) if value else rows


class StateFilter(django_filters.ChoiceFilter):
    def filter(self, rows: QuerySet[Bookmark], value: Any) -> QuerySet[Bookmark]:
        learner = self.parent.request.user.pk
        return lists.in_state(rows, learner, State(value)) if value else rows


class BookmarkFilters(FilterSet):
    language = list_filter("Language code, such as da.", field_name="language_id")
    article = _id("article_id", "Id of an article that they stand in.")
    text = _id("text_id", "Id of an own text that they stand in.")
    starred = _yes_or_no("is_starred", "Only those with a star, or without.")
    lost = _yes_or_no("is_lost", "Only those no longer in their text, or the others.")
    state = StateFilter(
        choices=[(one.value, one.name) for one in State],
        help_text="How well the learner knows them; phrases have no state.",
    )
    q = ContainedFilter(help_text="What their word or translation has in it.")

    class Meta:
        model = Bookmark
        fields = ["language", "article", "text", "starred", "lost", "state", "q"]


class NewestFirst(CursorPages):
    ordering = ("-created_at", "-id")


class BookmarkViewSet(LearnerView, GenericViewSet):
    """Words and phrases that the learner met, with what they meant there."""

    queryset = Bookmark.objects.none()
    serializer_class = serializers.BookmarkSerializer
    pagination_class = NewestFirst
    filter_backends = [DjangoFilterBackend]
    filterset_class = BookmarkFilters
    lookup_url_kwarg = "bookmark"
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Bookmark]:
        return saving.stored(self.learner.pk)

    def list(self, request: Request) -> Response:
        """The newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        states = lists.states(self.learner.pk, page)
        found = [serializers.to_bookmark(one, states) for one in page]
        return self.get_paginated_response(found)

    @extend_schema(
        request=serializers.NewBookmarkSerializer,
        responses=dict.fromkeys((200, 201), serializers.PlacedBookmarkSerializer),
    )
    def create(self, request: Request) -> Response:
        """Save a word or phrase

        200: it was saved before, in the same context, and stays as it is. Its lexeme
        is worked out of the token at the place, and becomes *met* if it was *new*. A
        wrong place is corrected if the word stands in the context elsewhere in the
        text; if it does not, it is *lost*.
        """
        given = serializers.NewBookmarkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            saved = saving.save(self.learner.pk, given.to_met())
        except NotThere as exc:
            raise ValidationError({exc.name: [str(exc)]}) from exc
        return self._show_saved(saved)

    def retrieve(self, request: Request, bookmark: str) -> Response:
        """One word or phrase."""
        return self._show(self.get_object())

    @extend_schema(
        request=serializers.ChangedBookmarkSerializer,
        responses=serializers.BookmarkSerializer,
    )
    def partial_update(self, request: Request, bookmark: str) -> Response:
        """Change what a word means, or give it a star."""
        given = serializers.ChangedBookmarkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        columns = {"starred": "is_starred", "to": "to_id"}
        facts = {columns.get(k, k): v for k, v in given.validated_data.items()}
        changed = saving.edit(self.learner.pk, int(bookmark), **facts)
        if changed is None:
            raise Http404(f"There is no bookmark {bookmark}.")
        return self._show(changed)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, bookmark: str) -> Response:
        """Delete one; the word's state stays as it is."""
        if not saving.delete(self.learner.pk, int(bookmark)):
            raise Http404(f"There is no bookmark {bookmark}.")
        return Response(status=204)

    def _show_saved(self, saved: saving.Saved) -> Response:
        bookmark = saved.bookmark
        if saved.is_new and bookmark.lexeme_id and saved.state:
            states = {bookmark.lexeme_id: saved.state}
        else:
            states = lists.states(self.learner.pk, [bookmark])
        facts = serializers.to_placed(bookmark, states)
        return Response(facts, status=201 if saved.is_new else 200)

    def _show(self, bookmark: Bookmark) -> Response:
        states = lists.states(self.learner.pk, [bookmark])
        return Response(serializers.to_bookmark(bookmark, states))


class ArticleBookmarksView(LearnerView):
    """The learner's words in one article."""

    @extend_schema(
        summary="The learner's words in one article, where they stand in it now",
        responses=serializers.PlacedBookmarksSerializer,
    )
    def get(self, request: Request, article: int) -> Response:
        """The learner's words in one article, where they stand in it now

        At most 1,000, the newest first. Where the article or its tokens have changed,
        each is looked up by what the text says, or is *lost*.
        """
        if article > LARGEST_ID:
            raise Http404(f"There is no article {article}.")
        try:
            found = lists.of_article(self.learner.pk, article)
        except NotThere as exc:
            raise Http404(f"There is no article {article}.") from exc
        states = lists.states(self.learner.pk, found)
        shown = [serializers.to_placed(one, states) for one in found]
        return Response({"results": shown})
