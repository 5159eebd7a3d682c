"""The admin of what there is to read."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count
from django.utils import timezone

from articles import counts, deletion, retention, services
from articles.admin.columns import ArticleCountMixin, linked, linked_list
from articles.admin.deleting import DeletesMany
from articles.models import (
    LEVELS,
    MADE_OF,
    WITHDRAWN,
    Article,
    Feed,
    Fragment,
    HttpURLField,
    JudgeRule,
    Language,
    Topic,
    count_of,
    url_hash,
)
from articles.text import clean
from zeeguu.base.large_lists import LargeChangeList, LargeListAdmin, filters_of
from zeeguu.base.wording import counted


@admin.register(Language)
class LanguageAdmin(DeletesMany, ArticleCountMixin, admin.ModelAdmin):
    list_display = (
        "code",
        "name",
        "native_name",
        "learnable",
        "feed_count",
        "article_count",
    )
    list_filter = ("learnable",)
    search_fields = ("code", "name", "native_name")

    count_articles = staticmethod(counts.by_language)

    def get_queryset(self, request):
        feeds = count_of(Feed.objects.all(), "language")
        return super().get_queryset(request).annotate(feed_count=feeds)

    def get_readonly_fields(self, request, obj=None):
        # The code is the primary key: changing it would make a second language.
        return ("code",) if obj else ()

    def in_the_way(self, rows):
        mine = {"language__in": rows.values("pk")}
        found = []
        for model, name in ((Feed, "feeds"), (Article, "articles")):
            counts = model.objects.filter(**mine).order_by().values_list("language")
            for code, number in counts.annotate(Count("pk")):
                text = f"{name} in {code}: {number:,}"
                found.append(linked_list(model, text, language__code__exact=code))
        return found

    def goes_along(self, rows):
        rules = JudgeRule.objects.filter(language__in=rows.values("pk"))
        return {"judge rules": rules.count()}

    def lacking(self, request, counts):
        may_delete = request.user.has_perm("articles.delete_judgerule")
        return {"judge rule"} if counts and not may_delete else set()

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
class TopicAdmin(DeletesMany, ArticleCountMixin, admin.ModelAdmin):
    form = TopicForm
    list_display = ("name", "slug", "article_count")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    count_articles = staticmethod(counts.by_topic)

    def goes_along(self, rows):
        return {"articles that lose it, and stay": self._places(rows).count()}

    def delete_rows(self, rows):
        deletion.delete_rows(self._places(rows))
        return super().delete_rows(rows)

    def _places(self, rows):
        return Article.topics.through.objects.filter(topic__in=rows.values("pk"))


# Of articles in a message; the list shows all.
NAMED = 5


def named(articles):
    """Some of these articles by title, with why readers don't see them, or ""."""
    some = articles.order_by("pk")[:NAMED]
    rows = list(some.values_list("title", "broken"))
    labels = dict(Article.Broken.choices)
    names = [
        f"“{title}” ({labels.get(broken, broken) or 'seen by readers'})"
        for title, broken in rows
    ]
    if len(names) == NAMED and (more := articles.count() - NAMED):
        names.append(f"and {more} more")
    return ", ".join(names)


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


class LabelledDateTime(AdminSplitDateTime):
    """Labels its inputs: Django's words beside them are no labels."""

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs)
        for widget, label in zip(self.widgets, ("Date", "Time"), strict=True):
            widget.attrs["aria-label"] = label


class LabelledFormSet(forms.BaseInlineFormSet):
    """Labels the inputs of a table, of which only its headings say what they are."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for bound in form.visible_fields():
            bound.field.widget.attrs["aria-label"] = bound.label


class FragmentInline(admin.TabularInline):
    model = Fragment
    formset = LabelledFormSet
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
        if not self.value():
            return articles
        return articles.filter(broken="" if self.value() == "no" else self.value())


class LevelFilter(admin.SimpleListFilter):
    """Knows its levels: to ask for those in use would cost a look at all articles."""

    title = parameter_name = "level"

    def lookups(self, request, model_admin):
        return [(level, level) for level in LEVELS]

    def queryset(self, request, articles):
        return articles.filter(level=self.value()) if self.value() else articles


class FeedFilter(admin.RelatedFieldListFilter):
    """A list to choose from, since there are many, of what alone is shown of them."""

    template = "admin/choose_filter.html"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.lookup_val == [""]:
            # What a form sends for all of them.
            self.lookup_val, self.used_parameters = None, {}

    def field_choices(self, field, request, model_admin):
        feeds = Feed.objects.order_by("title", "url").values_list("pk", "title", "url")
        return [(pk, title or url) for pk, title, url in feeds]

    def choices(self, changelist):
        others = changelist.params.keys() - set(self.expected_parameters())
        self.kept = [(name, changelist.params[name]) for name in sorted(others)]
        chosen = self.lookup_val or []
        for value, name in [("", "All"), *self.lookup_choices]:
            yield {
                "value": value,
                "display": name,
                "selected": str(value) in chosen,
            }


class TopicFilter(admin.SimpleListFilter):
    """No article has a topic twice: Django's own filter would look for that in all."""

    title = parameter_name = "topic"

    def lookups(self, request, model_admin):
        return [(topic.slug, topic.name) for topic in Topic.objects.all()]

    def queryset(self, request, articles):
        if not self.value():
            return articles
        topic = Topic.objects.filter(slug=self.value()).first()
        return articles.filter(topics=topic) if topic else articles.none()


