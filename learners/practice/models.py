"""What is practised, and how it went."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.collation import EXACT
from articles.models import Language
from tokenization.models import Lexeme


class Stage(models.IntegerChoices):
    """How far a card is: the State of FSRS, which has no number for new ones."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class PracticeCard(models.Model):
    """A word or phrase that a learner practises, with the state that FSRS keeps of it.

    ``term`` is that of its bookmarks, from which come form, translation and context:
    a card whose bookmarks are gone waits for others, with the schedule it has.
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
    state = models.PositiveSmallIntegerField(default=Stage.NEW, choices=Stage.choices)
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
            # What is due of each state, and when the next is.
            models.Index(
                fields=["learner", "language", "is_suspended", "state", "due"],
                name="card_due",
            )
        ]

    def __str__(self) -> str:
        return f"card {self.pk}"


class Review(models.Model):
    """One answer of a learner; ``before`` is the card's state then, to undo it."""

    class Rating(models.IntegerChoices):
        """FSRS's."""

        AGAIN = 1
        HARD = 2
        GOOD = 3
        EASY = 4

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews"
    )
    card = models.ForeignKey(PracticeCard, models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(choices=Rating.choices)
    # What the card was: new ones and those of long intervals have limits a day.
    was = models.PositiveSmallIntegerField(default=Stage.NEW, choices=Stage.choices)
    at = models.DateTimeField(default=timezone.now)
    # The day in the learner's own time zone.
    day = models.DateField()
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    before = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["learner", "day"], name="review_of_day")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.rating}"
