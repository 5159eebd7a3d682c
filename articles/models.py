"""What there is to read: languages, topics, feeds, articles and their fragments."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from secrets import token_hex
from typing import Any, Self
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
)
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from articles.addresses import normal_url, typed_address
from articles.collation import EXACT
from articles.search.models import SearchText as SearchText
from articles.text import ArticleText
from zeeguu.base.leases import LeaseQuerySet

# What becomes of a feed's items: each is of exactly one of these kinds.
KINDS = {
    "listed": "new, and readers see it",
    "hidden": "new and stored, but not for readers",
    "updated": "known, and its new version took the old one's place",
    "known": "here already",
    "skipped": "left out, and nothing of it stored",
    "failed": "tried in vain, and nothing of it stored",
    "left": "left for the next visit",
}
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(days=1)


def url_hash(url: str) -> str:
    """Hex SHA-256 of a URL: URLs are too long, and collations too lax, to be unique."""
    return hashlib.sha256(url.encode()).hexdigest()


def refuse_password(url: str) -> None:
    """Addresses are shown to everybody: none may hold a password."""
    try:
        parts = urlsplit(url)
        if parts.username is None and parts.port != 0:
            return
    except ValueError as exc:  # such as a port above 65535
        raise ValidationError(f"Enter a valid address: {exc}.") from exc
    raise ValidationError("Enter an address without a name, password or port 0.")


class AddressField(forms.CharField):
    """Takes an address as it is typed: https:// where the scheme is left out."""

    def to_python(self, value: Any) -> str:
        return typed_address(super().to_python(value) or "")


class HttpURLField(models.CharField):
    """A URL that is a link in pages: http or https only, so never javascript:."""

    default_validators = [URLValidator(schemes=["http", "https"]), refuse_password]

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressField, **kwargs})


class LanguageQuerySet(models.QuerySet):
    def learnable(self) -> Self:
        """Those that there may be something to read in."""
        return self.filter(**LEARNABLE)


LEARNABLE = {"learnable": True}


