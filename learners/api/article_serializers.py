"""Articles as the API shows them: rows turned into JSON, and what the schema tells."""

from typing import Any

import orjson
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from tokenization.models import CacheState
from tokenization.serving import PENDING, ArticleRow, CardRow, SummaryRow


class TokenSerializer(serializers.Serializer):
    """A token as the reading front end takes it; false flags are left out."""

    text = serializers.CharField()
    sent_i = serializers.IntegerField(help_text="Sentence number in the block.")
    token_i = serializers.IntegerField(help_text="Place in the sentence, from 0.")
    paragraph_i = serializers.IntegerField()
    has_space = serializers.BooleanField(help_text="A space follows.")
    lemma = serializers.CharField(
        required=False, help_text="Only where it is not the text in lower case."
    )
    mwe_group_id = serializers.CharField(
        required=False,
        help_text="Of words that stand apart and are one: the same for all of them.",
    )
    mwe_role = serializers.ChoiceField(["head", "dependent"], required=False)
    mwe_type = serializers.CharField(required=False)
    mwe_is_separated = serializers.BooleanField(required=False)
    is_sent_start = serializers.BooleanField(required=False)
    is_punct = serializers.BooleanField(required=False)
    is_left_punct = serializers.BooleanField(required=False)
    is_right_punct = serializers.BooleanField(required=False)
    is_symbol = serializers.BooleanField(required=False)
    is_like_num = serializers.BooleanField(required=False)
    is_like_email = serializers.BooleanField(required=False)
    is_like_url = serializers.BooleanField(required=False)


# Three levels: paragraphs, sentences, tokens.
Block = serializers.ListField(
    child=serializers.ListField(child=serializers.ListField(child=TokenSerializer())),
    allow_null=True,
)


def _token(
    text: str, sent_i: int, token_i: int, *flags: str, has_space: bool = False
) -> dict[str, Any]:
    place = {"sent_i": sent_i, "token_i": token_i, "paragraph_i": 0}
    return {"text": text, **place, "has_space": has_space, **dict.fromkeys(flags, True)}


def _full_stop(sent_i: int, token_i: int, **facts: Any) -> dict[str, Any]:
    return _token(".", sent_i, token_i, "is_punct", "is_right_punct", **facts)


# "Hej med dig. Ja.": one paragraph of two sentences.
HELLO = [
    [
        [
            _token("Hej", 0, 0, "is_sent_start", has_space=True),
            _token("med", 0, 1, has_space=True),
            _token("dig", 0, 2),
            _full_stop(0, 3, has_space=True),
        ],
        [_token("Ja", 1, 0, "is_sent_start"), _full_stop(1, 1)],
    ]
]
SUMMARY = {
    "id": 1,
    "language": "da",
    "title": "Ja.",
    "summary": "Hej med dig. Ja.",
    "tokenization": "fresh",
    "title_tokens": [[[_token("Ja", 0, 0, "is_sent_start"), _full_stop(0, 1)]]],
    "summary_tokens": HELLO,
}
CARD = {
    **SUMMARY,
    "url": "https://news.example.com/1",
    "feed": {"id": 1, "title": "Fjordbladet"},
    "topics": ["science"],
    "authors": "Ada Holm",
    "image_url": "",
    "published_at": "2026-03-01T12:00:00Z",
    "crawled_at": "2026-03-01T12:10:00Z",
    "word_count": 5,
    "difficulty": 0.1,
    "level": "A1",
}
FRAGMENT = {"id": 1, "tag": "p", "text": "Hej med dig. Ja.", "tokens": HELLO}
THREE_LEVELS = "Tokens, three levels deep: paragraphs, sentences, tokens"


def example(value: Any) -> Any:
    one = OpenApiExample(THREE_LEVELS, value, response_only=True)
    return extend_schema_serializer(examples=[one])


class FeedNameSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class StateSerializer(serializers.Serializer):
    """Which article it is, and how its tokens are."""

    id = serializers.IntegerField()
    language = serializers.CharField()
    tokenization = serializers.ChoiceField(
        [*CacheState.choices, (PENDING, PENDING)],
        help_text="pending: the tokens are being made; ask again in a moment.",
    )


@example(SUMMARY)
class SummarySerializer(StateSerializer):
    """The tokens of a card: what a home page asks for, article by article."""

    title = serializers.CharField()
    summary = serializers.CharField()
    title_tokens = Block
    summary_tokens = Block


@example(CARD)
class CardSerializer(SummarySerializer):
    """An article in a list."""

    url = serializers.URLField()
    feed = FeedNameSerializer()
    topics = serializers.ListField(child=serializers.SlugField())
    authors = serializers.CharField()
    image_url = serializers.CharField(help_text="Empty without an image.")
    published_at = serializers.DateTimeField(help_text="As the feed says, UTC.")
    crawled_at = serializers.DateTimeField(help_text="When we found it, UTC.")
    word_count = serializers.IntegerField()
    difficulty = serializers.FloatField(
        allow_null=True, help_text="Share of words outside the most frequent, 0 to 1."
    )
    level = serializers.CharField(help_text="Like CEFR's, A1 to C2; empty: unknown.")


class FragmentSerializer(serializers.Serializer):
    """A block of the body; its tokens are null until the article is tokenized."""

    id = serializers.IntegerField()
    tag = serializers.CharField(help_text="p, h1 to h6, li or blockquote.")
    text = serializers.CharField()
    tokens = Block


@example({**CARD, "fragments": [FRAGMENT]})
class ArticleSerializer(CardSerializer):
    """An article with its body."""

    fragments = FragmentSerializer(many=True)


class SummariesSerializer(serializers.Serializer):
    summaries = SummarySerializer(many=True)
    missing = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids without a listed article."
    )


class SimilarSerializer(serializers.Serializer):
    results = CardSerializer(many=True)


def to_summary(row: SummaryRow) -> dict:
    """What SummarySerializer describes."""
    return {
        "id": row.id,
        "language": row.language,
        "title": row.title,
        "summary": row.summary,
        **_tokens(row),
    }


def to_card(row: CardRow) -> dict:
    """What CardSerializer describes."""
    return {
        "id": row.id,
        "url": row.url,
        "title": row.title,
        "summary": row.summary,
        "language": row.language,
        "feed": {"id": row.feed_id, "title": row.feed_title},
        "topics": row.topic_slugs,
        "authors": row.authors,
        "image_url": row.image_url,
        "published_at": row.published_at,
        "crawled_at": row.crawled_at,
        "word_count": row.word_count,
        "difficulty": row.difficulty,
        "level": row.level,
        **_tokens(row),
    }


def to_article(row: ArticleRow) -> dict:
    """What ArticleSerializer describes; one query unless its tokens are of its text."""
    return {
        **to_card(row),
        "fragments": _splice(row.stored_content()) or row.fragments(),
    }


def _tokens(row: CardRow | SummaryRow | ArticleRow) -> dict[str, Any]:
    return {
        "tokenization": row.tokenization,
        "title_tokens": _splice(row.title_tokens),
        "summary_tokens": _splice(row.summary_tokens),
    }


def _splice(text: str | None) -> orjson.Fragment | None:
    """Token JSON as it is stored, put into the answer unparsed; None without any."""
    return orjson.Fragment(text) if text else None
