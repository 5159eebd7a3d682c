"""What a learner is like, as the API takes and shows it."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from articles.models import LEVELS, Topic
from learners.api.feed_serializers import LanguageField, NativeField
from learners.api.public import CleanField
from learners.models import User
from learners.people import languages, profiles
from learners.people.models import LearnedLanguage, Profile
from learners.people.profiles import profile_of
from zeeguu.base.serializers import Serializer

MOST_TOPICS = MOST_KEYWORDS = 50
LONGEST_KEYWORD = 50
MOST_A_DAY = 9999
TOPICS = ("topics_wanted", "topics_excluded")


class LevelSerializer(Serializer):
    level = serializers.ChoiceField(LEVELS, required=False, allow_blank=True)


class LearnedSerializer(serializers.Serializer):
    """A language that is learned."""

    code = serializers.CharField(source="language_id")
    name = serializers.CharField(source="language.name")
    native_name = serializers.CharField(source="language.native_name")
    level = serializers.CharField(help_text="As the learner says; may be empty.")
    since = serializers.DateTimeField()


class TopicsField(serializers.ListField):
    """Topics by their slugs; stored are their ids."""

    child = serializers.CharField(max_length=50)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_TOPICS, **kwargs)

    def to_internal_value(self, data: Any) -> list[int]:
        slugs = super().to_internal_value(data)
        ids = dict(Topic.objects.order_by("slug").values_list("slug", "pk"))
        if wrong := [slug for slug in slugs if slug not in ids]:
            raise ValidationError([f"{slug!r}: use {', '.join(ids)}" for slug in wrong])
        return [ids[slug] for slug in dict.fromkeys(slugs)]


class KeywordsField(serializers.ListField):
    """Words in lower case, each once."""

    child = CleanField(max_length=LONGEST_KEYWORD)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_KEYWORDS, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        words = super().to_internal_value(data)
        return list(dict.fromkeys(word.lower() for word in words if word))


class PreferencesSerializer(Serializer):
    """What somebody may say of themselves; what is left out stays as it is."""

    name = CleanField(
        required=False,
        allow_blank=True,
        max_length=User._meta.get_field("name").max_length,
        help_text="Teachers see it of those in their classes.",
    )
    active = LanguageField(
        required=False,
        help_text="Code of the language that feeds and lists are of: one that is"
        " learned.",
    )
    native = NativeField(
        required=False,
        allow_null=True,
        help_text="Code of the language that words are translated into.",
    )
    time_zone = serializers.CharField(
        required=False, max_length=50, help_text="Such as Europe/Copenhagen."
    )
    translates = serializers.BooleanField(required=False, help_text="A tap does.")
    pronounces = serializers.BooleanField(required=False, help_text="A tap does.")
    shows_states = serializers.BooleanField(
        required=False, help_text="On the words of a text."
    )
    new_a_day = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_A_DAY
    )
    reviews_a_day = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_A_DAY
    )
    topics_wanted = TopicsField(required=False)
    topics_excluded = TopicsField(required=False)
    keywords_wanted = KeywordsField(required=False)
    keywords_excluded = KeywordsField(required=False)

    def validate_time_zone(self, name: str) -> str:
        if name not in profiles.time_zones():
            raise ValidationError(f"{name!r}: use a name such as Europe/Copenhagen")
        return name

    def keep(self, user: User) -> None:
        """Store what is valid; raises ValidationError for what is not learned."""
        facts = dict(self.validated_data)
        name = facts.pop("name", None)
        try:
            profiles.change(user, facts)
        except profiles.NotLearned as exc:
            remedy = f"PUT /api/me/languages/{exc}/ first"
            wrong = [f"'{exc}' is not learned: {remedy}"]
            raise ValidationError({"active": wrong}) from exc
        if name is not None:
            profiles.rename(user, name)


class MeSerializer(PreferencesSerializer):
    """An account, its preferences, and its languages."""

    active = serializers.CharField(
        allow_null=True, help_text="Null as long as no language is learned."
    )

    id = serializers.UUIDField()
    email = serializers.EmailField(
        allow_null=True, help_text="Null until one is confirmed."
    )
    joined_at = serializers.DateTimeField()
    languages = LearnedSerializer(many=True)


def me_of(user: User) -> dict[str, Any]:
    """All that MeSerializer tells; three queries at most."""
    profile = profile_of(user)
    return {
        "id": user.uuid,
        "email": user.email,
        "name": user.name,
        "joined_at": user.date_joined,
        "active": profile.active_id,
        "native": profile.native_id,
        **{name: getattr(profile, name) for name in PLAIN},
        **_slugs(profile),
        "languages": learned_by(user),
    }


PLAIN = (
    "time_zone",
    "translates",
    "pronounces",
    "shows_states",
    "new_a_day",
    "reviews_a_day",
    "keywords_wanted",
    "keywords_excluded",
)


def learned_by(user: User) -> list[dict[str, Any]]:
    return list(LearnedSerializer(languages.learned_by(user), many=True).data)


def learned(user: User, code: str) -> dict[str, Any]:
    rows = LearnedLanguage.objects.select_related("language")
    return LearnedSerializer(rows.get(learner=user, language=code)).data


def _slugs(profile: Profile) -> dict[str, list[str]]:
    """Of topics that are still there."""
    ids = {name: getattr(profile, name) for name in TOPICS}
    asked = {pk for mine in ids.values() for pk in mine}
    topics = Topic.objects.filter(pk__in=asked).values_list("pk", "slug")
    slugs = dict(topics) if asked else {}
    return {
        name: [slugs[pk] for pk in mine if pk in slugs] for name, mine in ids.items()
    }
