from rest_framework import serializers

from articles import services
from articles.models import Feed, Language, Topic


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

    class Meta:
        model = Feed
        fields = (
            *("id", "title", "url", "language", "active", "interval_s"),
            *("next_fetch_at", "last_fetched_at", "last_success_at"),
            *("last_status", "last_error", "consecutive_failures"),
        )
        read_only_fields = (
            *("next_fetch_at", "last_fetched_at", "last_success_at"),
            *("last_status", "last_error", "consecutive_failures"),
        )

    def get_interval_s(self, feed) -> int:
        return int(feed.interval.total_seconds())

    def update(self, feed, facts):
        for name, value in facts.items():
            setattr(feed, name, value)
        services.save_feed_changes(feed, facts)
        return feed
