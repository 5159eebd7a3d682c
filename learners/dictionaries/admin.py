"""The admin of dictionaries, of their entries, and of what readers say is wrong."""

from django.contrib import admin

from learners.dictionaries.models import Dictionary, Entry, Report
from zeeguu.base.large_lists import LargeListAdmin


@admin.register(Dictionary)
class DictionaryAdmin(admin.ModelAdmin):
    list_display = ("name", "from_language", "to_language", "kind", "entry_count")
    list_filter = ("kind", "from_language", "to_language")


@admin.register(Entry)
class EntryAdmin(LargeListAdmin):
    list_display = ("headword", "pos", "gender", "translations", "dictionary")
    list_select_related = ("dictionary",)


@admin.register(Report)
class ReportAdmin(LargeListAdmin):
    list_display = ("headword", "translation", "count", "last_seen", "is_done")
    ordering = ("-count",)
