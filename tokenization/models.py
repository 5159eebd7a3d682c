"""The tokens of each article, as ready-to-send JSON text."""

from django.db import models
from django.db.models import F, Q

from articles.models import Article


class CacheState(models.TextChoices):
    FRESH = "fresh", "fresh"
    STALE = "stale", "stale"
    MISSING = "missing", "missing"
    FAILED = "failed", "failed"


def state_of(error, made_of, wanted):
    """CacheState of a row; made_of and wanted are (text_hash, tokenizer)."""
    if error:
        return CacheState.FAILED
    return CacheState.FRESH if made_of == wanted else CacheState.STALE


class TokenizationCacheQuerySet(models.QuerySet):
    def failed(self):
        return self.exclude(error="")

    def fresh(self, tokenizers):
        """Rows whose text and tokenizer are today's; tokenizers lists the versions."""
        return self.filter(
            error="",
            text_hash=F("article__text_hash"),
            tokenizer__in=tokenizers,
        )

    def with_state(self, tokenizers):
        """Annotate ``state``, a CacheState, computed by the database."""
        is_fresh = Q(text_hash=F("article__text_hash"), tokenizer__in=tokenizers)
        state = models.Case(
            models.When(~Q(error=""), then=models.Value(CacheState.FAILED)),
            models.When(is_fresh, then=models.Value(CacheState.FRESH)),
            default=models.Value(CacheState.STALE),
            output_field=models.CharField(),
        )
        return self.annotate(state=state)


class TokenizationCache(models.Model):
    """One row an article: its tokens and what they were made of, or why they failed.

    ``title`` and ``summary`` hold the JSON of a block, ``content`` that of a list of
    ``{"id", "tag", "text", "tokens"}``, one for each fragment. An empty text means that
    there are no tokens yet; a failed refill keeps the old ones.
    """

    article = models.OneToOneField(
        Article,
        models.CASCADE,
        primary_key=True,
        related_name="tokenization_cache",
    )
    title = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    content = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64, blank=True)
    tokenizer = models.CharField(max_length=100, blank=True)
    token_count = models.PositiveIntegerField(default=0)
    bytes = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)

    objects = TokenizationCacheQuerySet.as_manager()

    class Meta:
        verbose_name = "tokenization cache"
        indexes = [
            # For the backlog and the statistics: which rows are of another tokenizer.
            models.Index(fields=["tokenizer"], name="cache_tokenizer"),
        ]

    def __str__(self):
        return f"tokens of article {self.article_id}"

    @property
    def has_tokens(self):
        return bool(self.title)

    def state_for(self, tokenizer):
        """The row's CacheState, given its language's tokenizer version."""
        text_hash = self.article.text_hash
        made_of = (self.text_hash, self.tokenizer)
        return state_of(self.error, made_of, (text_hash, tokenizer))
