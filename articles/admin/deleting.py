"""Deleting in the admin: pages that count instead of listing, however much goes.

Django's own load and list all rows, one by one, and hold them in one transaction.
"""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import CharField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from articles import deletion
from articles.admin.columns import linked
from zeeguu.base.ids import is_id

# Named on the page, and in the log one by one; of more there is the number.
NAMED = 20
LOGGED = 100


if TYPE_CHECKING:
    MixedIn = admin.ModelAdmin
else:
    MixedIn = object


class DeletesMany(MixedIn):
    """For a ModelAdmin whose rows, or what hangs on them, may be very many."""

    delete_selected_confirmation_template = "admin/delete_many.html"

    def goes_along(self, rows: QuerySet) -> dict[str, int]:
        """What else goes when these rows do: {name of many: number}."""
        return {}

    def in_the_way(self, rows: QuerySet) -> list[str]:
        """What keeps these rows from being deleted, as HTML."""
        return []

    def lacking(self, request: HttpRequest, counts: dict[str, int]) -> set[str]:
        """What goes along that the user may not delete."""
        return set()

    def delete_rows(self, rows: QuerySet) -> str:
        """Delete; return "", or what goes on in the background."""
        deletion.delete_rows(rows)
        return ""

    # --- what Django calls

    def get_actions(self, request):
        found = super().get_actions(request)
        if "delete_selected" in found:
            _, name, description = found["delete_selected"]
            found[name] = (type(self).delete_selected, name, description)
        return found

    def delete_view(self, request, object_id, extra_context=None):
        # Not in one transaction, as Django's: batches end their locks.
        return self._delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs, request):
        rows = self._rows(objs)
        along = {name: n for name, n in self.goes_along(rows).items() if n}
        number = rows.count()
        # Two queries: with a list's joins and columns the database would sort all rows.
        first = list(rows.values_list("pk", flat=True)[:NAMED])
        shown = self.model._default_manager.filter(pk__in=first).order_by("pk")
        named = [linked(row) for row in shown]
        if number > NAMED:
            named.append(f"… and {number - NAMED:,} more")
        counts = {self.opts.verbose_name_plural: f"{number:,}"}
        counts |= {name: f"{n:,}" for name, n in along.items()}
        return named, counts, self.lacking(request, along), self.in_the_way(rows)

    def delete_model(self, request, obj):
        request.goes_on = self.delete_rows(self._rows([obj]))

    def delete_queryset(self, request, queryset):
        request.goes_on = self.delete_rows(queryset)

    def log_deletions(self, request, queryset):
        rows = self._rows(queryset)
        number = rows.count()
        if number <= LOGGED:
            return super().log_deletions(request, queryset)
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=get_content_type_for_model(self.model),
            object_repr=f"{number:,} {self.opts.verbose_name_plural}",
            action_flag=DELETION,
        )

    def response_delete(self, request, obj_display, obj_id):
        if not request.goes_on:
            return super().response_delete(request, obj_display, obj_id)
        self.message_user(request, request.goes_on)
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return redirect(f"{self.admin_site.name}:{name}")

    def delete_selected(self, request, queryset) -> HttpResponse | None:
        """The action: Django's page first, then what it does, in batches.

        Of a selection across pages that page sends the last id instead of all: what
        has come since then was not counted.
        """
        rows = queryset
        if up_to := request.POST.get("up_to"):
            if not (is_id(up_to) or isinstance(self.model._meta.pk, CharField)):
                raise BadRequest(f"up_to={up_to!r}: no id")
            rows = rows.filter(pk__lte=up_to)
        if request.POST.get("post"):
            *_, lacking, protected = self.get_deleted_objects(rows, request)
            if lacking:
                raise PermissionDenied
            if not protected:
                return self._delete_selected(request, rows)
        return self._ask(request, rows)

    def _ask(self, request, rows):
        response = actions.delete_selected(self, request, rows)
        if request.POST.get("select_across") == "1":
            newest = rows.order_by("-pk").values_list("pk", flat=True).first()
            response.context_data["up_to"] = newest
            response.context_data["queryset"] = rows.filter(pk=newest)
        return response

    def _delete_selected(self, request, rows):
        number = rows.count()
        if number:
            self.log_deletions(request, rows)
            self.delete_queryset(request, rows)
            what = f"{number:,} {model_ngettext(self.opts, number)}"
            message = request.goes_on or f"Successfully deleted {what}."
            self.message_user(request, message, messages.SUCCESS)

    def _rows(self, objs: QuerySet | list[Model]) -> QuerySet:
        if isinstance(objs, QuerySet):
            return objs.order_by("pk")
        rows = self.model._default_manager.order_by("pk")
        return rows.filter(pk__in=[obj.pk for obj in objs])
