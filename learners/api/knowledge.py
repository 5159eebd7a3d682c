"""What learners know: states of words, a placement, and lists of words."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from learners.api import knowledge_serializers as serializers
from learners.api.own import ArticleView, LearnerView
from learners.knowledge import articles, lists, placement, store, words
from learners.knowledge.lists import Listed
from learners.knowledge.store import State
from learners.people.profiles import profile_of
from tokenization.models import Lexeme
from zeeguu.base.api import CursorPages
from zeeguu.base.refusals import ONCE
from zeeguu.base.serializers import NothingSerializer

if TYPE_CHECKING:
    from pyroaring import BitMap

LANGUAGE = OpenApiParameter(
    "language", str, description="Its code; the active language unless given."
)


class KnowledgeView(LearnerView):
    """The states of a learner's words."""

    @extend_schema(
        tags=["knowledge"], responses=serializers.WordCountsSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """How many words the learner knows, by language and state"""
        found = lists.counts(self.learner.pk)
        return Response([asdict(counts) for counts in found])

    @extend_schema(
        tags=["knowledge"],
        request=serializers.StatesSerializer,
        responses=serializers.TakenSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Put words into states

        Up to 5,000 in a call. `new` takes a word out of all. What is no word of the
        language is left out and told.
        """
        said = _valid(serializers.StatesSerializer(data=request.data))
        language = said["language"]
        if "words" in said:
            states, unknown = _by_word(language, said["words"])
        else:
            states, unknown = _by_lexeme(language, said["lexemes"])
        to = {state: [pk for pk, s in states.items() if s == state] for state in State}
        store.change(self.learner.pk, language, to, said.get("only_from"))
        taken = len(said.get("words") or said.get("lexemes") or ()) - len(unknown)
        return Response({"language": language, "taken": taken, "unknown": unknown})


def _by_word(
    language: str, said: dict[str, State]
) -> tuple[dict[int, State], list[str]]:
    found, unknown = words.find(language, said)
    return {pk: said[word] for word, pk in found.items()}, unknown


def _by_lexeme(
    language: str, said: dict[int, State]
) -> tuple[dict[int, State], list[str]]:
    rows = Lexeme.objects.filter(language=language, pk__in=said)
    there = set(rows.values_list("pk", flat=True))
    states = {pk: state for pk, state in said.items() if pk in there}
    return states, [str(pk) for pk in said if pk not in there]


class ArticleStatesView(ArticleView):
    """The words of an article."""

    @extend_schema(tags=["knowledge"], responses=serializers.ArticleWordsSerializer)
    def get(self, request: Request, article: str) -> Response:
        """How well the learner knows the words of an article

        By the lemma of its tokens, or, of tokens that have none, their text in lower
        case; tokens of a group whose `mwe_role` is dependent are none of their own.
        """
        found = articles.words_in(self.learner.pk, self.article)
        return Response(serializers.ArticleWordsSerializer(found).data)


class ArticleKnownView(ArticleView):
    """The rest of an article."""

    @extend_schema(
        tags=["knowledge"], request=None, responses=serializers.RestSerializer
    )
    def post(self, request: Request, article: str) -> Response:
        """Mark the new words of an article as known"""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        language, known = articles.know_the_rest(self.learner.pk, self.article)
        return Response(rest_of(language, known))


def rest_of(language: str, known: list[int]) -> dict[str, Any]:
    """What RestSerializer describes of lexemes that are known now."""
    undo = {
        "language": language,
        "lexemes": {str(pk): State.NEW for pk in known},
        "only_from": [State.KNOWN],
    }
    return {"known": len(known), "undo": undo}


class PlacementView(LearnerView):
    """How many words somebody knows who begins here."""

    scope = "heavy"
    own_parameters = {"get": {"language": ONCE}}

    @extend_schema(
        tags=["knowledge"],
        parameters=[LANGUAGE],
        responses=serializers.PlacementSerializer,
    )
    def get(self, request: Request) -> Response:
        """40 words to say yes or no to

        Always the same ones. No words of a language whose words have no ranks.
        """
        language = _wanted(self)["language"]
        shown = placement.make_test(language).shown
        return Response({"language": language, "words": shown})

    @extend_schema(
        tags=["knowledge"],
        request=serializers.AnswersSerializer,
        responses=serializers.PlacedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Take frequent words for known

        By the answers to the words of GET, or as many as the learner says. It takes the
        place of an earlier placement; what practice, taps and texts say stays.
        """
        said = _valid(serializers.AnswersSerializer(data=request.data))
        language, rank, guessed = said["language"], said.get("first"), None
        if rank is None:
            found = placement.estimate(_test(language, said["yes"]), said["yes"])
            rank, guessed = found.rank, found.guessed
        placed = placement.place(self.learner.pk, language, rank)
        facts = {"language": language, "rank": rank, "guessed": guessed}
        return Response(facts | {"placed": placed})


def _test(language: str, yes: list[str]) -> placement.Test:
    """The Test that was answered; raises ValidationError for words of no such."""
    test = placement.make_test(language)
    if others := set(yes).difference(test.shown):
        wrong = f"{min(others)!r} is none of the words of GET: ask for them again"
        raise ValidationError({"yes": [wrong]})
    return test


class WordPages(CursorPages):
    """Pages of a set of lexemes by their ids; one query, however large the set."""

    page_size = 100
    max_page_size = 1000
    ordering = ("pk",)

    def turn_to(self, queryset: "BitMap", cursor: pagination.Cursor | None) -> None:
        ids, is_back = queryset, bool(cursor and cursor.reverse)
        at = int(str(cursor.position)) if cursor else 0
        end = ids.rank(at - 1) if is_back and at else len(ids)
        start = max(0, end - self.page_size) if is_back else ids.rank(at)
        end = min(end, start + self.page_size)
        rows = Lexeme.objects.filter(pk__in=[*ids[start:end]])
        self.page = list(rows.order_by("pk"))
        self.has_previous, self.has_next = start > 0, end < len(ids)


class WordsView(LearnerView):
    """Words that the learner has in some state."""

    pagination_class = WordPages
    own_parameters = {
        "get": dict.fromkeys(("language", "state", "q", "cursor", "page_size"), ONCE)
    }

    @extend_schema(
        operation_id="words_list",
        tags=["knowledge"],
        parameters=[
            LANGUAGE,
            OpenApiParameter("state", enum=serializers.LISTS),
            OpenApiParameter("q", str, description="How the word starts."),
            OpenApiParameter("cursor", str, description="Of next and previous."),
            OpenApiParameter("page_size", {"type": "integer", "maximum": 1000}),
        ],
        responses=serializers.ListedWordSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Words that the learner met, learns, knows or ignores, or is likely to know

        In the order in which texts first had them. Of all states unless one is named;
        the likely ones are in none.
        """
        wanted = _wanted(self)
        language, name = wanted["language"], wanted.get("state")
        sets = store.read(self.learner.pk, language)
        start = wanted.get("q", "").lower()
        ids = lists.listed(sets, language, Listed(name) if name else None, start)
        pages = WordPages()
        found: list[Any] = pages.paginate_queryset(ids, request)
        for word in found:
            word.state = name or sets.state(word.pk)
        shown = serializers.ListedWordSerializer(found, many=True)
        return pages.get_paginated_response(shown.data)


def _wanted(view: LearnerView) -> dict[str, Any]:
    """The parameters; the language is the active one unless it is named."""
    names = serializers.WordsSerializer().fields
    given = view.request.query_params.items()
    params = {name: value for name, value in given if name in names}
    found = _valid(serializers.WordsSerializer(data=params))
    language = found.get("language") or profile_of(view.learner).active_id
    if not language:
        raise ValidationError({"language": ["missing: no language is active"]})
    return found | {"language": language}


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data
