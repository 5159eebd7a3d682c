"""What a learner did with articles, as the API takes and shows it."""

from math import isfinite
from typing import Any

from rest_framework import serializers

from learners.api.article_serializers import CardSerializer
from learners.api.public import CleanField
from learners.readings.actions import MOST_SECONDS, Said
from learners.readings.models import Reading, Sitting
from zeeguu.base.ids import LARGEST_ID
from zeeguu.base.serializers import Serializer


class ShareField(serializers.FloatField):
    """A number from 0 to 1; what is no number fits between any."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        share = super().to_internal_value(data)
        if not isfinite(share):
            self.fail("invalid")
        return share


class SaidSerializer(Serializer):
    """What a learner does with an article; what is left out stays as it is."""

    opened = serializers.BooleanField(required=False)
    read = serializers.BooleanField(
        required=False, help_text="Said; coming to its end by completion does it too."
    )
    saved = serializers.BooleanField(required=False)
    liked = serializers.BooleanField(required=False)
    hidden = serializers.BooleanField(
        required=False, help_text="In no feed of the learner's."
    )
    completion = ShareField(
        required=False,
        help_text="How far it was read, 0 to 1: never goes down, above 0.9 is read.",
    )
    seconds = serializers.IntegerField(
        min_value=0,
        required=False,
        help_text=f"Of reading, more of them; {MOST_SECONDS} of a call count at most.",
    )
    difficulty = serializers.ChoiceField(
        Reading.Difficulty.choices, required=False, allow_blank=True
    )

    def said(self) -> Said:
        return Said(**self.validated_data)


class MineSerializer(serializers.Serializer):
    """What a learner did with an article."""

    opened = serializers.BooleanField()
    read = serializers.BooleanField()
    saved = serializers.BooleanField()
    liked = serializers.BooleanField()
    hidden = serializers.BooleanField()
    reported = serializers.BooleanField(help_text="As broken.")
    completion = serializers.FloatField(help_text="How far it was read, 0 to 1.")
    seconds = serializers.IntegerField(help_text="Of reading, all of them.")
    difficulty = serializers.ChoiceField(
        Reading.Difficulty.choices, allow_blank=True, help_text="As the learner says."
    )


class MyCardSerializer(CardSerializer):
    mine = MineSerializer()


class NewSittingSerializer(Serializer):
    """What somebody begins."""

    kind = serializers.ChoiceField(Sitting.Kind.choices)
    article = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, allow_null=True
    )
    platform = CleanField(max_length=20, required=False, allow_blank=True)


class LongerSerializer(Serializer):
    """How long a sitting is by now."""

    milliseconds = serializers.IntegerField(
        min_value=0,
        required=False,
        help_text="In all; it never becomes shorter, nor longer than since its start.",
    )
    ended = serializers.BooleanField(required=False, help_text="true: it is over.")


class SittingSerializer(serializers.ModelSerializer):
    """A time spent reading an article, or browsing lists."""

    class Meta:
        model = Sitting
        fields = (
            "id",
            "kind",
            "article",
            "platform",
            "started_at",
            "ended_at",
            "milliseconds",
        )
        read_only_fields = fields


class ActivitySerializer(serializers.Serializer):
    """Something that has happened; what does not fit is cut or dropped."""

    event = serializers.CharField(help_text="100 characters are kept.")
    value = serializers.CharField(required=False, help_text="500 are kept.")
    extra = serializers.JSONField(required=False, help_text="2,000 as text are kept.")
    article = serializers.IntegerField(required=False, allow_null=True)
    at = serializers.DateTimeField(required=False, help_text="By your clock.")
    platform = serializers.CharField(required=False, help_text="20 are kept.")


class BrokenReasonSerializer(Serializer):
    reason = CleanField(max_length=500, help_text="What is broken, in any words.")

    def validate_reason(self, reason: str) -> str:
        if not reason:
            raise serializers.ValidationError("say what is broken, such as: no text")
        return reason
