"""What learners know."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models import Language


class Knowledge(models.Model):
    """A learner's sets of lexemes of a language, as ``tokenization.lexemes`` packs.

    A lexeme is in one of the first four at most, and new in none; b"" is the empty one.
    ``read_once`` and ``read_often`` are weak evidence: not tapped in texts that were
    read to the end. ``placed`` are those of the known that nothing but a placement
    says. ``version`` is another after each change.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="knowledge"
    )
    language = models.ForeignKey(Language, models.CASCADE, related_name="+")
    met = models.BinaryField(default=bytes)
    learning = models.BinaryField(default=bytes)
    known = models.BinaryField(default=bytes)
    ignored = models.BinaryField(default=bytes)
    read_once = models.BinaryField(default=bytes)
    read_often = models.BinaryField(default=bytes)
    placed = models.BinaryField(default=bytes)
    version = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "knowledge"
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "language"], name="knowledge_once"
            )
        ]

    def __str__(self) -> str:
        return f"what {self.learner_id} knows of {self.language_id}"
