"""The admin of what learners reported."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join

from articles.models import Article
from learners.readings import reports
from tokenization.admin import ArticleWithTokensAdmin

SHOWN = 20

admin.site.unregister(Article)


@admin.register(Article)
class ArticleWithReportsAdmin(ArticleWithTokensAdmin):
    """Adds why learners say that an article is broken; never who says it."""

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        said = [("Reports", {"fields": ("broken_by_learners",)})] if obj else []
        return [*super().get_fieldsets(request, obj), *said]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Article | None = None
    ) -> Any:
        return (*super().get_readonly_fields(request, obj), "broken_by_learners")

    @admin.display(description="broken, as learners say")
    def broken_by_learners(self, article: Article) -> str:
        said = reports.reasons(article.pk, SHOWN)
        return format_html_join("", "{}<br>", ((reason,) for reason in said)) or "-"
