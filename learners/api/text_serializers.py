"""Texts of learners' own as the API takes and shows them."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework import serializers

from learners.api.article_serializers import Block, FragmentSerializer, StateSerializer
from learners.api.gloss_serializers import GlossesSerializer
from learners.api.knowledge_serializers import CoverageSerializer
from learners.api.public import CleanField, LanguageField
from learners.knowledge.coverage import Coverage
from learners.texts.bringing import LONGEST, LONGEST_TITLE, LONGEST_URL
from learners.texts.models import Text
from learners.texts.tokens import Read
from zeeguu.base.ids import LARGEST_ID
from zeeguu.base.serializers import Serializer

EITHER = "give either url, or title and text"
# Of the classes that one text is shared with.
MOST_CLASSES = 100


class NewTextSerializer(Serializer):
    """An address, or a title and a text; and the language, if one knows it."""

    url = serializers.CharField(
        required=False,
        max_length=LONGEST_URL,
        help_text="Of a page. Without a scheme it is https.",
    )
    title = CleanField(required=False, max_length=LONGEST_TITLE)
    text = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text="Empty lines are between its paragraphs.",
    )
    language = LanguageField(
        required=False, help_text="Its code; recognised where it is left out."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_page = "url" in attrs
        is_whole = "title" in attrs and "text" in attrs
        is_part = "title" in attrs or "text" in attrs
        if is_page and is_part:
            raise serializers.ValidationError({"url": [EITHER]})
        if not is_page and not is_whole:
            missing = "title" if "text" in attrs else "text" if is_part else "url"
            raise serializers.ValidationError({missing: [f"missing: {EITHER}"]})
        return attrs


class ChangedTextSerializer(Serializer):
    """What may be said of a text afterwards."""

    title = CleanField(required=False, max_length=LONGEST_TITLE)
    shared_with = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        max_length=MOST_CLASSES,
        help_text="Ids of classes that you teach or are in; no others have it then.",
    )


class TextSerializer(StateSerializer):
    """A text in a list."""

    title = serializers.CharField()
    url = serializers.CharField(help_text="Empty of one that was pasted.")
    word_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    is_mine = serializers.BooleanField(help_text="Others are shared with a class.")
    shared_with = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Ids of classes; of those that are not one's own none is told.",
    )
    coverage = CoverageSerializer(
        allow_null=True, help_text="null of one without words, or tokens."
    )


class TextPageSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = TextSerializer(many=True)


class WholeTextSerializer(TextSerializer):
    """A text to read."""

    title_tokens = Block
    fragments = FragmentSerializer(many=True)


class TextGlossesSerializer(GlossesSerializer):
    """What the words of a text mean, as the glosses of an article."""


def to_text(
    read: Read,
    learner: int,
    shared_with: Mapping[int, list[int]],
    coverage: Coverage | None,
) -> dict[str, Any]:
    """What TextSerializer describes; shared_with is that of the learner's own."""
    text: Text = read.text
    return {
        "id": text.pk,
        "language": text.language_id,
        "tokenization": read.tokenization,
        "title": text.title,
        "url": text.url,
        "word_count": text.word_count,
        "created_at": text.created_at,
        "is_mine": text.learner_id == learner,
        "shared_with": shared_with.get(text.pk, []),
        "coverage": coverage and coverage._asdict(),
    }


def tokens_of(read: Read) -> dict[str, Any]:
    """What WholeTextSerializer has besides: JSON as it is stored, unparsed."""
    title = read.text.title_tokens
    return {
        "title_tokens": orjson.Fragment(title) if title else None,
        "fragments": orjson.Fragment(read.stored_content()),
    }
