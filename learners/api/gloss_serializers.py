"""Glosses and translations of words, as the schema tells of them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from learners.api.article_serializers import StateSerializer

# As the bundled dictionaries have them; a test compares.
SENSE = {"pos": "n", "translations": ["house"]}
GLOSS = {"lemma": "hus", "headword": "hus", "step": "lemma", "senses": [SENSE]}
GUESS = {
    "headword": "station",
    "step": "compound",
    "guess": True,
    "before": {"headword": "metro", "translations": ["subway", "underground"]},
    "senses": [{"pos": "n", "translations": ["station", "stage", "stop"]}],
}
PHRASE = {
    "headword": "i går",
    "step": "phrase",
    "senses": [{"translations": ["yesterday"]}],
}
GLOSSES = {
    "id": 1,
    "language": "da",
    "to": "en",
    "tokenization": "fresh",
    "has_dictionary": True,
    "glosses": {
        "husene": GLOSS,
        "i går": PHRASE,
        "metrostation": GUESS,
        "fjordbladet": {"senses": []},
    },
}
PAIR = {"language": "da", "to": "en", "word": "husene", "has_dictionary": True}
TRANSLATION = {**PAIR, **GLOSS}
HAS_DICTIONARY = "Whether there is a dictionary from this language to that one."


def example(name: str, value: Any) -> Any:
    one = OpenApiExample(name, value, response_only=True)
    return extend_schema_serializer(examples=[one])


class PartSerializer(serializers.Serializer):
    """What stands before the part of a compound that the senses are about."""

    headword = serializers.CharField()
    translations = serializers.ListField(child=serializers.CharField())


class SenseSerializer(serializers.Serializer):
    """A word as one part of speech."""

    headword = serializers.CharField(
        required=False, help_text="Only where it is not the first sense's."
    )
    pos = serializers.CharField(
        required=False,
        help_text="n, pn (name), v, adj, adv, prep, conj, pron, det, art, num, int"
        " (interjection) or part (particle); left out where nobody knows.",
    )
    gender = serializers.CharField(
        required=False, help_text="m, f, n or c (common); only of nouns."
    )
    translations = serializers.ListField(
        child=serializers.CharField(), help_text="The best first."
    )


class GlossSerializer(serializers.Serializer):
    """What a word means; what is empty or false is left out, senses never."""

    lemma = serializers.CharField(
        required=False, help_text="Only where it is not the word in lower case."
    )
    headword = serializers.CharField(
        required=False, help_text="What the dictionary was found to have."
    )
    step = serializers.CharField(
        required=False, help_text="How it was found: exact, lower, lemma and so on."
    )
    guess = serializers.BooleanField(
        required=False, help_text="Found by a step that may be wrong about this word."
    )
    before = PartSerializer(required=False)
    rank = serializers.IntegerField(
        required=False, help_text="Place among the language's most frequent words."
    )
    senses = SenseSerializer(
        many=True, help_text="The likeliest first; empty: not in the dictionary."
    )


@example("What each word means", GLOSSES)
class GlossesSerializer(StateSerializer):
    """What the words of an article mean.

    A word is looked up as the token has it, and then in lower case. Members of a group
    (``mwe_group_id``) are looked up by their ``lemma``.
    """

    to = serializers.CharField()
    has_dictionary = serializers.BooleanField(help_text=HAS_DICTIONARY)
    glosses = serializers.DictField(child=GlossSerializer())


@example("What one word means", TRANSLATION)
class WordSerializer(GlossSerializer):
    """What a word or phrase means."""

    language = serializers.CharField()
    to = serializers.CharField()
    word = serializers.CharField()
    has_dictionary = serializers.BooleanField(help_text=HAS_DICTIONARY)
