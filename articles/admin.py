"""The admin of what there is to read. Counts come from subqueries, never row by row."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil

from articles import services
from articles.models import (
    Article,
    Feed,
    Fragment,
    Language,
    Topic,
    count_of,
    url_hash,
)
from articles.text import clean


class ArticleCountMixin:
    """The column "articles" of rows that are annotated with ``article_count``."""

    @admin.display(ordering="article_count", description="articles")
    def article_count(self, row):
        return row.article_count


@admin.register(Language)
class LanguageAdmin(ArticleCountMixin, admin.ModelAdmin):
    list_display = ("code", "name", "native_name", "feed_count", "article_count")
    search_fields = ("code", "name", "native_name")

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                feed_count=count_of(Feed.objects.all(), "language"),
                article_count=count_of(Article.objects.all(), "language"),
            )
        )

    def get_readonly_fields(self, request, obj=None):
        # The code is the primary key: changing it would make a second language.
        return ("code",) if obj else ()

    @admin.display(ordering="feed_count", description="feeds")
    def feed_count(self, language):
        return language.feed_count


class KeywordsField(forms.CharField):
    """A list of keywords, one on a line, written as the crawler compares them."""

    widget = forms.Textarea

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = [clean(line).lower() for line in (value or "").splitlines()]
        return list(dict.fromkeys(filter(None, lines)))


class TopicForm(forms.ModelForm):
    keywords = KeywordsField(
        required=False,
        help_text="One on a line: feed categories and URL parts, in any language.",
    )


@admin.register(Topic)
class TopicAdmin(ArticleCountMixin, admin.ModelAdmin):
    form = TopicForm
    list_display = ("name", "slug", "article_count")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request):
        articles = count_of(Article.topics.through.objects.all(), "topic")
        return super().get_queryset(request).annotate(article_count=articles)


@admin.register(Feed)
class FeedAdmin(ArticleCountMixin, admin.ModelAdmin):
    list_display = (
        *("name", "language", "active", "last_crawl", "last_status", "failures"),
        *("next_crawl", "article_count"),
    )
    list_filter = ("active", "last_status", "language")
    list_select_related = ("language",)
    search_fields = ("title", "url")
    autocomplete_fields = ("language",)
    actions = ("crawl_now",)
    readonly_fields = (
        *("last_status", "last_error", "consecutive_failures"),
        *("last_fetched_at", "last_success_at", "next_fetch_at"),
    )
    fieldsets = (
        (None, {"fields": ("title", "url", "language", "active", "interval")}),
        ("Crawl state", {"fields": readonly_fields}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).with_article_count()

    def save_model(self, request, feed, form, change):
        if not change:
            return super().save_model(request, feed, form, change)
        return services.save_feed_changes(feed, form.changed_data)

    @admin.action(description="Crawl now", permissions=["change"])
    def crawl_now(self, request, feeds):
        active = [feed for feed in feeds if feed.active]
        if idle := [str(feed) for feed in feeds if not feed.active]:
            names = ", ".join(idle)
            self.message_user(
                request, f"Not crawled, because inactive: {names}.", messages.WARNING
            )
        if active:
            services.crawl_in_background([feed.pk for feed in active])
            self.message_user(request, _started(len(active)))

    @admin.display(ordering="title", description="title")
    def name(self, feed):
        return str(feed)

    @admin.display(ordering="last_fetched_at")
    def last_crawl(self, feed):
        then = feed.last_fetched_at
        return f"{timesince(then, depth=1)} ago" if then else None

    @admin.display(ordering="next_fetch_at")
    def next_crawl(self, feed):
        if not feed.active:
            return None
        is_due = feed.next_fetch_at <= timezone.now()
        return "due" if is_due else f"in {timeuntil(feed.next_fetch_at, depth=1)}"

    @admin.display(ordering="consecutive_failures")
    def failures(self, feed):
        return feed.consecutive_failures


def _started(number):
    feeds = "1 feed" if number == 1 else f"{number} feeds"
    return f"The crawl of {feeds} has started. Reload this list to see the result."


class FoldedCharField(forms.CharField):
    """Folds whitespace as the crawler does: tokens know no other than single spaces."""

    def to_python(self, value):
        return clean(super().to_python(value))


class ArticleForm(forms.ModelForm):
    class Meta:
        help_texts = {"broken": "Why readers never see the article; empty: they do."}

    def clean_url(self):
        """Refuse a known URL here: the database compares hashes, not in any form."""
        url = self.cleaned_data["url"]
        others = Article.objects.exclude(pk=self.instance.pk)
        if others.filter(url_hash=url_hash(url)).exists():
            raise ValidationError("There is an article with this URL already.")
        return url


class FragmentInline(admin.TabularInline):
    model = Fragment
    extra = 0
    formfield_overrides = {
        models.TextField: {
            "form_class": FoldedCharField,
            "widget": forms.Textarea(attrs={"rows": 3, "cols": 90}),
        }
    }


class BrokenFilter(admin.SimpleListFilter):
    """Also offers the articles that are not broken, as the model's choices don't."""

    title = parameter_name = "broken"

    def lookups(self, request, model_admin):
        return [("no", "no"), *Article.Broken.choices]

    def queryset(self, request, articles):
        if self.value() is None:
            return articles
        return articles.filter(broken="" if self.value() == "no" else self.value())


class ArticleChangeList(ChangeList):
    """Leaves the long texts, which no column shows, in the database."""

    def get_queryset(self, request, **kwargs):
        articles = super().get_queryset(request, **kwargs)
        return articles.defer("summary", "feed__last_error")


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    form = ArticleForm
    list_display = (*("title", "language", "feed", "published", "words", "broken"),)
    list_filter = (BrokenFilter, "language", "topics")
    list_select_related = ("language", "feed")
    search_fields = ("title", "url")
    autocomplete_fields = ("language", "feed", "topics")
    readonly_fields = ("word_count", "difficulty", "crawled_at", "text_hash")
    fieldsets = (
        (None, {"fields": ("title", "summary", "url", "feed", "language", "topics")}),
        (None, {"fields": ("authors", "image_url", "published_at", "broken")}),
        ("Facts", {"fields": readonly_fields}),
    )
    formfield_overrides = {
        models.CharField: {
            "form_class": FoldedCharField,
            "widget": forms.TextInput(attrs={"class": "vLargeTextField"}),
        },
        models.TextField: {
            "form_class": FoldedCharField,
            "widget": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 4}),
        },
    }
    inlines = (FragmentInline,)

    def get_changelist(self, request, **kwargs):
        return ArticleChangeList

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        services.refresh_text_facts(form.instance)

    @admin.display(ordering="published_at")
    def published(self, article):
        return article.published_at.date()

    @admin.display(ordering="word_count")
    def words(self, article):
        return article.word_count
