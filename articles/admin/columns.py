"""What several pages show. Counts come from subqueries, never row by row."""

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timesince import timesince

from zeeguu.base.large_lists import LargeListAdmin


class CountedList(ChangeList):
    """Tells the rows of its page their number of articles: others may be thousands."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        known = self.model_admin.found(request).value
        for row in self.result_list:
            row.article_count = None if known is None else known.get(str(row.pk), 0)


class ArticleCountMixin:
    """The column "articles" of a ModelAdmin, from a ``count_articles`` of its class.

    That returns a Counted of {id, as a text: articles}.
    """

    def found(self, request):
        """What was counted, the same for all of a page."""
        if not hasattr(request, "found_articles"):
            request.found_articles = self.count_articles()
        return request.found_articles

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        # Only to sort: it is a CASE with a branch for each row that has articles.
        is_sorted = ORDER_VAR in request.GET
        return (
            with_article_count(rows, self.found(request).value) if is_sorted else rows
        )

    def get_changelist(self, request, **kwargs):
        return CountedList

    def changelist_view(self, request, extra_context=None):
        # Django's place for a line below the title.
        subtitle = f"Articles: {self.found(request).age}."
        context = {"subtitle": subtitle, **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(ordering="article_count", description="articles")
    def article_count(self, row):
        return row.article_count


def with_article_count(rows, counts):
    """Annotate ``article_count``; None for all as long as they are being counted."""
    whens = [When(pk=pk, then=Value(number)) for pk, number in (counts or {}).items()]
    none = None if counts is None else 0
    number = Case(*whens, default=Value(none), output_field=IntegerField())
    return rows.annotate(article_count=number)


def ago(then):
    return f"{timesince(then, depth=1)} ago" if then else None


def linked(row, text=None):
    """A link to a row's page in the admin; its text is escaped."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    url = reverse(name, args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, row if text is None else text)


def linked_list(model, text, **filters):
    """A link to the list of a model's rows, of those that the filters leave."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    url = reverse(name, query=filters)
    return format_html('<a href="{}">{}</a>', url, text)


class ReadOnlyAdmin(LargeListAdmin):
    """To look at: what writes these rows is the crawl."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
