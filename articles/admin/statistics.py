"""A page of tables and charts beside the list of a model, for the admin."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from articles import counts

if TYPE_CHECKING:
    MixedIn = admin.ModelAdmin
else:
    MixedIn = object


class StatisticsPage(MixedIn):
    """Adds ``statistics/`` to a ModelAdmin, for those who may see its rows.

    Its template is statistics.html among those of the model.
    """

    statistics_title = ""

    def statistics(self) -> dict:
        """The numbers, of which ``counted_at`` is None as long as nobody knows them."""
        raise NotImplementedError

    def figures(self, numbers: dict) -> list:
        """What is told first, in short."""
        raise NotImplementedError

    def sections(self, numbers: dict) -> list:
        """Tables and charts of numbers that are known."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.statistics_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_statistics"
        return [path("statistics/", page, name=name), *super().get_urls()]

    def statistics_view(self, request: HttpRequest) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        numbers = self.statistics()
        is_known = numbers["counted_at"] is not None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": self.statistics_title,
            "age": counts.age(numbers["counted_at"]),
            "is_known": is_known,
            "figures": self.figures(numbers),
            "sections": self.sections(numbers) if is_known else [],
        }
        folder = f"admin/{self.opts.app_label}/{self.opts.model_name}"
        return TemplateResponse(request, f"{folder}/statistics.html", context)
