"""What practice takes and tells."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from learners.api.public import LanguageField
from learners.bookmarks.models import Bookmark
from learners.practice.cards import Due, Shown
from learners.practice.models import PracticeCard, Review, Stage
from learners.practice.scheduling import intervals, schedule_of
from learners.practice.statistics import Statistics
from zeeguu.base.ids import LARGEST_ID
from zeeguu.base.serializers import Serializer

RATINGS = [one.name.lower() for one in Review.Rating]
STAGES = [one.name.lower() for one in Stage]
MOST_CARDS, MOST_DAYS = 100, 366
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST_CARDS, "default": 20},
    description="How many cards at most.",
)
DAYS = OpenApiParameter(
    "days",
    {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": 30},
    description="How many days, today the last of them.",
)


class WantedSerializer(serializers.Serializer):
    """Parameters, which views refuse by name themselves."""

    language = LanguageField(required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MOST_CARDS, default=20)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=30)


class IdField(serializers.IntegerField):
    """An id of a row."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **facts)


class PracticeAnswerSerializer(Serializer):
    card = IdField()
    rating = serializers.ChoiceField(RATINGS)
    last_review = serializers.DateTimeField(
        allow_null=True, help_text="Of the card as it was shown; null of a new one."
    )
    milliseconds = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST_ID,
        help_text="How long it took; more than ten minutes count as ten.",
    )


class UndoSerializer(Serializer):
    review = IdField(required=False, help_text="The answer to take back.")


class MakeSerializer(Serializer):
    bookmark = IdField()


class ChangeSerializer(Serializer):
    is_suspended = serializers.BooleanField()


class IntervalsSerializer(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: serializers.IntegerField() for name in RATINGS}


class PracticeCardSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    language = serializers.CharField()
    word = serializers.CharField()
    lexeme = serializers.IntegerField(allow_null=True)
    stage = serializers.ChoiceField(STAGES)
    due = serializers.DateTimeField()
    last_review = serializers.DateTimeField(allow_null=True)
    stability = serializers.FloatField(
        allow_null=True, help_text="Days after which nine of ten remember it."
    )
    is_suspended = serializers.BooleanField()
    intervals = IntervalsSerializer(help_text="Seconds, by answer.")


class AskedSerializer(serializers.Serializer):
    """The newest bookmark of a card's word that has a translation."""

    id = serializers.IntegerField()
    word = serializers.CharField(help_text="As it stands in the context.")
    translation = serializers.CharField()
    to = serializers.CharField(allow_null=True)
    context = serializers.CharField()
    article = serializers.IntegerField(allow_null=True)
    text = serializers.IntegerField(allow_null=True)


class DueCardSerializer(PracticeCardSerializer):
    bookmark = AskedSerializer(allow_null=True)


class CountsSerializer(serializers.Serializer):
    learning = serializers.IntegerField()
    review = serializers.IntegerField()
    new = serializers.IntegerField()


class DueSerializer(serializers.Serializer):
    language = serializers.CharField()
    cards = DueCardSerializer(many=True)
    counts = CountsSerializer(help_text="How many are due, within the day's limits.")
    next_due = serializers.DateTimeField(
        allow_null=True, help_text="When the next comes that is not due yet."
    )


class DoneSerializer(serializers.Serializer):
    review = serializers.IntegerField(help_text="Its id, to take it back.")
    card = PracticeCardSerializer()


class StreakSerializer(serializers.Serializer):
    current = serializers.IntegerField()
    longest = serializers.IntegerField()


class DaySerializer(serializers.Serializer):
    day = serializers.DateField()
    reviews = serializers.IntegerField()
    new = serializers.IntegerField(help_text="Of words that were new.")
    again = serializers.IntegerField(help_text="Of words that were forgotten.")
    seconds = serializers.IntegerField()


class CardCountsSerializer(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        names = [*STAGES, "suspended"]
        return {name: serializers.IntegerField() for name in names}


class PracticeStatisticsSerializer(serializers.Serializer):
    today = serializers.DateField(help_text="In the learner's own time zone.")
    streak = StreakSerializer(help_text="Days one after the other.")
    days = DaySerializer(many=True)
    cards = CardCountsSerializer(help_text="How many of each stage.")
    retention = serializers.FloatField(
        allow_null=True,
        help_text="Share of reviews of learned words that were remembered.",
    )


def card_of(card: PracticeCard, now: datetime) -> dict[str, Any]:
    after = intervals(schedule_of(card), now)
    return {
        "id": card.pk,
        "language": card.language_id,
        "word": card.word,
        "lexeme": card.lexeme_id,
        "stage": STAGES[card.state],
        "due": card.due,
        "last_review": card.last_review,
        "stability": card.stability,
        "is_suspended": card.is_suspended,
        "intervals": {
            name: round(after[rating].total_seconds())
            for rating, name in enumerate(RATINGS, 1)
        },
    }


def due_of(found: Due, now: datetime) -> dict[str, Any]:
    return {
        "cards": [_shown(one, now) for one in found.cards],
        "counts": found.counts,
        "next_due": found.next_due,
    }


def _shown(one: Shown, now: datetime) -> dict[str, Any]:
    asked = _asked(one.bookmark) if one.bookmark else None
    return {**card_of(one.card, now), "bookmark": asked}


def _asked(bookmark: Bookmark) -> dict[str, Any]:
    return {
        "id": bookmark.pk,
        "word": bookmark.word,
        "translation": bookmark.translation,
        "to": bookmark.to_id,
        "context": bookmark.context,
        "article": bookmark.article_id,
        "text": bookmark.text_id,
    }


def statistics_of(found: Statistics) -> dict[str, Any]:
    told = asdict(found)
    return {**told, "days": found.days}
