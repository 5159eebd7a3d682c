"""What is practised, and how it went."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.collation import EXACT
from articles.models import Language
from tokenization.models import Lexeme


class PracticeCard(models.Model):
    """A word or phrase that a learner practises, with the state that FSRS keeps of it.

    ``term`` is that of its bookmarks, from which come form, translation and context.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="practice_cards"
    )
    language = models.ForeignKey(Language, models.CASCADE, related_name="+")
    lexeme = models.ForeignKey(
        Lexeme, models.CASCADE, null=True, blank=True, related_name="+"
    )
    term = models.CharField(max_length=64, db_collation=EXACT)
    word = models.CharField(max_length=200)
    due = models.DateTimeField(default=timezone.now)
    state = models.PositiveSmallIntegerField(default=1, help_text="FSRS's State.")
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    stability = models.FloatField(null=True, blank=True)
    difficulty = models.FloatField(null=True, blank=True)
    last_review = models.DateTimeField(null=True, blank=True)
    is_suspended = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "term"], name="card_once")
        ]
        indexes = [
            models.Index(
                fields=["learner", "language", "is_suspended", "due"], name="card_due"
            )
        ]

    def __str__(self) -> str:
        return self.word


class Review(models.Model):
    """One answer of a learner; ``before`` is the card's state then, to undo it."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews"
    )
    card = models.ForeignKey(PracticeCard, models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(
        help_text="1 again, 2 hard, 3 good, 4 easy."
    )
    at = models.DateTimeField(default=timezone.now)
    # The day in the learner's own time zone.
    day = models.DateField()
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    before = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["learner", "day"], name="review_of_day")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.rating}"
