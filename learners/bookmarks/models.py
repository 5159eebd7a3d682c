"""Words that learners met."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.collation import EXACT
from articles.models import Article, Language
from learners.texts.models import Text
from tokenization.models import Lexeme


class Bookmark(models.Model):
    """A word or phrase as it stood in a sentence, and what it meant there.

    ``term`` names what is learned, whatever its form: see ``bookmarks.terms``. Its
    place is a part of an article or a text, a sentence of the part, and tokens of the
    sentence; ``is_lost`` when it is no longer there.
    """

    class Part(models.TextChoices):
        TITLE = "title"
        SUMMARY = "summary"
        BODY = "body"

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="bookmarks"
    )
    language = models.ForeignKey(Language, models.CASCADE, related_name="+")
    lexeme = models.ForeignKey(
        Lexeme, models.CASCADE, null=True, blank=True, related_name="+"
    )
    term = models.CharField(max_length=64, db_collation=EXACT)
    word = models.CharField(max_length=200, help_text="As it stood in the text.")
    to = models.ForeignKey(Language, models.SET_NULL, null=True, related_name="+")
    translation = models.CharField(max_length=500, blank=True)
    context = models.TextField(blank=True, help_text="The sentence.")
    # SHA-256 of what makes it one: language, word, and context.
    key = models.CharField(max_length=64)
    source = models.CharField(max_length=500, blank=True, help_text="Who translated.")
    is_starred = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="bookmarks"
    )
    text = models.ForeignKey(
        Text, models.SET_NULL, null=True, blank=True, related_name="bookmarks"
    )
    part = models.CharField(max_length=10, blank=True, choices=Part.choices)
    # Of the body, as its tokens have it. No foreign key: places are never believed, an
    # article's update need not wait for bookmarks, and own texts have no such rows.
    fragment = models.PositiveBigIntegerField(null=True, blank=True)
    sentence = models.PositiveIntegerField(null=True, blank=True)
    token = models.PositiveIntegerField(null=True, blank=True)
    length = models.PositiveIntegerField(default=1, help_text="Tokens.")
    is_lost = models.BooleanField("no longer in the text", default=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "key"], name="bookmark_once")
        ]
        indexes = [
            # For lists, of a language or of all.
            models.Index(
                fields=["learner", "language", "created_at"], name="bookmark_newest"
            ),
            models.Index(fields=["learner", "created_at"], name="bookmark_of_learner"),
            models.Index(fields=["learner", "term"], name="bookmark_of_term"),
            models.Index(fields=["learner", "article"], name="bookmark_of_article"),
        ]

    def __str__(self) -> str:
        return f"bookmark {self.pk}"