class Language(models.Model):
    """A language that people read here, or only come from."""

    code = models.CharField(
        max_length=5,
        primary_key=True,
        db_collation=EXACT,
        # It is a part of addresses.
        validators=[RegexValidator(r"\A[a-z]{2,3}(-[a-z]{2})?\Z")],
        help_text="Two or three lower-case letters, such as da.",
    )
    name = models.CharField(max_length=50)
    native_name = models.CharField(max_length=50)
    learnable = models.BooleanField(
        default=True,
        help_text="Can be read and learned here; else words are explained in it only.",
    )

    objects = LanguageQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """What an article is about, told by its feed's words and its address."""

    slug = models.SlugField(max_length=50, unique=True, db_collation=EXACT)
    name = models.CharField(max_length=50)
    keywords = models.JSONField(
        default=list,
        blank=True,
        help_text="Feed categories and URL parts, in any language, lower case.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def count_of(rows: models.QuerySet, field: str) -> Coalesce:
    """Subquery: how many of the rows point with field to the outer row.

    Joining and grouping instead would sort on every text column.
    """
    mine = rows.filter(**{field: models.OuterRef("pk")}).order_by()
    count = mine.values(field).annotate(n=models.Count("pk")).values("n")
    return Coalesce(models.Subquery(count), 0)


class FeedQuerySet(LeaseQuerySet):
    def active(self) -> Self:
        return self.filter(active=True)

    def due(self) -> Self:
        """Those whose next visit's time has come, the most overdue first."""
        due = self.filter(next_fetch_at__lte=timezone.now())
        return due.order_by("next_fetch_at", "pk")

    def at(self, url: str) -> Self:
        """The feed that has this address, in any spelling."""
        return self.filter(url__in={url, normal_url(url)})

    def in_state(self, state: "FeedState") -> Self:
        """Feeds whose ``state`` it is; each feed is in exactly one."""
        return self.filter(FEED_STATES[state])


class FeedState(models.TextChoices):
    """What a feed does, as its row tells; nothing leaves the rounds unseen."""

    ACTIVE = "active", "active"
    UNLISTED = "unlisted", "unlisted"  # nothing that it brings is for readers
    FAILING = "failing", "failing"
    GONE = "gone", "gone"
    PAUSED = "paused", "paused"


GONE = "gone"
# So many hidden articles in a row are no chance; without a listed one before, any are.
MANY_HIDDEN = 5
# The same of items that were not stored at all, at the last visit.
ARE_HIDDEN = (
    models.Q(hidden_in_a_row__gte=MANY_HIDDEN)
    | models.Q(lost__gte=MANY_HIDDEN)
    | models.Q(hidden_in_a_row__gt=0, last_new_at=None)
    | models.Q(lost__gt=0, last_new_at=None)
)
WORKS = models.Q(active=True, consecutive_failures=0)
FEED_STATES = {
    FeedState.ACTIVE: WORKS & ~ARE_HIDDEN,
    FeedState.UNLISTED: WORKS & ARE_HIDDEN,
    FeedState.FAILING: models.Q(active=True, consecutive_failures__gt=0),
    FeedState.GONE: models.Q(active=False, last_status=GONE),
    FeedState.PAUSED: models.Q(active=False) & ~models.Q(last_status=GONE),
}


class Feed(models.Model):
    """A publisher's list of new articles, and what visiting it has shown so far."""

    title = models.CharField(max_length=200, blank=True)
    url = HttpURLField("address", max_length=500, unique=True, db_collation=EXACT)
    language = models.ForeignKey(
        Language, models.PROTECT, related_name="feeds", limit_choices_to=LEARNABLE
    )
    active = models.BooleanField(default=True)

    # What HTTP needs to ask for changes only.
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    # For servers that give neither: SHA-256 of what was taken in completely.
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    # Where the server says for good that the feed is, and how often in a row.
    moved_to = models.CharField(max_length=500, blank=True, editable=False)
    moved_sightings = models.PositiveIntegerField(default=0, editable=False)

    # Where its server's redirects ended at the last visit: what is there is its own.
    served_from = models.CharField(max_length=500, blank=True, editable=False)

    # What scheduling needs.
    interval = models.DurationField(
        "shortest wait",
        default=SHORTEST_WAIT,
        validators=[MinValueValidator(SHORTEST_WAIT), MaxValueValidator(LONGEST_WAIT)],
        help_text="Between visits, as HH:MM:SS, 15 minutes to a day. Longer where"
        " little is published, where the server asks for it, and after failures.",
    )
    next_fetch_at = models.DateTimeField(default=timezone.now)
    last_fetched_at = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    # Of those that readers see.
    last_new_at = models.DateTimeField("last new article", null=True, editable=False)
    # New articles since then, all of them hidden, and {reason: how many}.
    hidden_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    hidden_why = models.JSONField(default=dict, editable=False)
    # Items that failed or were skipped, where the feed holds no others: {reason: n}.
    lost = models.PositiveIntegerField(default=0, editable=False)
    lost_why = models.JSONField(default=dict, editable=False)
    # Until when some crawl or task has it in hand; the time is that one's name too.
    claimed_until = models.DateTimeField(null=True, editable=False)
    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    last_status = models.CharField(max_length=50, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["language", "title"]
        indexes = [
            # For the scheduler: active feeds that are due.
            models.Index(fields=["active", "next_fetch_at"], name="feed_due"),
        ]

    def __str__(self) -> str:
        return self.title or self.url

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """One spelling of an address, before it is checked and compared."""
        if "url" not in (exclude or ()):
            self.url = normal_url(self.url)
        super().clean_fields(exclude=exclude)

    @property
    def state(self) -> FeedState:
        if self.active:
            if self.consecutive_failures:
                return FeedState.FAILING
            return FeedState.UNLISTED if self._are_hidden else FeedState.ACTIVE
        return FeedState.GONE if self.last_status == GONE else FeedState.PAUSED

    @property
    def _are_hidden(self) -> bool:
        least = 1 if self.last_new_at is None else MANY_HIDDEN
        return max(self.hidden_in_a_row, self.lost) >= least

    @property
    def unlisted(self) -> str:
        """What became of its newest items where readers got none, else ""."""
        told = []
        if self.hidden_in_a_row:
            told.append(f"{self.hidden_in_a_row} new, none for readers: ")
            told[-1] += describe_reasons(self.hidden_why)
        if self.lost:
            told.append(f"{self.lost} found, none for readers: ")
            told[-1] += describe_reasons(self.lost_why)
        return "; ".join(told)


class TokenState(models.TextChoices):
    """What is known of an article's tokens; the app that makes them decides."""

    FRESH = "fresh", "fresh"
    STALE = "stale", "stale"
    MISSING = "missing", "missing"
    FAILED = "failed", "failed"
    PRUNED = "pruned", "pruned"


# What an article's tokens, level and the like are made of, beside its fragments.
MADE_OF = frozenset({"title", "summary", "language", "language_id"})


# How a text_hash begins that is none.
EDITED = "edited "


def not_hashed() -> str:
    """A text_hash of no text: the article's has been edited, and its facts have not.

    It makes tokens stale, and whoever fills them next works out the facts. Each is
    another, so that one who does it sees whether the text was edited again meanwhile.
    """
    return EDITED + token_hex(16)


class ArticleQuerySet(models.QuerySet):
    def listed(self) -> Self:
        """Articles fit for readers."""
        return self.filter(broken="")

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")

    def update(self, **values: Any) -> int:
        """Also has tokens and facts made anew where this changes what they are of.

        Whoever gives a text_hash has worked out the facts.
        """
        if not values.keys().isdisjoint(MADE_OF | {"text_hash"}):
            stale = models.Value(TokenState.STALE)
            was_fresh = models.When(token_state=TokenState.FRESH, then=stale)
            state = models.Case(was_fresh, default=models.F("token_state"))
            values = {"text_hash": not_hashed(), "token_state": state} | values
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined] # as Django's own

    def delete(self) -> tuple[int, dict[str, int]]:
        """A few at a time, none loaded, and remembered: no crawl brings them again."""
        from articles import deletion  # noqa: PLC0415 - it works on these models

        return deletion.delete(self)

    # As Django's own: neither for templates nor for managers.
    delete.alters_data = True  # type: ignore[attr-defined] # functions have any
    delete.queryset_only = True  # type: ignore[attr-defined]


# Like those of the CEFR, the easiest first.
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")


class Article(models.Model):
    """One text to read, listed or kept back for a reason; its body is in fragments."""

    class Broken(models.TextChoices):
        """Why an article is stored but never listed."""

        NO_TEXT = "no_text", "no text found"
        TOO_SHORT = "too_short", "too short"
        TOO_LONG = "too_long", "too long"
        PAYWALL = "paywall", "behind a paywall"
        LIVE_BLOG = "live_blog", "live blog"
        ADVERT = "advert", "advert"
        NOT_ARTICLE = "not_article", "not an article"
        WRONG_LANGUAGE = "wrong_language", "in another language"
        BROKEN_MARKUP = "broken_markup", "broken markup"
        DUPLICATE = "duplicate", "nearly the same as another article"
        HIDDEN = "hidden", "hidden by an admin"
        REPORTED = "reported", "reported as broken by learners"

    language = models.ForeignKey(
        Language, models.PROTECT, related_name="articles", limit_choices_to=LEARNABLE
    )
    # A feed with articles can't be deleted by accident: that is articles.removal's.
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="articles")
    topics = models.ManyToManyField(Topic, related_name="articles", blank=True)
    url = HttpURLField("address", max_length=2000)
    url_hash = models.CharField(max_length=64, unique=True, editable=False)
    guid = models.CharField(max_length=500, blank=True, editable=False)
    # SHA-256 of what the feed said of it: when that changes, the page may have too.
    item_hash = models.CharField(max_length=64, blank=True, editable=False)
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    authors = models.CharField(max_length=500, blank=True)
    image_url = HttpURLField("image address", max_length=2000, blank=True)
    published_at = models.DateTimeField()
    crawled_at = models.DateTimeField(auto_now_add=True)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    difficulty = models.FloatField(
        null=True,
        blank=True,
        editable=False,
        help_text="Share of words outside the most frequent, 0 to 1.",
    )
    sentence_length = models.FloatField(
        null=True, blank=True, editable=False, help_text="Words a sentence."
    )
    level = models.CharField(
        max_length=2, blank=True, editable=False, help_text="Like CEFR's, A1 to C2."
    )
    simhash = models.BigIntegerField(null=True, blank=True, editable=False)
    broken = models.CharField(max_length=20, blank=True, choices=Broken.choices)
    # When staff last found it fit: what was reported before counts no longer.
    judged_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The listed article that this one is nearly the same as.
    duplicate_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
    )
    text_hash = models.CharField(max_length=64, editable=False)
    # Kept here for lists and counts, by whoever writes tokens or changes a text.
    token_state = models.CharField(
        max_length=10,
        choices=TokenState.choices,
        default=TokenState.MISSING,
        editable=False,
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            # For the home page and the API list: newest first in a language.
            models.Index(
                fields=["language", "broken", "-published_at", "-id"],
                name="article_newest_in_language",
            ),
            # For lists over all languages, newest first.
            models.Index(
                fields=["broken", "-published_at", "-id"], name="article_newest"
            ),
            # For the list of one feed, newest first.
            models.Index(
                fields=["feed", "broken", "-published_at", "-id"],
                name="article_newest_in_feed",
            ),
            # For the crawler: is it here already, under another address?
            models.Index(fields=["feed", "guid"], name="article_guid"),
            models.Index(fields=["text_hash"], name="article_text"),
            # For near-duplicates among the latest, and for what is delivered: counted
            # without a look at the rows.
            models.Index(
                fields=["language", "crawled_at", "broken"], name="article_latest"
            ),
            # For the admin's lists, which are in the order of ids: the id is a part of
            # each index.
            models.Index(fields=["level"], name="article_level"),
            # For the lists of token caches in a state.
            models.Index(fields=["token_state"], name="article_tokens"),
            models.Index(
                fields=["language", "token_state"], name="article_tokens_in_language"
            ),
            # For the backlog, and for all that is counted by language and state. What
            # is broken comes second, so that no list of readers takes it for its own.
            models.Index(
                fields=["token_state", "broken", "language"], name="article_counts"
            ),
            # For retention: the oldest first.
            models.Index(fields=["published_at"], name="article_age"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(
        self, *, update_fields: Iterable[str] | None = None, **kwargs: Any
    ) -> None:
        before = "" if self._state.adding else self.url_hash
        if update_fields is None and not self._state.adding:
            # Others write these meanwhile: a whole save would bring old ones back.
            update_fields = self._loaded_fields() - {"token_state", "text_hash"}
        self.url_hash = url_hash(self.url)
        if update_fields and "url" in update_fields:
            update_fields = {*update_fields, "url_hash"}
        with transaction.atomic():
            if not self._state.adding:
                self._outdate(update_fields or ())
            super().save(update_fields=update_fields, **kwargs)
            if self.url_hash != before:
                self.add_addresses([self.url])

    def get_absolute_url(self) -> str:
        """Where readers read it, as long as it is listed."""
        return reverse("learners:article", args=[self.language_id, self.pk])

    def _outdate(self, fields: Iterable[str]) -> None:
        """Have tokens made anew where these fields change what they are made of.

        Facts too, unless text_hash is among the fields.
        """
        names = {"language_id" if name == "language" else name for name in fields}
        names &= MADE_OF | {"text_hash"}
        mine = Article.objects.filter(pk=self.pk)
        for stored in mine.select_for_update().values(*names) if names else ():
            if any(getattr(self, name) != stored[name] for name in names):
                if "text_hash" not in names:
                    self.text_hash = not_hashed()
                mine.update(text_hash=self.text_hash)

    def _loaded_fields(self) -> set[str]:
        deferred = self.get_deferred_fields()
        fields = (f for f in self._meta.concrete_fields if not f.primary_key)
        return {field.name for field in fields if field.attname not in deferred}

    def add_addresses(self, urls: Iterable[str]) -> None:
        """Note addresses that lead here; one that leads elsewhere already stays."""
        rows = [Address(url_hash=url_hash(url), article=self) for url in urls]
        Address.objects.bulk_create(rows, ignore_conflicts=True)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return Article.objects.filter(pk=self.pk).delete()

    def text(self) -> ArticleText:
        """The article's ArticleText as it is stored now (one query)."""
        fragments = self.fragments.values_list("tag", "text")
        return ArticleText(self.title, self.summary, tuple(fragments))


# What people took from readers: what is nearly the same is not for them either.
WITHDRAWN = (Article.Broken.HIDDEN, Article.Broken.REPORTED)


class DeletedArticle(models.Model):
    """What crawls know an article by that was deleted, so that none brings it again."""

    # The article's, which no other gets.
    id = models.BigIntegerField(primary_key=True)
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="+", db_index=False)
    guid = models.CharField(max_length=500)
    title = models.CharField(max_length=500)
    published_at = models.DateTimeField()
    text_hash = models.CharField(max_length=64)
    # Of what was news to readers, or hidden by an admin; and since when we had it.
    simhash = models.BigIntegerField(null=True)
    crawled_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # For the crawler: is it known, under another address?
            models.Index(fields=["feed", "guid"], name="deleted_guid"),
            models.Index(fields=["text_hash"], name="deleted_same_text"),
            models.Index(fields=["crawled_at"], name="deleted_latest"),
        ]

    def __str__(self) -> str:
        return self.title


