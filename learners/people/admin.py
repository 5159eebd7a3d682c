"""The admin of what learners have: languages, classes, words, texts, and what they did.

Lists show whose a row is by the account's number alone, and join nothing.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from learners.models import (
    Activity,
    Bookmark,
    Cohort,
    Knowledge,
    LearnedLanguage,
    Membership,
    PracticeCard,
    Profile,
    Reading,
    Review,
    Sitting,
    Text,
)
from learners.people.personal import LearnerRowsAdmin


@admin.register(Profile)
class ProfileAdmin(LearnerRowsAdmin):
    owner = "user"
    list_display = ("pk", "active_id", "native_id", "time_zone", "new_a_day")
    personal = (
        "topics_wanted",
        "topics_excluded",
        "keywords_wanted",
        "keywords_excluded",
    )


@admin.register(LearnedLanguage)
class LearnedLanguageAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "language_id", "level", "since")


@admin.register(Cohort)
class CohortAdmin(LearnerRowsAdmin):
    """Classes; whoever has the code can join, so it is hidden as names are."""

    owner = "teacher"
    list_display = ("pk", "name", "teacher_id", "language_id", "created_at")
    personal = ("name", "code")

    def goes_along(self, rows: QuerySet) -> dict[str, int]:
        return {"memberships": Membership.objects.filter(cohort__in=rows).count()}


@admin.register(Membership)
class MembershipAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "cohort_id", "joined_at")


@admin.register(Bookmark)
class BookmarkAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "language_id", "word", "translation", "to_id")
    personal = (
        "word",
        "translation",
        "context",
        "term",
        "key",
        "lexeme",
        "article",
        "fragment",
        "text",
    )


@admin.register(Text)
class TextAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "language_id", "title", "word_count")
    # Whoever may see them need not see them all at once.
    hidden = ("fragments", "content", "title_tokens")
    personal = ("title", "url", "source_hash", "text_hash", *hidden)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Text]:
        return super().get_queryset(request).defer(*self.hidden)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return [name for name in fields if name not in self.hidden]


@admin.register(Knowledge)
class KnowledgeAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "language_id", "version", "updated_at")


@admin.register(PracticeCard)
class PracticeCardAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "language_id", "word", "due")
    personal = ("word", "term", "lexeme")

    def goes_along(self, rows: QuerySet) -> dict[str, int]:
        return {"reviews": Review.objects.filter(card__in=rows).count()}


@admin.register(Review)
class ReviewAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "card_id", "rating", "at")


@admin.register(Reading)
class ReadingAdmin(LearnerRowsAdmin):
    """What somebody reads is personal too: articles are known by numbers."""

    list_display = ("pk", "learner_id", "article_id", "seconds", "report", "updated_at")
    personal = ("report", "article", "article_id")


@admin.register(Sitting)
class SittingAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "kind", "article_id", "started_at")
    personal = ("article", "article_id")


@admin.register(Activity)
class ActivityAdmin(LearnerRowsAdmin):
    list_display = ("pk", "learner_id", "at", "event", "value")
    # Front ends write into all of them what they like.
    personal = ("event", "value", "extra", "article_number", "platform")
