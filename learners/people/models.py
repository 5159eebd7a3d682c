"""What a learner is like: languages, preferences, classes."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.collation import EXACT
from articles.models import LEVELS, Language


class Profile(models.Model):
    """A learner's preferences, one row an account; made when first asked for."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="profile",
    )
    # The language that feeds and lists are of, unless they name one.
    active = models.ForeignKey(
        Language, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Into which words are translated.
    native = models.ForeignKey(
        Language, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(max_length=50, default="UTC")
    translates = models.BooleanField(default=True, help_text="A tap translates.")
    pronounces = models.BooleanField(default=False, help_text="A tap is read aloud.")
    shows_states = models.BooleanField(default=True, help_text="On words of a text.")
    new_a_day = models.PositiveIntegerField(default=10)
    reviews_a_day = models.PositiveIntegerField(default=100)
    # Ids of topics, and words in lower case.
    topics_wanted = models.JSONField(default=list, blank=True)
    topics_excluded = models.JSONField(default=list, blank=True)
    keywords_wanted = models.JSONField(default=list, blank=True)
    keywords_excluded = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class LearnedLanguage(models.Model):
    """A language that somebody learns, and the level that is said of it."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="learned"
    )
    language = models.ForeignKey(Language, models.CASCADE, related_name="+")
    level = models.CharField(
        max_length=2, blank=True, choices=[(one, one) for one in LEVELS]
    )
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "language"], name="learned_once")
        ]

    def __str__(self) -> str:
        return f"{self.language_id} {self.level}".rstrip()


class Cohort(models.Model):
    """A class: who has its code joins it."""

    name = models.CharField(max_length=100)
    code = models.CharField(max_length=50, unique=True, db_collation=EXACT)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="teaches"
    )
    language = models.ForeignKey(
        Language, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"class {self.pk}"


class Membership(models.Model):
    """A learner in a class; there may be several of each."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="memberships")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "learner"], name="member_once")
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.cohort_id}"
