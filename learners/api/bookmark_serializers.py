"""Bookmarks as the API takes and shows them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from articles.languages import code_of
from articles.models import Language
from learners.api.public import CleanField, LanguageField
from learners.bookmarks.models import Bookmark
from learners.bookmarks.places import Place, letters_of
from learners.bookmarks.saving import (
    LONGEST_CONTEXT,
    LONGEST_SOURCE,
    LONGEST_TRANSLATION,
    LONGEST_WORD,
    Met,
)
from learners.knowledge.store import State
from zeeguu.base.ids import LARGEST_ID
from zeeguu.base.serializers import Serializer

# No text has as many sentences, or tokens in one.
MOST_PLACES = 1_000_000
# A longer one is no sentence by far.
MOST_CONTEXT = 20_000
IN_PART = "Where in the article or text."
IN_FRAGMENT = "Id of the fragment; only in the body."
IN_SENTENCE = "The tokens' sent_i."
AT = "The first token's token_i."
REACHES = (
    "Tokens from there on. Of a verb at two places 1: the other word has the same"
    " mwe_group_id."
)


class WordField(CleanField):
    """A word or phrase: it has a letter or a digit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_WORD, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        word = super().to_internal_value(data)
        if not letters_of(word):
            raise ValidationError("no word is in it; give a word, such as hus")
        return word


@extend_schema_field({"type": "string", "minLength": 2, "maxLength": 5})
class AnyLanguageField(serializers.CharField):
    """The code of a language that is read here or known by heart."""

    def to_internal_value(self, data: Any) -> str:
        code = code_of(super().to_internal_value(data))
        if "\x00" in code or not Language.objects.filter(pk=code[:20]).exists():
            raise ValidationError(f"there is no language {code[:20]!r}")
        return code


def _id_field(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, **kwargs
    )


def _place_field(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_PLACES, **kwargs
    )


class TranslatedSerializer(Serializer):
    """What a word means, and to whom."""

    translation = CleanField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_TRANSLATION,
        help_text="Without it: by the dictionaries that are here, if they have it.",
    )
    to = AnyLanguageField(
        required=False, help_text="Its language; without it the learner's own."
    )
    source = CleanField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_SOURCE,
        help_text="Who translated.",
    )


class NewBookmarkSerializer(TranslatedSerializer):
    """A word or phrase that somebody met, and where.

    In an article, in a text of one's own, or anywhere: then ``language`` is needed.
    """

    article = _id_field(help_text="Id of the article that it stands in.")
    text = _id_field(help_text="Id of the own text that it stands in.")
    language = LanguageField(
        required=False, help_text="Of a word that stands in neither."
    )
    word = WordField(help_text="As it stands in the text; may be several words.")
    context = CleanField(
        required=False,
        allow_blank=True,
        max_length=MOST_CONTEXT,
        help_text=f"The sentence around it, cut to {LONGEST_CONTEXT:,} characters;"
        " without it that at the place.",
    )
    part = serializers.ChoiceField(
        Bookmark.Part.choices, required=False, help_text=IN_PART
    )
    fragment = _id_field(help_text=IN_FRAGMENT)
    sentence = _place_field(help_text=IN_SENTENCE)
    token = _place_field(help_text=AT)
    length = serializers.IntegerField(
        required=False, min_value=1, max_value=LONGEST_WORD, help_text="Tokens."
    )

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if wrong := _wrong_origin(facts) or _wrong_place(facts):
            raise ValidationError({name: [why] for name, why in wrong.items()})
        return facts

    def to_met(self) -> Met:
        facts = dict(self.validated_data)
        names = ("part", "fragment", "sentence", "token", "length")
        place = {name: facts.pop(name) for name in names if name in facts}
        if place:
            facts["place"] = Place(**{"fragment": None, **place})
        return Met(**facts)


def _wrong_origin(facts: dict[str, Any]) -> dict[str, str]:
    if "article" in facts and "text" in facts:
        return {"text": "give an article or a text, not both"}
    has_one = "article" in facts or "text" in facts
    if has_one and "language" in facts:
        return {"language": "leave it out: it is that of the article or text"}
    if not has_one and "language" not in facts:
        return {"language": "missing; give it, or an article or text"}
    return {}


