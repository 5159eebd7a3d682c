"""Admin pages of learners' rows: who they are, and words and texts, only for who may.

Without the permission rows are known by numbers: columns, fields, filters and searches
of what is personal are not there, and no row's name (``__str__``) tells any of it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BinaryField, Q, QuerySet
from django.http import HttpRequest

from articles.admin.deleting import DeletesMany
from learners.models import User
from zeeguu.base.ids import is_id
from zeeguu.base.large_lists import LargeListMixin

PERMISSION = "learners.view_personal_data"

if TYPE_CHECKING:
    MixedIn = admin.ModelAdmin
else:
    MixedIn = object


def may_see(request: HttpRequest) -> bool:
    return bool(request.user.has_perm(PERMISSION))


class PersonalMixin(MixedIn):
    """For a ModelAdmin whose fields ``personal`` are hidden without the permission."""

    personal: Sequence[str] = ()

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._seen(request, super().get_list_display(request))

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        if self._is_personal(lookup) and not (request and may_see(request)):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def _is_personal(self, lookup: str) -> bool:
        """Of a foreign key queries know two names."""
        name = lookup.split("__")[0]
        try:
            return self.opts.get_field(name).name in self.personal
        except FieldDoesNotExist:
            return name in self.personal

    def _seen(self, request: HttpRequest, names: Sequence[Any]) -> list[Any]:
        is_all = may_see(request)
        return [name for name in names if is_all or name not in self.personal]


def found_accounts(asked: str, request: HttpRequest) -> Q | None:
    """Which accounts a search means: a number's, or for who may see it an address's."""
    asked = asked.strip().lstrip("#")
    if is_id(asked):
        return Q(pk=int(asked))
    return Q(email=asked.lower()) if may_see(request) and "@" in asked else None


class LearnerRowsAdmin(PersonalMixin, DeletesMany, LargeListMixin, admin.ModelAdmin):
    """Rows of learners, the newest first: to look at, and to delete; never to change.

    ``owner`` is the field that names the account. Searched is the account, exactly:
    nothing else has an index.
    """

    owner = "learner"
    search_fields = ("pk",)  # Django shows no field to search without; see below
    search_help_text = "The number of an account, or its e-mail address"
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        packed = [
            field.name
            for field in self.opts.concrete_fields
            if isinstance(field, BinaryField)
        ]
        return super().get_queryset(request).defer(*packed)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if not search_term:
            return queryset, False
        accounts = found_accounts(search_term, request)
        # One query of its own, so that the index of the owners is used whatever sorts.
        found = accounts and User.objects.filter(accounts).values_list("pk", flat=True)
        return queryset.filter(**{f"{self.owner}__in": list(found or ())}), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [
            field.name
            for field in self.opts.concrete_fields
            if not isinstance(field, BinaryField)
        ]
        return self._seen(request, fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
