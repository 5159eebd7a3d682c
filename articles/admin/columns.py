"""What several pages show. Counts come from subqueries, never row by row."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timesince import timesince


class ArticleCountMixin:
    """The column "articles" of rows that are annotated with ``article_count``."""

    @admin.display(ordering="article_count", description="articles")
    def article_count(self, row):
        return row.article_count


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


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at: what writes these rows is the crawl."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
