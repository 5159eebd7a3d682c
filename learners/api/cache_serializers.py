"""What the API tells staff of the token cache."""

from rest_framework import serializers

from tokenization import services
from tokenization.models import TokenizationCache


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

    def get_state(self, row: TokenizationCache) -> str:
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


class SearchSerializer(serializers.Serializer):
    articles = serializers.IntegerField(help_text="Listed ones.")
    outdated = serializers.IntegerField(
        help_text="Those that search does not know, or not as they are now."
    )


class StatisticsSerializer(serializers.Serializer):
    counted_at = serializers.DateTimeField(
        allow_null=True,
        help_text="Null, and all numbers 0, while counted for the first time.",
    )
    total = LanguageStatisticsSerializer()
    languages = LanguageStatisticsSerializer(many=True)
    ages = AgeSerializer(many=True)
    growth = GrowthSerializer(many=True, help_text="The last 30 days, oldest first.")
    search = SearchSerializer()
