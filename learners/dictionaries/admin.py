"""The admin of dictionaries, of their entries, and of what readers say is wrong."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from articles.admin.columns import ago, linked_list
from articles.languages import LANGUAGES, targets
from learners.dictionaries import cleaning, editing
from learners.dictionaries.formats.entries import Parsed
from learners.dictionaries.formats.grammar import GENDERS, POS
from learners.dictionaries.models import Dictionary, Entry, Report
from zeeguu.base.large_lists import LargeListAdmin

# A second's work, or two.
HIDE_AT_MOST = 2000
# Who finds more types another letter.
FOUND_AT_MOST = 2000
LAST = "\U0010ffff"


class PairFilter(admin.SimpleListFilter):
    """Both languages at once, as an index has them."""

    title = parameter_name = "pair"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(f"{one}-{other}", f"{one} → {other}") for one, other in pairs()]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if not self.value():
            return rows
        source, _, target = str(self.value()).partition("-")
        return rows.filter(from_language=source, to_language=target)


class EditedFilter(admin.SimpleListFilter):
    title = parameter_name = "edited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "edited"), ("hidden", "hidden")]

    def queryset(self, request: HttpRequest, entries: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "hidden"):
            return entries
        # An index has them by dictionary.
        known = list(Dictionary.objects.values_list("pk", flat=True))
        entries = entries.filter(dictionary__in=known, edited_from__gt="")
        return entries.filter(is_hidden=True) if self.value() == "hidden" else entries


class PairColumn:
    """The column "pair" of a ModelAdmin."""

    @admin.display
    def pair(self, row: Entry | Dictionary | Report) -> str:
        return f"{row.from_language} → {row.to_language}"


def pairs() -> list[tuple[str, str]]:
    rows = Dictionary.objects.published().order_by("from_language", "to_language")
    return list(rows.values_list("from_language", "to_language").distinct())


def beginning_with(headword: str) -> QuerySet[Entry]:
    """Entries whose headwords begin so, by the index, which has the languages first."""
    known = pairs()
    return Entry.objects.filter(
        from_language__in={source for source, _ in known},
        to_language__in={target for _, target in known},
        headword__gte=headword,
        headword__lt=headword + LAST,
    )


def choices(names: Iterator[str] | list[str]) -> list[tuple[str, str]]:
    return [("", "—"), *((name, name) for name in names)]


class EntryForm(forms.ModelForm):
    """What may be said of an entry that is there."""

    pos = forms.ChoiceField(
        label="part of speech", choices=choices(list(POS)), required=False
    )
    gender = forms.ChoiceField(choices=choices(list(GENDERS)), required=False)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if self.errors:
            return facts
        headword = facts.get("headword", self.instance.headword)
        told = facts["translations"].split(";")
        try:
            row = cleaning.row_of(Parsed(0, headword, "", "", told))
        except cleaning.Refused as exc:
            raise ValidationError(f"This can't be an entry: {exc}.") from exc
        return {**facts, "translations": row.translations}


class NewEntryForm(EntryForm):
    """What a new one needs beside."""

    from_language = forms.ChoiceField(choices=choices(list(LANGUAGES)))
    to_language = forms.ChoiceField(choices=choices(sorted(targets())))

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if self.errors:
            return facts
        if facts["from_language"] == facts["to_language"]:
            raise ValidationError("The languages are the same.")
        return {**facts, "headword": cleaning.clean_headword(facts["headword"])}


@admin.register(Entry)
class EntryAdmin(PairColumn, LargeListAdmin):
    form = EntryForm
    list_display = (
        "headword",
        "pair",
        "pos",
        "gender",
        "translations",
        "source",
        "is_edited",
        "is_hidden",
    )
    list_filter = (PairFilter, "dictionary__kind", EditedFilter)
    list_select_related = ("dictionary",)
    ordering = ("pk",)
    # Only says that there is a search; see get_search_results.
    search_fields = ("headword",)
    search_help_text = (
        "Beginnings of headwords, with the capitals that they have; the first"
        f" {FOUND_AT_MOST:,} are shown."
    )
    actions = ("hide", "show")
    facts = ("pair", "headword", "dictionary", "is_edited")
    said = ("pos", "gender", "translations", "is_hidden")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        added = ("from_language", "to_language", "headword", *self.said[:-1])
        return (*self.facts, *self.said) if obj else added

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = self.form if obj else NewEntryForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.facts if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).filter(dictionary__is_published=True)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip().replace("\0", "")
        if not term:
            return queryset, False
        # Ids first: SQLite would rather read all entries in the order of the list.
        found = beginning_with(term).order_by()
        pks = list(found.values_list("pk", flat=True)[:FOUND_AT_MOST])
        return queryset.filter(pk__in=pks), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The next version of its file would bring it back: it is hidden instead.
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except editing.Gone as exc:
            self.message_user(request, f"Nothing was saved: {exc}.", messages.ERROR)
            return redirect("admin:learners_entry_changelist")

    def save_model(self, request: HttpRequest, obj: Entry, *args: Any) -> None:
        editing.save(obj)

    @admin.action(description="Hide", permissions=["change"])
    def hide(self, request: HttpRequest, entries: QuerySet[Entry]) -> None:
        self._hide(request, entries, is_hidden=True)

    @admin.action(description="Show again", permissions=["change"])
    def show(self, request: HttpRequest, entries: QuerySet[Entry]) -> None:
        self._hide(request, entries, is_hidden=False)

    def _hide(self, request: HttpRequest, rows: QuerySet, is_hidden: bool) -> None:
        pks = list(rows.values_list("pk", flat=True)[: HIDE_AT_MOST + 1])
        if len(pks) > HIDE_AT_MOST:
            message = f"At most {HIDE_AT_MOST} entries at once; choose fewer."
            return self.message_user(request, message, messages.ERROR)
        try:
            number = editing.hide(Entry.objects.filter(pk__in=pks), is_hidden)
        except editing.Gone as exc:
            message = f"Nothing was changed: {exc}."
            return self.message_user(request, message, messages.ERROR)
        done = "Hidden" if is_hidden else "Shown again"
        return self.message_user(request, f"{done}: {number}.")

    @admin.display(description="dictionary")
    def source(self, entry: Entry) -> str:
        return entry.dictionary.name

    @admin.display(boolean=True, description="edited")
    def is_edited(self, entry: Entry) -> bool:
        return bool(entry.edited_from)


@admin.register(Dictionary)
class DictionaryAdmin(PairColumn, admin.ModelAdmin):
    """Which there are; commands load, import and remove them."""

    list_display = ("name", "pair", "kind", "licence", "entries", "priority", "loaded")
    list_filter = (PairFilter, "kind")
    search_fields = ("name",)
    fields = ("name", "pair", "kind", "licence", "entries", "loaded", "priority")
    readonly_fields = fields[:-1]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dictionary]:
        return super().get_queryset(request).filter(is_published=True)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(ordering="entry_count")
    def entries(self, dictionary: Dictionary) -> str:
        return f"{dictionary.entry_count:,}"

    @admin.display(ordering="created_at")
    def loaded(self, dictionary: Dictionary) -> str | None:
        told: str | None = ago(dictionary.created_at)
        return told


@admin.register(Report)
class ReportAdmin(PairColumn, LargeListAdmin):
    """What readers say is wrong, what was said most often first."""

    list_display = ("said", "pair", "translation", "count", "last_seen", "is_done")
    list_display_links = None
    list_filter = ("is_done", PairFilter)
    ordering = ("-count",)
    sortable_by = ("count", "last_seen")
    actions = ("mark_done", "open_again")

    def changelist_view(self, request: HttpRequest, *args: Any) -> HttpResponse:
        """Those that are open, unless others are asked for."""
        if not request.GET and request.method == "GET":
            return redirect(f"{request.path}?is_done__exact=0")
        return super().changelist_view(request, *args)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="headword")
    def said(self, report: Report) -> str:
        """A link to the entries of the headword, and what was tapped."""
        pair = f"{report.from_language}-{report.to_language}"
        same = {"pair": pair, "headword__exact": report.headword}
        entries: str = linked_list(Entry, report.headword, **same)
        if report.word in ("", report.headword):
            return entries
        return format_html("{} ({})", entries, report.word)

    @admin.action(description="Mark as done", permissions=["change"])
    def mark_done(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        number = reports.update(is_done=True)
        self.message_user(request, f"Done: {number}.")

    @admin.action(description="Open again", permissions=["change"])
    def open_again(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        number = reports.update(is_done=False)
        self.message_user(request, f"Open again: {number}.")
