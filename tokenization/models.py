"""The tokens of each article, as ready-to-send JSON text."""

from typing import Self

from django.db import models

from articles.collation import EXACT
from articles.models import Article, Language, TokenState
from tokenization.freshness import state_of
from zeeguu.base.leases import LeaseQuerySet

# Articles keep it, so that lists of them and counts need no look at the tokens.
CacheState = TokenState
# Follows the tokenizer of a language whose states are being noted.
UNDER_WAY = "…"


class TokenizationCacheQuerySet(LeaseQuerySet):
    def failed(self) -> Self:
        return self.exclude(error="")

    def filled(self) -> Self:
        """Rows that hold tokens, whatever else is true of them."""
        return self.exclude(tokenizer="")

    def in_state(self, state: str) -> Self:
        """Rows of articles that are noted as in that CacheState: an index tells."""
        return self.filter(article__token_state=state)


class TokenizationCache(models.Model):
    """One row an article: its tokens and what they were made of, or why they failed.

    ``title`` and ``summary`` hold the JSON of a block, ``content`` that of a list of
    ``{"id", "tag", "text", "tokens"}``, one for each fragment. They are empty, and so
    is ``tokenizer``, before the first fill and after pruning; a failed refill keeps the
    old ones. ``lexemes`` are the ids of its Lexemes, as ``tokenization.lexemes`` packs
    them: None before the first fill, and kept by pruning, since they are small and
    lists of articles want them. So are ``lexeme_counts``, how often each of them
    occurs, and ``card_lexemes``, those of the tokens of title and summary; None also
    in rows that were filled before there were such.
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
    # The tokenizer that failed; another one need not wait for retry_at.
    failed_with = models.CharField(max_length=100, blank=True)
    # Until then somebody is filling the row, and nobody else should.
    claimed_until = models.DateTimeField(null=True, blank=True)
    # When the tokens were removed to save room; whoever reads the article refills it.
    pruned_at = models.DateTimeField(null=True, blank=True)
    # Written now and then, not at each reading.
    last_read_at = models.DateTimeField(null=True, blank=True)
    reads = models.PositiveIntegerField(default=0)
    lexemes = models.BinaryField(null=True)
    lexeme_counts = models.BinaryField(null=True)
    card_lexemes = models.BinaryField(null=True)

    objects = TokenizationCacheQuerySet.as_manager()

    class Meta:
        verbose_name = "tokenization cache"
        indexes = [
            # For the statistics, which are summed up from it alone, and for pruning.
            models.Index(
                fields=[
                    "tokenizer",
                    "refreshed_at",
                    "created_at",
                    "token_count",
                    "bytes",
                ],
                name="cache_sizes",
            ),
            # For pruning: what was read longest ago.
            models.Index(fields=["last_read_at"], name="cache_last_read"),
        ]

    def __str__(self) -> str:
        return f"tokens of article {self.article_id}"

    @property
    def has_tokens(self) -> bool:
        """Whether the row is one of ``filled()``."""
        return self.tokenizer != ""

    def state_for(self, tokenizer: str) -> CacheState:
        """The row's CacheState, given its language's tokenizer version.

        What ``article.token_state`` should be, from the hashes.
        """
        text_hash = self.article.text_hash
        made_of = (self.text_hash, self.tokenizer)
        return state_of(self.error, self.pruned_at, made_of, (text_hash, tokenizer))


class LexemeRange(models.Model):
    """The ids that lexemes of a language get, and how many of them are given.

    Together, since sets of ids that are near each other are small and quick. Locked by
    whoever makes lexemes of the language.
    """

    LENGTH = 2**22
    # Sets hold numbers of 32 bits, and so does the database, of which one is a sign.
    MOST = 2**31 // LENGTH - 1

    language = models.OneToOneField(
        Language, models.CASCADE, primary_key=True, related_name="+"
    )
    number = models.PositiveIntegerField(unique=True)
    used = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.language_id}: {self.used} of {self.LENGTH}"

    @property
    def ids(self) -> tuple[int, int]:
        """The first and the last of its ids."""
        first = self.number * self.LENGTH
        return first, first + self.LENGTH - 1

    def next_ids(self, wanted: int) -> range:
        """The ids for so many new lexemes, or for fewer when it is full."""
        first = self.ids[0] + self.used
        room = self.LENGTH - self.used if self.number <= self.MOST else 0
        return range(first, first + min(wanted, room))


class Lexeme(models.Model):
    """A word in all its forms: what learners know or don't.

    Made by ``tokenization.lexemes`` when first met, and deleted with its language only:
    articles' sets have its id, which is one of the language's LexemeRange.
    """

    id = models.IntegerField(primary_key=True)
    language = models.ForeignKey(
        Language, models.CASCADE, related_name="+", db_index=False
    )
    lemma = models.CharField(max_length=100, db_collation=EXACT)
    rank = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="1 for the most frequent word of the language; none for a rare one.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["language", "lemma"], name="lexeme_once")
        ]

    def __str__(self) -> str:
        return self.lemma


class MarkedTokenizer(models.Model):
    """The tokenizer of a language when its articles' token states were last noted.

    While they are being noted, "…" and a name of whoever does that follow it.
    """

    language = models.OneToOneField(
        Language, models.CASCADE, primary_key=True, related_name="+"
    )
    tokenizer = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.language_id}: {self.tokenizer}"

    @property
    def version(self) -> str:
        return self.tokenizer.partition(UNDER_WAY)[0]


class CacheUse(models.Model):
    """How often articles of a language were served with tokens, or without, in a day.

    The day is UTC's.
    """

    day = models.DateField()
    language = models.ForeignKey(Language, models.CASCADE, related_name="+")
    hits = models.PositiveBigIntegerField(default=0)
    misses = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = "cache use"
        verbose_name_plural = "cache use"
        constraints = [
            models.UniqueConstraint(fields=["day", "language"], name="use_of_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.language_id}: {self.hits} hits, {self.misses} misses"
