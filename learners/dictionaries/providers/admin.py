"""The admin of providers' answers: to look at, and to delete what is wrong."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from learners.dictionaries.providers.models import ProviderAnswer
from zeeguu.base.large_lists import LargeListAdmin

MOST_CHARACTERS = 100


@admin.register(ProviderAnswer)
class ProviderAnswerAdmin(LargeListAdmin):
    """The next who asks gets a new answer in place of one that is deleted."""

    list_display = (
        "shortened",
        "from_language",
        "to_language",
        "provider",
        "created_at",
    )
    list_filter = ("provider", "from_language", "to_language")
    search_fields = ("text",)
    ordering = ("-created_at", "-pk")

    @admin.display(description="text")
    def shortened(self, row: ProviderAnswer) -> str:
        return row.text[:MOST_CHARACTERS]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