class ArticleChangeList(LargeChangeList):
    """Leaves the long texts, which no column shows, in the database."""

    def get_queryset(self, request, **kwargs):
        articles = super().get_queryset(request, **kwargs)
        return articles.defer("summary", "feed__last_error")


@admin.register(Article)
class ArticleAdmin(DeletesMany, LargeListAdmin):
    form = ArticleForm
    list_display = (
        "title",
        "language",
        "feed",
        "published",
        "words",
        "level",
        "broken",
    )
    list_filter = (
        BrokenFilter,
        ("feed", FeedFilter),
        "published_at",
        "crawled_at",
        "language",
        LevelFilter,
        TopicFilter,
    )
    list_select_related = ("language", "feed")
    sortable_by = ("published", "level")
    search_fields = ("title", "url")
    ordering = ("-pk",)
    autocomplete_fields = ("language", "feed", "topics")
    readonly_fields = (
        "word_count",
        "level",
        "difficulty",
        "sentence_length",
        "first_told_by",
        "crawled_at",
        "text_hash",
    )
    fieldsets = (
        (None, {"fields": ("title", "summary", "url", "feed", "language", "topics")}),
        (None, {"fields": ("authors", "image_url", "published_at", "broken")}),
        ("Facts", {"fields": readonly_fields}),
    )
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.SplitDateTimeField,
            "widget": LabelledDateTime,
        },
        HttpURLField: {"widget": forms.TextInput(attrs={"class": "vLargeTextField"})},
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
    actions = ("hide", "show_again")

    def get_changelist(self, request, **kwargs):
        return ArticleChangeList

    def get_paginator(self, request, articles, per_page, *args, **kwargs):
        paginator = super().get_paginator(request, articles, per_page, *args, **kwargs)
        if filters_of(request) == {"topic"}:
            # There is one row for each article, and its index is all that is read.
            topics = Article.topics.through.objects
            paginator.hint = topics.filter(topic__slug=request.GET["topic"])
        return paginator

    def goes_along(self, rows):
        number = rows.filter(retention.needed()).count()
        return {"of these, needed by readers": number}

    def delete_rows(self, rows):
        if services.delete_articles(rows):
            return ""
        return "The deletion has started; reload this list to see what is left."

    def view_on_site(self, article):
        return None if article.broken else article.get_absolute_url()

    def save_model(self, request, article, form, change):
        if not article.broken and "broken" in form.changed_data:
            article.judged_at = timezone.now()
        super().save_model(request, article, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        services.refresh_text_facts(form.instance)
        is_other = not MADE_OF.isdisjoint(form.changed_data)
        if change and (is_other or any(part.has_changed() for part in formsets)):
            self.text_changed(request, form.instance)

    def text_changed(self, request, article):
        """For what follows from an edited text, or from its language."""

    @admin.action(description="Hide from readers", permissions=["change"])
    def hide(self, request, articles):
        unseen = named(articles.exclude(broken=""))
        hidden, unlisted = services.hide(articles)
        message = f"Hidden from readers: {counted(hidden, 'article')}."
        if unlisted:
            message += (
                f" {counted(unlisted, 'article')} nearly the same stay unlisted too; to"
                " list one instead, empty its field “broken”."
            )
        self._say(request, message, hidden)
        if unseen:
            message = f"Left as they were, since readers did not see them: {unseen}."
            self.message_user(request, message, messages.WARNING)

    @admin.action(description="Show again", permissions=["change"])
    def show_again(self, request, articles):
        others = named(articles.exclude(broken__in=WITHDRAWN))
        shown = services.show_again(articles)
        self._say(
            request, f"Shown to readers again: {counted(shown, 'article')}.", shown
        )
        if others:
            message = f"Left as they were, since nobody had hidden them: {others}."
            self.message_user(request, message, messages.WARNING)

    def _say(self, request, message, number):
        level = messages.SUCCESS if number else messages.WARNING
        self.message_user(request, message, level)

    @admin.display(ordering="published_at")
    def published(self, article):
        return article.published_at.date()

    @admin.display
    def words(self, article):
        return article.word_count

    @admin.display(description="nearly the same as")
    def first_told_by(self, article):
        return linked(article.duplicate_of) if article.duplicate_of else None
