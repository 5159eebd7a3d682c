"""What providers have answered, so that nobody is asked the same twice."""

from django.db import models

from articles.collation import EXACT

LONGEST_NAME = 20


class ProviderAnswer(models.Model):
    """An answer of one provider; of the question the languages and a hash are kept.

    text_hash is of the task and the text, and of all else that the answer depends on.
    """

    from_language = models.CharField(max_length=5, db_collation=EXACT)
    to_language = models.CharField(max_length=5, db_collation=EXACT)
    text_hash = models.CharField(max_length=32, db_collation=EXACT)
    provider = models.CharField(max_length=LONGEST_NAME, db_collation=EXACT)
    text = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["text_hash", "provider", "from_language", "to_language"],
                name="one_answer_a_question",
            )
        ]

    def __str__(self) -> str:
        pair = f"{self.from_language} to {self.to_language}"
        return f"answer of {self.provider}, {pair}"