def _wrong_place(facts: dict[str, Any]) -> dict[str, str]:
    given = {"part", "fragment", "sentence", "token", "length"} & facts.keys()
    if not given:
        return {}
    if "language" in facts:
        return dict.fromkeys(given, "leave it out without an article or text")
    is_in_body = facts.get("part") == Bookmark.Part.BODY
    needed = {"part", "sentence", "token"} | ({"fragment"} if is_in_body else set())
    if missing := needed - given:
        return dict.fromkeys(missing, "missing; a place needs it")
    if "fragment" in given and not is_in_body:
        return {"fragment": "only the body has fragments"}
    return {}


class ChangedBookmarkSerializer(TranslatedSerializer):
    """What may be changed of a bookmark."""

    starred = serializers.BooleanField(required=False)


class BookmarkSerializer(serializers.Serializer):
    """A word or phrase that the learner met."""

    id = serializers.IntegerField()
    language = serializers.CharField()
    word = serializers.CharField(help_text="As it stood in the text.")
    lemma = serializers.CharField(help_text="Empty: a phrase, or unknown.")
    lexeme = serializers.IntegerField(
        allow_null=True, help_text="Id of the word in all its forms; of phrases null."
    )
    state = serializers.ChoiceField(
        [(one.value, one.name) for one in State],
        allow_null=True,
        help_text="How well the learner knows the lexeme.",
    )
    to = serializers.CharField(allow_null=True)
    translation = serializers.CharField(help_text="Empty: unknown.")
    source = serializers.CharField(help_text="Who translated.")
    context = serializers.CharField(help_text="The sentence around it.")
    starred = serializers.BooleanField()
    article = serializers.IntegerField(
        allow_null=True, help_text="Null: in none, or it was deleted."
    )
    text = serializers.IntegerField(allow_null=True)
    lost = serializers.BooleanField(
        help_text="It is no longer in the article or text, or was not when looked for."
    )
    created_at = serializers.DateTimeField(help_text="UTC.")
    updated_at = serializers.DateTimeField(help_text="UTC.")


class PlacedBookmarkSerializer(BookmarkSerializer):
    """A bookmark, and where in the tokens it is now; null where it is lost.

    Places were just looked up in the tokens. As long as these are pending, they are
    those of the last time.
    """

    part = serializers.ChoiceField(
        Bookmark.Part.choices, allow_null=True, help_text=IN_PART
    )
    fragment = serializers.IntegerField(allow_null=True, help_text=IN_FRAGMENT)
    sentence = serializers.IntegerField(allow_null=True, help_text=IN_SENTENCE)
    token = serializers.IntegerField(allow_null=True, help_text=AT)
    length = serializers.IntegerField(allow_null=True, help_text=REACHES)


class PlacedBookmarksSerializer(serializers.Serializer):
    results = PlacedBookmarkSerializer(many=True)


def to_bookmark(bookmark: Bookmark, states: dict[int, State]) -> dict[str, Any]:
    """What BookmarkSerializer describes."""
    lexeme = bookmark.lexeme
    return {
        "id": bookmark.pk,
        "language": bookmark.language_id,
        "word": bookmark.word,
        "lemma": lexeme.lemma if lexeme else "",
        "lexeme": bookmark.lexeme_id,
        "state": states.get(bookmark.lexeme_id) if bookmark.lexeme_id else None,
        "to": bookmark.to_id,
        "translation": bookmark.translation,
        "source": bookmark.source,
        "context": bookmark.context,
        "starred": bookmark.is_starred,
        "article": bookmark.article_id,
        "text": bookmark.text_id,
        "lost": bookmark.is_lost,
        "created_at": bookmark.created_at,
        "updated_at": bookmark.updated_at,
    }


def to_placed(bookmark: Bookmark, states: dict[int, State]) -> dict[str, Any]:
    """What PlacedBookmarkSerializer describes, of one whose place was looked up."""
    has_place = bookmark.token is not None and not bookmark.is_lost
    names = ("part", "fragment", "sentence", "token", "length")
    place = {name: getattr(bookmark, name) if has_place else None for name in names}
    return {**to_bookmark(bookmark, states), **place}
