"""The shapes of the answers. Articles are built by ``reading``; these describe them."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from tokenization import services
from tokenization.models import CacheState, TokenizationCache
from tokenization.reading import PENDING


class TokenSerializer(serializers.Serializer):
    """A token as the reading front end takes it; false flags are left out."""

    text = serializers.CharField()
    sent_i = serializers.IntegerField(help_text="Sentence number in the block.")
    token_i = serializers.IntegerField(help_text="Place in the sentence, from 0.")
    paragraph_i = serializers.IntegerField()
    has_space = serializers.BooleanField(help_text="A space follows.")
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


def _token(text, sent_i, token_i, *flags, has_space=False):
    place = {"sent_i": sent_i, "token_i": token_i, "paragraph_i": 0}
    return {"text": text, **place, "has_space": has_space, **dict.fromkeys(flags, True)}


def _full_stop(sent_i, token_i, **facts):
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


def example(value):
    one = OpenApiExample(THREE_LEVELS, value, response_only=True)
    return extend_schema_serializer(examples=[one])


class FeedNameSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


@example(SUMMARY)
class SummarySerializer(serializers.Serializer):
    """The tokens of a card: what a home page asks for, article by article."""

    id = serializers.IntegerField()
    language = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    tokenization = serializers.ChoiceField(
        [*CacheState.choices, (PENDING, PENDING)],
        help_text="pending: the tokens are being made; ask again in a moment.",
    )
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


class CacheSerializer(serializers.ModelSerializer):
    """Facts about an article's tokens, without the tokens."""

    title = serializers.CharField(source="article.title")
    language = serializers.CharField(source="article.language_id")
    state = serializers.SerializerMethodField()

    class Meta:
        model = TokenizationCache
        fields = (
            "article",
            "title",
            "language",
            "state",
            "tokenizer",
            "token_count",
            "bytes",
            "created_at",
            "refreshed_at",
            "error",
            "failures",
            "retry_at",
        )

    def get_state(self, row) -> str:
        return row.state_for(services.tokenizer_version(row.article.language_id))


class LanguageStatisticsSerializer(serializers.Serializer):
    language = serializers.CharField()
    articles = serializers.IntegerField(help_text="Listed articles.")
    rows = serializers.IntegerField(
        help_text="Those whose tokens were made or pruned, or could not be made."
    )
    fresh = serializers.IntegerField()
    stale = serializers.IntegerField()
    failed = serializers.IntegerField()
    pruned = serializers.IntegerField(help_text="Emptied to save room.")
    missing = serializers.IntegerField()
    coverage = serializers.FloatField(
        allow_null=True,
        help_text="Share of listed articles with fresh tokens, 0 to 1; null without"
        " any.",
    )
    tokens = serializers.IntegerField(help_text="Hidden articles' too.")
    bytes = serializers.IntegerField(help_text="Hidden articles' too.")
    hits = serializers.IntegerField(
        help_text="Articles served with tokens in the last 30 days."
    )
    misses = serializers.IntegerField(help_text="Those served without tokens.")
    hit_ratio = serializers.FloatField(
        allow_null=True, help_text="Hits of hits and misses, 0 to 1; null without any."
    )


class AgeSerializer(serializers.Serializer):
    age = serializers.CharField(help_text="Since the tokens were made.")
    rows = serializers.IntegerField(help_text="Rows with tokens.")
    bytes = serializers.IntegerField()


class GrowthSerializer(serializers.Serializer):
    day = serializers.DateField(help_text="UTC.")
    rows = serializers.IntegerField(help_text="Rows with tokens, made on that day.")
    bytes = serializers.IntegerField(help_text="Their size now.")


class StatisticsSerializer(serializers.Serializer):
    counted_at = serializers.DateTimeField(
        allow_null=True,
        help_text="Null, and all numbers 0, while counted for the first time.",
    )
    total = LanguageStatisticsSerializer()
    languages = LanguageStatisticsSerializer(many=True)
    ages = AgeSerializer(many=True)
    growth = GrowthSerializer(many=True, help_text="The last 30 days, oldest first.")