class Address(models.Model):
    """An address that leads to an article: its own, the feed's link, a redirect's end.

    By these the crawler knows what it has, and what was deleted: one of the two is set.
    """

    url_hash = models.CharField(max_length=64, primary_key=True)
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, related_name="addresses"
    )
    deleted = models.ForeignKey(
        DeletedArticle, models.CASCADE, null=True, related_name="addresses"
    )

    def __str__(self) -> str:
        return self.url_hash


class Fragment(models.Model):
    """One block of the body: a paragraph, heading, list item or quote."""

    class Tag(models.TextChoices):
        P = "p"
        H1 = "h1"
        H2 = "h2"
        H3 = "h3"
        H4 = "h4"
        H5 = "h5"
        H6 = "h6"
        LI = "li"
        BLOCKQUOTE = "blockquote"

    article = models.ForeignKey(Article, models.CASCADE, related_name="fragments")
    position = models.PositiveIntegerField()
    tag = models.CharField(max_length=10, choices=Tag.choices, default=Tag.P)
    text = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [
            # Also the index for reading a body in order.
            models.UniqueConstraint(
                fields=["article", "position"], name="fragment_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tag}: {self.text[:50]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        with self._outdating():
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with self._outdating():
            return super().delete(*args, **kwargs)

    @contextmanager
    def _outdating(self) -> Iterator[None]:
        """A transaction that has the article's tokens and facts made anew.

        The article is changed first: whoever else changes a text locks it so.
        """
        with transaction.atomic():
            article = Article.objects.filter(pk=self.article_id)
            article.update(text_hash=not_hashed())
            yield


class JudgeRule(models.Model):
    """A phrase that tells that an article is not for readers."""

    class Where(models.TextChoices):
        TITLE = "title"
        ADDRESS = "address"
        CATEGORY = "category"
        TEXT = "text", "first or last words of the text"

    REASONS = [
        (reason.value, reason.label)
        for reason in (
            Article.Broken.PAYWALL,
            Article.Broken.LIVE_BLOG,
            Article.Broken.ADVERT,
            Article.Broken.NOT_ARTICLE,
        )
    ]

    language = models.ForeignKey(
        Language,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="judge_rules",
        limit_choices_to=LEARNABLE,
        help_text="Empty: all languages.",
    )
    reason = models.CharField(max_length=20, choices=REASONS)
    where = models.CharField(max_length=10, choices=Where.choices)
    phrase = models.CharField(
        max_length=200,
        help_text="Whole words in any case; * stands for any letters of a word.",
    )
    active = models.BooleanField(default=True)
    hits = models.PositiveBigIntegerField(default=0, editable=False)
    last_hit_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["language", "reason", "where", "phrase"]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.phrase}"


class ItemCounts(models.Model):
    """What became of items of feeds: the kinds add up to those that were found."""

    found = models.PositiveIntegerField(default=0, help_text="Items of feeds.")
    listed = models.PositiveIntegerField(default=0, help_text=KINDS["listed"])
    hidden = models.PositiveIntegerField(default=0, help_text=KINDS["hidden"])
    updated = models.PositiveIntegerField(default=0, help_text=KINDS["updated"])
    known = models.PositiveIntegerField(default=0, help_text=KINDS["known"])
    skipped = models.PositiveIntegerField(default=0, help_text=KINDS["skipped"])
    failed = models.PositiveIntegerField(default=0, help_text=KINDS["failed"])
    left = models.PositiveIntegerField(default=0, help_text=KINDS["left"])
    tokenized = models.PositiveIntegerField(
        default=0, help_text="Listed or updated ones that got their tokens."
    )

    class Meta:
        abstract = True

    def in_words(self) -> str:
        """The kinds of which there are any."""
        return describe_kinds({kind: getattr(self, kind) for kind in KINDS})


class CrawlRun(ItemCounts):
    """One run of the crawl command, for the admin's eyes and for charts.

    Its counts are the sums of its visits' and stay when those are deleted.
    """

    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    # None while it is at work, and for ever where it was killed.
    finished_at = models.DateTimeField(null=True)
    host = models.CharField(max_length=100)
    command = models.CharField(max_length=200)
    visited = models.PositiveIntegerField(default=0, help_text="Visits of feeds.")
    failed_visits = models.PositiveIntegerField(
        default=0, help_text="Visits that failed."
    )

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.command}"


