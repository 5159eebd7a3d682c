"""What there is to read: languages, topics, feeds, articles and their fragments."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
)
from django.db import models
from django.utils import timezone

from articles.collation import EXACT
from articles.text import ArticleText

SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)


def url_hash(url):
    """Hex SHA-256 of a URL: URLs are too long, and collations too lax, to be unique."""
    return hashlib.sha256(url.encode()).hexdigest()


def refuse_password(url):
    """Addresses are shown to everybody: none may hold a password."""
    try:
        parts = urlsplit(url)
        if parts.username is None and parts.port != 0:
            return
    except ValueError as exc:  # such as a port above 65535
        raise ValidationError(f"Enter a valid address: {exc}.") from exc
    raise ValidationError("Enter an address without a name, password or port 0.")


class HttpURLField(models.CharField):
    """A URL that is a link in pages: http or https only, so never javascript:."""

    default_validators = [URLValidator(schemes=["http", "https"]), refuse_password]


class Language(models.Model):
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

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Topic(models.Model):
    slug = models.SlugField(max_length=50, unique=True, db_collation=EXACT)
    name = models.CharField(max_length=50)
    keywords = models.JSONField(
        default=list,
        blank=True,
        help_text="Feed categories and URL parts, in any language, lower case.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


def count_of(rows, field):
    """Subquery: how many of the rows point with field to the outer row.

    Joining and grouping instead would sort on every text column.
    """
    mine = rows.filter(**{field: models.OuterRef("pk")}).order_by()
    count = mine.values(field).annotate(n=models.Count("pk")).values("n")
    return models.functions.Coalesce(models.Subquery(count), 0)


class FeedQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def due(self):
        """Those whose next visit's time has come."""
        return self.filter(next_fetch_at__lte=timezone.now())

    def with_article_count(self):
        return self.annotate(article_count=count_of(Article.objects.all(), "feed"))


class Feed(models.Model):
    title = models.CharField(max_length=200, blank=True)
    url = HttpURLField("address", max_length=500, unique=True, db_collation=EXACT)
    language = models.ForeignKey(Language, models.PROTECT, related_name="feeds")
    active = models.BooleanField(default=True)

    # What HTTP needs to ask for changes only.
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)

    # What scheduling needs.
    interval = models.DurationField(
        default=timedelta(hours=1),
        validators=[MinValueValidator(SHORTEST_WAIT), MaxValueValidator(LONGEST_WAIT)],
        help_text="Between visits, as HH:MM:SS; a day at most.",
    )
    next_fetch_at = models.DateTimeField(default=timezone.now)
    last_fetched_at = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
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

    def __str__(self):
        return self.title or self.url


class ArticleQuerySet(models.QuerySet):
    def listed(self):
        """Articles fit for readers."""
        return self.filter(broken="")

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def with_card_facts(self):
        """All a card shows but its tokens, in two queries."""
        feeds = self.select_related("feed").defer("feed__last_error")
        return feeds.prefetch_related("topics")


class Article(models.Model):
    class Broken(models.TextChoices):
        """Why an article is stored but never listed."""

        NO_TEXT = "no_text", "no text found"
        TOO_SHORT = "too_short", "too short"
        TOO_LONG = "too_long", "too long"

    language = models.ForeignKey(Language, models.PROTECT, related_name="articles")
    # A feed with articles can't be deleted by accident: switch it off instead.
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="articles")
    topics = models.ManyToManyField(Topic, related_name="articles", blank=True)
    url = HttpURLField("address", max_length=2000)
    url_hash = models.CharField(max_length=64, unique=True, editable=False)
    guid = models.CharField(max_length=500, blank=True, editable=False)
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    authors = models.CharField(max_length=500, blank=True)
    image_url = HttpURLField("image address", max_length=2000, blank=True)
    published_at = models.DateTimeField()
    crawled_at = models.DateTimeField(auto_now_add=True)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    difficulty = models.FloatField(null=True, blank=True, editable=False)
    simhash = models.BigIntegerField(null=True, blank=True, editable=False)
    broken = models.CharField(max_length=20, blank=True, choices=Broken.choices)
    text_hash = models.CharField(max_length=64, editable=False)

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
        ]

    def __str__(self):
        return self.title

    def save(self, *, update_fields=None, **kwargs):
        self.url_hash = url_hash(self.url)
        if update_fields and "url" in update_fields:
            update_fields = {*update_fields, "url_hash"}
        super().save(update_fields=update_fields, **kwargs)

    def text(self):
        """The article's ArticleText as it is stored now (one query)."""
        fragments = self.fragments.values_list("tag", "text")
        return ArticleText(self.title, self.summary, tuple(fragments))


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

    def __str__(self):
        return f"{self.tag}: {self.text[:50]}"
