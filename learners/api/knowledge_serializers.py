"""What is taken and told of the words that learners know."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from learners.api.public import CleanField, LanguageField
from learners.knowledge.lists import Listed
from learners.knowledge.placement import MOST
from learners.knowledge.store import State
from tokenization.models import Lexeme
from zeeguu.base.ids import is_id
from zeeguu.base.serializers import Serializer

STATES = [state.value for state in State]
LISTS = [name.value for name in Listed]
MOST_WORDS, LONGEST_WORD = 5000, 100
RATHER = "give either words or lexemes"


class WordCountsSerializer(serializers.Serializer):
    """Words of a language by state."""

    language = serializers.CharField()
    met = serializers.IntegerField()
    learning = serializers.IntegerField()
    known = serializers.IntegerField()
    ignored = serializers.IntegerField()
    likely = serializers.IntegerField(
        help_text="New ones, read and not tapped in two articles or more."
    )
    placed = serializers.IntegerField(
        help_text="Those of the known that nothing but a placement says."
    )


class StatesField(serializers.DictField):
    """States by word or by the id of a lexeme."""

    child = serializers.ChoiceField(STATES)

    def to_internal_value(self, data: Any) -> dict[str, State]:
        if isinstance(data, Mapping) and len(data) > MOST_WORDS:
            raise serializers.ValidationError(
                f"{len(data)} words; send {MOST_WORDS} in a call at most"
            )
        found: dict[str, str] = super().to_internal_value(data)
        return {name: State(state) for name, state in found.items()}


class StatesSerializer(Serializer):
    """Words, or lexemes by their ids, and the states that they get."""

    language = LanguageField()
    words = StatesField(required=False, help_text="In any form: its lexeme counts.")
    lexemes = StatesField(required=False)
    only_from = serializers.MultipleChoiceField(
        choices=STATES,
        required=False,
        help_text="Words in other states stay as they are.",
    )

    def validate_lexemes(self, lexemes: dict[str, State]) -> dict[int, State]:
        if wrong := [text for text in lexemes if not is_id(text)]:
            raise serializers.ValidationError(f"{wrong[0][:20]!r} is no id of a lexeme")
        return {int(text): state for text, state in lexemes.items()}

    def validate_only_from(self, states: set[str]) -> set[State]:
        return {State(state) for state in states}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("words" in attrs) == ("lexemes" in attrs):
            raise serializers.ValidationError({"words": [RATHER]})
        return attrs


class TakenSerializer(serializers.Serializer):
    language = serializers.CharField()
    taken = serializers.IntegerField(help_text="Words that were found.")
    unknown = serializers.ListField(
        child=serializers.CharField(),
        help_text="Those that are no words of the language, as they were sent.",
    )


class CoverageSerializer(serializers.Serializer):
    share = serializers.FloatField(help_text="Known words of all not ignored, 0 to 1.")
    known = serializers.IntegerField()
    new = serializers.IntegerField(help_text="In no state.")
    likely = serializers.IntegerField(
        help_text="Of the new ones: read and not tapped in two articles or more."
    )


class WorthSerializer(serializers.Serializer):
    lemma = serializers.CharField()
    rank = serializers.IntegerField(
        allow_null=True, help_text="1 for the language's most frequent word."
    )
    count = serializers.IntegerField(
        source="times", help_text="How often the article has it."
    )


class ArticleWordsSerializer(serializers.Serializer):
    language = serializers.CharField()
    coverage = CoverageSerializer(
        allow_null=True, help_text="null of an article without words, or tokens."
    )
    words = serializers.DictField(
        child=serializers.ChoiceField(STATES),
        help_text="By the lemma of their tokens. Names and numbers are not among them.",
    )
    likely = serializers.ListField(
        child=serializers.CharField(), help_text="New ones that are likely known."
    )
    worth_learning = WorthSerializer(
        many=True, help_text="Up to five new ones, the best first."
    )


class UndoKnownSerializer(serializers.Serializer):
    """The body of PATCH /api/knowledge/ that takes it back."""

    language = serializers.CharField()
    lexemes = serializers.DictField(child=serializers.ChoiceField(STATES))
    only_from = serializers.ListField(child=serializers.ChoiceField(STATES))


class RestSerializer(serializers.Serializer):
    known = serializers.IntegerField(help_text="Words that are known from now on.")
    undo = UndoKnownSerializer(
        help_text="What to send to PATCH /api/knowledge/ to take it back."
    )


class PlacementSerializer(serializers.Serializer):
    language = serializers.CharField()
    words = serializers.ListField(
        child=serializers.CharField(), help_text="Some of them are made up."
    )


class AnswersSerializer(Serializer):
    """The words that the learner says to know, or how many of the most frequent."""

    language = LanguageField()
    yes = serializers.ListField(
        child=CleanField(max_length=LONGEST_WORD),
        required=False,
        max_length=100,
        help_text="Of the words of GET, those that the learner knows.",
    )
    first = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST,
        help_text="So many of the most frequent words; 0 takes a placement back.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("yes" in attrs) == ("first" in attrs):
            raise serializers.ValidationError({"yes": ["give either yes or first"]})
        return attrs


class PlacedSerializer(serializers.Serializer):
    language = serializers.CharField()
    rank = serializers.IntegerField(
        help_text="So many of the most frequent words are taken for known."
    )
    guessed = serializers.FloatField(
        allow_null=True,
        help_text="Which share of the made-up words was said to be known, 0 to 1.",
    )
    placed = serializers.IntegerField(
        help_text="Words that are known by it and by nothing else."
    )


class WordsSerializer(serializers.Serializer):
    """Parameters, which views refuse by name themselves."""

    language = LanguageField(required=False)
    state = serializers.ChoiceField(LISTS, required=False)
    q = CleanField(max_length=LONGEST_WORD, required=False, allow_blank=True)


class ListedWordSerializer(serializers.ModelSerializer):
    """A word that is in a state."""

    state = serializers.CharField()

    class Meta:
        model = Lexeme
        fields = ("id", "lemma", "rank", "state")
