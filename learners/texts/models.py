"""Texts that learners bring along."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models import HttpURLField, Language
from learners.people.models import Cohort


class Text(models.Model):
    """A text of a learner's own, with its tokens; nobody else sees it but its classes.

    ``fragments`` is a list of [tag, text]; tokens are JSON as a cache row has it.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="texts"
    )
    language = models.ForeignKey(Language, models.CASCADE, related_name="+")
    url = HttpURLField("address", max_length=2000, blank=True)
    # Of what it was made from: the same is not brought along twice.
    source_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    fragments = models.JSONField(default=list)
    word_count = models.PositiveIntegerField(default=0)
    characters = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    shared_with = models.ManyToManyField(Cohort, related_name="texts", blank=True)
    text_hash = models.CharField(max_length=64, blank=True)
    tokenizer = models.CharField(max_length=100, blank=True)
    title_tokens = models.TextField(blank=True)
    content = models.TextField(blank=True)
    lexemes = models.BinaryField(null=True)
    lexeme_counts = models.BinaryField(null=True)
    # Of the tokenizer that failed on it, and until when it is left alone.
    failed_with = models.CharField(max_length=100, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "source_hash"], name="text_once")
        ]

    def __str__(self) -> str:
        return f"text {self.pk}"
