"""What learners did with articles."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models import Article


class Reading(models.Model):
    """All that a learner did with an article: one row of the two.

    Times are when it was done, None while it is not, or no longer.
    """

    class Difficulty(models.TextChoices):
        EASY = "easy", "too easy"
        RIGHT = "right", "just right"
        HARD = "hard", "too hard"

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="readings"
    )
    article = models.ForeignKey(Article, models.CASCADE, related_name="readings")
    opened_at = models.DateTimeField(null=True, blank=True)
    # Read to the end, or said to be.
    read_at = models.DateTimeField(null=True, blank=True)
    is_evidence = models.BooleanField(
        default=False, help_text="Its words are counted as read."
    )
    saved_at = models.DateTimeField(null=True, blank=True)
    liked_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0, help_text="Of reading.")
    completion = models.FloatField(default=0, help_text="How far, 0 to 1.")
    difficulty = models.CharField(max_length=10, blank=True, choices=Difficulty.choices)
    reported_at = models.DateTimeField(null=True, blank=True)
    report = models.CharField(max_length=500, blank=True, help_text="What is broken.")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "article"], name="reading_once")
        ]
        indexes = [
            models.Index(fields=["learner", "saved_at"], name="reading_saved"),
            models.Index(fields=["learner", "hidden_at"], name="reading_hidden"),
            models.Index(fields=["article", "reported_at"], name="reading_reported"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} and article {self.article_id}"


class Sitting(models.Model):
    """A time spent reading an article, or browsing lists: a session of reading."""

    class Kind(models.TextChoices):
        READING = "reading"
        BROWSING = "browsing"

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sittings"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, blank=True, related_name="+"
    )
    platform = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["learner", "started_at"], name="sitting_of_learner")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.learner_id}"


class Activity(models.Model):
    """Something that a front end says has happened, as it says it; never read back."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="activities"
    )
    # No foreign key: front ends name what they like, and it is never looked up.
    article_number = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    said_at = models.DateTimeField(null=True, blank=True)
    event = models.CharField(max_length=100)
    value = models.CharField(max_length=500, blank=True)
    extra = models.TextField(blank=True)
    platform = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["learner", "at"], name="activity_of_learner")]

    def __str__(self) -> str:
        return f"activity {self.pk}"
