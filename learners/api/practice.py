"""Practice: what is due, answers and taking them back, and how it went."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from learners.api.own import Conflict, LearnerView
from learners.api.practice_serializers import (
    DAYS,
    LIMIT,
    ChangeSerializer,
    DoneSerializer,
    DueSerializer,
    MakeSerializer,
    PracticeAnswerSerializer,
    PracticeCardSerializer,
    PracticeStatisticsSerializer,
    UndoSerializer,
    WantedSerializer,
    card_of,
    due_of,
    statistics_of,
)
from learners.api.public import told
from learners.bookmarks.models import Bookmark
from learners.people.profiles import profile_of
from learners.practice import cards, reviews, statistics
from learners.practice.models import PracticeCard, Review
from learners.practice.reviews import Answer
from zeeguu.base.refusals import ONCE

LANGUAGE = OpenApiParameter("language", str, description="Its code.")
GONE = "The learner has no such card."
NONE = "There is no answer of the last 24 hours."
CHANGED = "It was answered meanwhile, perhaps on another device: ask what is due."


class DueView(LearnerView):
    """What is to be practised now."""

    own_parameters = {"get": {"language": ONCE, "limit": ONCE}}

    @extend_schema(
        tags=["practice"], parameters=[LANGUAGE, LIMIT], responses=DueSerializer
    )
    def get(self, request: Request) -> Response:
        """What is due

        Of the active language unless one is named: words whose next step is minutes
        away, then learned ones, then new ones, within the limits of the learner's day.
        `last_review` is to be sent back with the answer; `intervals` tell after how
        many seconds the word comes again, for each.
        """
        wanted, profile, now = (
            _wanted(request),
            profile_of(self.learner),
            timezone.now(),
        )
        language = wanted.get("language") or profile.active_id
        if not language:
            raise ValidationError({"language": ["missing: no language is active"]})
        found = cards.due(profile, language, wanted["limit"], now)
        return Response({"language": language, **due_of(found, now)})


class ReviewsView(LearnerView):
    """Answers to what is due."""

    @extend_schema(
        tags=["practice"],
        request=PracticeAnswerSerializer,
        responses={201: DoneSerializer, **told({404: GONE, 409: CHANGED})},
    )
    def post(self, request: Request) -> Response:
        """Answer a card

        It counts once: `last_review` is that of the card as it was shown, and where the
        card was answered since, even by the same call sent twice, nothing is done and
        409 says so.
        """
        answer, now = _answer(request), timezone.now()
        try:
            card, done = reviews.review(self.learner.pk, answer, now)
        except PracticeCard.DoesNotExist:
            raise Http404(f"There is no card {answer.card}.") from None
        except reviews.Changed:
            raise Conflict(f"Card {answer.card} {CHANGED[3:]}") from None
        return Response({"review": done.pk, "card": card_of(card, now)}, 201)


class UndoView(LearnerView):
    """The last answer, taken back."""

    @extend_schema(
        tags=["practice"],
        request=UndoSerializer,
        responses={
            200: PracticeCardSerializer,
            **told(
                {404: "There is none of the last 24 hours.", 409: "Another is last."}
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Take the last answer back

        The card is as before it; called again, the answer before that. With `review`
        only that one, so that a call sent twice takes back no other.
        """
        given = UndoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted, now = given.validated_data.get("review"), timezone.now()
        try:
            card = reviews.undo(self.learner.pk, now, wanted)
        except Review.DoesNotExist:
            raise Http404(NONE) from None
        except reviews.Changed:
            raise Conflict("Another answer is the last by now.") from None
        return Response(card_of(card, now))


class StatisticsView(LearnerView):
    """How practice went."""

    own_parameters = {"get": {"language": ONCE, "days": ONCE}}

    @extend_schema(
        tags=["practice"],
        parameters=[LANGUAGE, DAYS],
        responses=PracticeStatisticsSerializer,
    )
    def get(self, request: Request) -> Response:
        """How practice went

        By the learner's own days, in the time zone of the profile. The streak is of all
        languages; the rest is too, unless one is named.
        """
        wanted, profile = _wanted(request), profile_of(self.learner)
        language, days = wanted.get("language"), wanted["days"]
        found = statistics.statistics(profile, language, days, timezone.now())
        return Response(statistics_of(found))


class CardsView(LearnerView):
    """Cards, made of bookmarks."""

    @extend_schema(
        tags=["practice"],
        request=MakeSerializer,
        responses={
            200: PracticeCardSerializer,
            **told({404: "There is no such bookmark."}),
        },
    )
    def post(self, request: Request) -> Response:
        """Practise a word that was saved

        Whatever is saved with a translation is practised by itself; this is for what
        got one later. A card that is there stays as it is.
        """
        given = MakeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        pk = given.validated_data["bookmark"]
        bookmark = Bookmark.objects.filter(learner=self.learner, pk=pk).first()
        if bookmark is None:
            raise Http404(f"There is no bookmark {pk}.")
        if not bookmark.translation:
            raise ValidationError({"bookmark": ["has no translation; give it one"]})
        cards.ensure(bookmark)
        own = PracticeCard.objects.filter(learner=self.learner)
        return Response(card_of(own.get(term=bookmark.term), timezone.now()))


class CardView(LearnerView):
    """A card of the learner's."""

    @extend_schema(
        tags=["practice"],
        request=ChangeSerializer,
        responses={200: PracticeCardSerializer, **told({404: GONE})},
    )
    def patch(self, request: Request, card: int) -> Response:
        """Have a card wait, or no more

        Nobody is asked what `is_suspended`; its schedule stays.
        """
        given = ChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            found = cards.suspend(self.learner.pk, card, **given.validated_data)
        except PracticeCard.DoesNotExist:
            raise Http404(f"There is no card {card}.") from None
        return Response(card_of(found, timezone.now()))


def _wanted(request: Request) -> dict[str, Any]:
    given = WantedSerializer(data=request.query_params.dict())
    given.is_valid(raise_exception=True)
    facts: dict[str, Any] = given.validated_data
    return facts


def _answer(request: Request) -> Answer:
    given = PracticeAnswerSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    facts = given.validated_data
    return Answer(**{**facts, "rating": Review.Rating[facts["rating"].upper()]})