class FeedVisit(ItemCounts):
    """One visit of one feed, and what came of it."""

    OK, UNCHANGED, DEFERRED, FAILED = "ok", "unchanged", "deferred", "failed"
    GONE = GONE

    # None for the tasks of several machines, which belong to no run.
    run = models.ForeignKey(CrawlRun, models.CASCADE, null=True, related_name="visits")
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="visits")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    seconds = models.FloatField(default=0)
    status = models.CharField(max_length=20)
    error = models.TextField(blank=True)
    # {kind: {reason: items}}, and [{"url", "error"}] of the feed and its items.
    reasons = models.JSONField(default=dict)
    errors = models.JSONField(default=list)

    class Meta:
        ordering = ["-at"]
        indexes = [
            # For the history of one feed.
            models.Index(fields=["feed", "-at"], name="visit_of_feed"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.status}"


# Visits with these outcomes brought nothing.
FAILED = (FeedVisit.FAILED, FeedVisit.GONE)


def describe_kinds(counts: Mapping[str, int]) -> str:
    """{kind: number} in words, in the order of KINDS; nothing of those that are 0."""
    told = [f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind]]
    return ", ".join(told)


def describe_reasons(reasons: Mapping[str, int]) -> str:
    """{reason: number} in words, the most frequent first."""
    labels = dict(Article.Broken.choices)
    most = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(
        f"{labels.get(reason, reason)} {number}" for reason, number in most
    )


class KeptCountQuerySet(LeaseQuerySet):
    """Whoever counts has the row in hand."""


class KeptCount(models.Model):
    """What counting some large table came to; see ``articles.counts``."""

    name = models.CharField(max_length=50, primary_key=True)
    value = models.JSONField(null=True)
    # When counting began, None before the first time, and how long it took.
    at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    # Until then some process is counting.
    claimed_until = models.DateTimeField(null=True)

    objects = KeptCountQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
