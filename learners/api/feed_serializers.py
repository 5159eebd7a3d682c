from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as Invalid
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.serializers import ValidationError

from articles import services
from articles.addresses import normal_url
from articles.crawler.feeds.looks import NOTHING
from articles.models import (
    KINDS,
    CrawlRun,
    Feed,
    FeedState,
    FeedVisit,
    HttpURLField,
    Language,
    Topic,
)
from zeeguu.base.serializers import ModelSerializer

COUNTS = ("found", *KINDS, "tokenized")


class LanguageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Language
        fields = ("code", "name", "native_name")


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ("slug", "name")


Made = TypeVar("Made")


class AddressField(serializers.CharField):
    """A feed's address, in its one spelling before it is checked and compared."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "http or https, on the public internet.")
        super().__init__(**kwargs)
        self.validators += [
            *HttpURLField.default_validators,
            MaxLengthValidator(Feed._meta.get_field("url").max_length),
        ]

    def to_internal_value(self, data: Any) -> str:
        return normal_url(super().to_internal_value(data))


class LanguageField(serializers.PrimaryKeyRelatedField):
    """One of our languages by its code; for what is none it names those there are."""

    rows = Language.objects.learnable()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=self.rows.all(), **kwargs)

    def to_internal_value(self, data: Any) -> Language:
        try:
            found: Language = super().to_internal_value(data)
        except ValidationError:
            known = known_languages(self.rows)
            raise ValidationError([f"{data!r}: use {known}"]) from None
        return found


class NativeField(LanguageField):
    """The same of what somebody may come from."""

    rows = Language.objects.all()


def known_languages(rows: QuerySet[Language]) -> str:
    return ", ".join(rows.order_by("pk").values_list("pk", flat=True))


def refuse_known(
    url: str, feed: Feed | None = None, so: str = "has this address already"
) -> None:
    """Raise ValidationError where another feed than this one has the address."""
    known = Feed.objects.at(url).first()
    if known and known != feed:
        raise ValidationError({"url": [f"feed {known.pk} {so}: {known}"]})


def looked_at(url: str, unchecked: bool, feed: Feed | None = None) -> dict[str, Any]:
    """What a look at a new address finds, its "url" that of the feed that is there.

    feed is the one that gets it, if it is there already. Raises ValidationError.
    """
    refuse_known(url, feed)
    checked(services.check_address, url, "public" if unchecked else "found")
    if unchecked:
        return {**NOTHING, "url": url}
    found = checked(services.find_feed, url)
    refuse_known(found["url"], feed)
    if moved_to := found["moved_to"]:
        so = f"is at {moved_to} already, where this address moved for good"
        refuse_known(moved_to, feed, so)
    return found


def checked(check: Callable[..., Made], *args: Any) -> Made:
    """What a check returns; what it refuses is a ValidationError of the API."""
    try:
        return check(*args)
    except Invalid as exc:
        raise ValidationError(exc.message_dict) from exc


class FeedSerializer(ModelSerializer):
    """A feed with its crawl state; the interval is in seconds, times are UTC."""

    url = AddressField()
    language = LanguageField()
    interval_s = serializers.SerializerMethodField()
    state = serializers.ChoiceField(FeedState.choices, read_only=True)
    unlisted = serializers.CharField(
        read_only=True,
        help_text="What became of its newest items where readers see none of them.",
    )

    class Meta:
        model = Feed
        fields = (
            "id",
            "title",
            "url",
            "language",
            "active",
            "state",
            "unlisted",
            "interval_s",
            "next_fetch_at",
            "last_fetched_at",
            "last_success_at",
            "last_new_at",
            "last_status",
            "consecutive_failures",
        )
        read_only_fields = (
            "next_fetch_at",
            "last_fetched_at",
            "last_success_at",
            "last_new_at",
            "last_status",
            "consecutive_failures",
        )

    def get_interval_s(self, feed: Feed) -> int:
        return int(feed.interval.total_seconds())

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        unchecked = facts.pop("unchecked", False)
        feed: Any = self.instance  # which is there: new feeds have another serializer
        own = normal_url(feed.url)
        if facts.get("url", own) != own:
            facts["url"] = looked_at(facts["url"], unchecked, feed)["url"]
        return facts

    def update(self, feed: Feed, facts: dict[str, Any]) -> Feed:
        for name, value in facts.items():
            setattr(feed, name, value)
        services.save_feed_changes(feed, facts)
        return feed


class StaffFeedSerializer(FeedSerializer):
    """What staff sees besides: errors tell of names inside our network."""

    class Meta(FeedSerializer.Meta):
        extra_kwargs = {"last_error": {"help_text": "Left out unless staff asks."}}
        fields = (*FeedSerializer.Meta.fields, "last_error")
        read_only_fields = (*FeedSerializer.Meta.read_only_fields, "last_error")


class ChangedFeedSerializer(StaffFeedSerializer):
    """A feed to be changed; a new address is looked at as that of a new feed is."""

    unchecked = serializers.BooleanField(
        default=False,
        write_only=True,
        help_text="Take a new address without looking.",
    )

    class Meta(StaffFeedSerializer.Meta):
        fields = (*StaffFeedSerializer.Meta.fields, "unchecked")


class NewFeedSerializer(ModelSerializer):
    """A feed to be added, by its address or by that of a page that names it alone."""

    url = AddressField()
    language = LanguageField(
        required=False,
        help_text="Code, such as da; else the feed's own. Required if unchecked.",
    )
    unchecked = serializers.BooleanField(
        default=False,
        help_text="Add the address without looking: for what can't be reached now.",
    )

    class Meta:
        model = Feed
        fields = ("url", "language", "title", "active", "unchecked")
        extra_kwargs = {"title": {"help_text": "Else the feed's own."}}

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        found = looked_at(facts["url"], facts.pop("unchecked"))
        facts["url"] = found["url"]
        title = facts.get("title") or found["title"]
        facts["title"] = title[: Feed._meta.get_field("title").max_length]
        if "language" not in facts:
            facts["language"] = self._language(found["language"])
        return facts

    def _language(self, code: str) -> Language:
        learnable = Language.objects.learnable()
        known = learnable.filter(pk=code).first() if code else None
        if known is None:
            why = (
                f"the feed declares {code!r}, which is not one of ours"
                if code
                else "the feed's own is not known"
            )
            message = f"{why}: choose one of {known_languages(learnable)}"
            raise ValidationError({"language": [message]})
        return known

    def create(self, facts: dict[str, Any]) -> Feed:
        feed, is_new = Feed.objects.get_or_create(url=facts.pop("url"), defaults=facts)
        if not is_new:  # somebody else was quicker
            refuse_known(feed.url)
        return feed


class CrawlRunSerializer(serializers.ModelSerializer):
    """A run and what its visits add up to; found is the sum of listed to left."""

    class Meta:
        model = CrawlRun
        fields = (
            "id",
            "started_at",
            "finished_at",
            "host",
            "command",
            "visited",
            "failed_visits",
            *COUNTS,
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
            "id",
            "feed",
            "title",
            "language",
            "at",
            "seconds",
            "status",
            "error",
            *COUNTS,
            "reasons",
            "errors",
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

    counted_at = serializers.DateTimeField(
        allow_null=True,
        help_text="Of articles and visits; null while counted for the first time.",
    )
    feeds = FeedStateCountSerializer(many=True)
    languages = DeliverySerializer(many=True)
    articles = NewArticlesSerializer(many=True, help_text="Days with none left out.")
    visits = VisitCountSerializer(many=True, help_text="Days with none left out.")
    items = ItemsSerializer(many=True, help_text="What became of feeds' items.")
    reasons = ReasonSerializer(many=True, help_text="Why, for kinds with reasons.")
    broken = BrokenSerializer(many=True, help_text="Of 30 days.")
    slowest = FeedNumbersSerializer(many=True, help_text="At most 10 feeds.")
    failing = FeedNumbersSerializer(many=True, help_text="At most 10 feeds.")
