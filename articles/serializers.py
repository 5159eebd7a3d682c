from rest_framework import serializers

from articles import services
from articles.models import CrawlRun, Feed, FeedState, FeedVisit, Language, Topic


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

    class Meta:
        model = Feed
        fields = (
            *("id", "title", "url", "language", "active", "state", "interval_s"),
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
    """A run and what its visits add up to."""

    feeds = serializers.IntegerField(help_text="Visits of feeds.")
    stored = serializers.IntegerField(help_text="New articles.")
    updated = serializers.IntegerField(help_text="Articles that had changed.")
    failed = serializers.IntegerField(help_text="Visits that failed.")

    class Meta:
        model = CrawlRun
        fields = (
            *("id", "started_at", "finished_at", "host", "command"),
            *("feeds", "stored", "updated", "failed"),
        )
        extra_kwargs = {
            "finished_at": {"help_text": "Null while at work, and where it was killed."}
        }


class FailureSerializer(serializers.Serializer):
    url = serializers.CharField()
    error = serializers.CharField()


class FeedVisitSerializer(serializers.ModelSerializer):
    """A visit of a feed, and what came of it."""

    title = serializers.CharField(source="feed.title")
    language = serializers.CharField(source="feed.language_id")
    skipped = serializers.DictField(
        child=serializers.IntegerField(), help_text="Items by reason."
    )
    failed = FailureSerializer(many=True)

    class Meta:
        model = FeedVisit
        fields = (
            *("id", "feed", "title", "language", "at", "seconds", "status", "error"),
            *("found", "stored", "updated", "duplicates", "tokenized"),
            *("skipped", "failed"),
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


class SkippedSerializer(serializers.Serializer):
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
    skipped = SkippedSerializer(many=True)
    broken = BrokenSerializer(many=True, help_text="Of 30 days.")
    slowest = FeedNumbersSerializer(many=True, help_text="At most 10 feeds.")
    failing = FeedNumbersSerializer(many=True, help_text="At most 10 feeds.")
