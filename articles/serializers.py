from rest_framework import serializers

from articles import services
from articles.models import (
    KINDS,
    CrawlRun,
    Feed,
    FeedState,
    FeedVisit,
    Language,
    Topic,
)

COUNTS = ("found", *KINDS, "tokenized")


class LanguageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Language
        fields = ("code", "name", "native_name")


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ("slug", "name")


class FeedSerializer(serializers.ModelSerializer):
    """A feed with its crawl state; the interval is in seconds, times are UTC."""

    interval_s = serializers.SerializerMethodField()
    state = serializers.ChoiceField(FeedState.choices, read_only=True)
    unlisted = serializers.CharField(
        read_only=True,
        help_text="What became of its newest articles where readers see none of them.",
    )

    class Meta:
        model = Feed
        fields = (
            *("id", "title", "url", "language", "active", "state", "unlisted"),
            *("interval_s",),
            *("next_fetch_at", "last_fetched_at", "last_success_at", "last_new_at"),
            *("last_status", "last_error", "consecutive_failures"),
        )
        read_only_fields = (
            *("next_fetch_at", "last_fetched_at", "last_success_at", "last_new_at"),
            *("last_status", "last_error", "consecutive_failures"),
        )

    def get_interval_s(self, feed) -> int:
        return int(feed.interval.total_seconds())

    def update(self, feed, facts):
        for name, value in facts.items():
            setattr(feed, name, value)
        services.save_feed_changes(feed, facts)
        return feed


class CrawlRunSerializer(serializers.ModelSerializer):
    """A run and what its visits add up to; found is the sum of listed to left."""

    class Meta:
        model = CrawlRun
        fields = (
            *("id", "started_at", "finished_at", "host", "command"),
            *("visited", "failed_visits", *COUNTS),
        )
        extra_kwargs = {
            "finished_at": {"help_text": "Null while at work, and where it was killed."}
        }


class ErrorSerializer(serializers.Serializer):
    url = serializers.CharField()
    error = serializers.CharField()


class FeedVisitSerializer(serializers.ModelSerializer):
    """A visit of a feed; found is the sum of listed to left."""

    title = serializers.CharField(source="feed.title")
    language = serializers.CharField(source="feed.language_id")
    reasons = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="Items by kind and reason, of the kinds that have reasons.",
    )
    errors = ErrorSerializer(
        many=True, help_text="Of the feed, its items and their tokens; at most 50."
    )

    class Meta:
        model = FeedVisit
        fields = (
            *("id", "feed", "title", "language", "at", "seconds", "status", "error"),
            *(*COUNTS, "reasons", "errors"),
        )


class CrawlRunWithVisitsSerializer(CrawlRunSerializer):
    visits = FeedVisitSerializer(many=True)

    class Meta(CrawlRunSerializer.Meta):
        fields = (*CrawlRunSerializer.Meta.fields, "visits")


class FeedStateCountSerializer(serializers.Serializer):
    state = serializers.ChoiceField(FeedState.choices)
    feeds = serializers.IntegerField()


class DeliverySerializer(serializers.Serializer):
    """What a language with active feeds delivers, the demo site's left out."""

    language = serializers.CharField()
    feeds = serializers.IntegerField(help_text="Active feeds.")
    visited = serializers.IntegerField(help_text="Those that were ever visited.")
    last_new_at = serializers.DateTimeField(allow_null=True)
    fresh = serializers.IntegerField(
        help_text="Listed articles of the last DELIVERY_HOURS hours."
    )


class NewArticlesSerializer(serializers.Serializer):
    day = serializers.DateField(help_text="UTC.")
    language = serializers.CharField()
    articles = serializers.IntegerField(help_text="Listed articles stored that day.")


class VisitCountSerializer(serializers.Serializer):
    day = serializers.DateField(help_text="UTC.")
    status = serializers.CharField()
    visits = serializers.IntegerField()


class ItemsSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(list(KINDS))
    items = serializers.IntegerField()


class ReasonSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(list(KINDS))
    reason = serializers.CharField()
    items = serializers.IntegerField()


class BrokenSerializer(serializers.Serializer):
    language = serializers.CharField()
    broken = serializers.CharField(help_text="Why not listed; empty: listed.")
    articles = serializers.IntegerField()


class FeedNumbersSerializer(serializers.Serializer):
    feed = serializers.IntegerField(help_text="Feed id.")
    title = serializers.CharField()
    url = serializers.CharField()
    visits = serializers.IntegerField()
    failures = serializers.IntegerField()
    mean_s = serializers.FloatField(help_text="Seconds a visit.")
    longest_s = serializers.FloatField()


class CrawlStatisticsSerializer(serializers.Serializer):
    """The crawl in numbers: days are the last 30, the rest the last 7 days."""

    feeds = FeedStateCountSerializer(many=True)
    languages = DeliverySerializer(many=True)
    articles = NewArticlesSerializer(many=True, help_text="Days with none left out.")
    visits = VisitCountSerializer(many=True, help_text="Days with none left out.")
    items = ItemsSerializer(many=True, help_text="What became of feeds' items.")
    reasons = ReasonSerializer(many=True, help_text="Why, for kinds with reasons.")
    broken = BrokenSerializer(many=True, help_text="Of 30 days.")
    slowest = FeedNumbersSerializer(many=True, help_text="At most 10 feeds.")
    failing = FeedNumbersSerializer(many=True, help_text="At most 10 feeds.")
