"""The admin of accounts, who sign in by e-mail, and of their sessions."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

import learners.dictionaries.admin  # noqa: F401  # registers its own
import learners.dictionaries.providers.admin  # noqa: F401
import learners.people.admin  # noqa: F401
import learners.readings.admin  # noqa: F401
from articles.admin.deleting import DeletesMany
from learners.models import Session, User
from learners.people import deletion
from learners.people.personal import (
    LearnerRowsAdmin,
    PersonalMixin,
    found_accounts,
    may_see,
)
from zeeguu.base.large_lists import LargeListMixin
from zeeguu.base.wording import counted

# Accounts whose rows are deleted while somebody waits.
GONE_AT_ONCE = 10


class UserAddForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class UserAdmin(PersonalMixin, DeletesMany, LargeListMixin, DjangoUserAdmin):
    """Accounts; who they are is for those alone who may see personal data."""

    add_form = UserAddForm
    list_display = ("__str__", "email", "name", "is_staff", "is_active", "date_joined")
    personal = ("email", "pending_email", "name", "password", "uuid")
    search_fields = ("email", "name")
    search_help_text = "An account's number, or a part of its address or name"
    ordering = ("-pk",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (
            "Permissions",
            {
                "fields": (
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                )
            },
        ),
        ("Dates", {"fields": readonly_fields}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "password1", "password2")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found = super().get_fieldsets(request, obj)
        seen = [
            (name, {**facts, "fields": self._seen(request, facts["fields"])})
            for name, facts in found
        ]
        return [(name, facts) for name, facts in seen if facts["fields"]]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        accounts = found_accounts(search_term, request)
        if accounts and "@" not in search_term:
            return queryset.filter(accounts), False
        if search_term and not may_see(request):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # An address that is refused is one that somebody has.
        return super().has_add_permission(request) and may_see(request)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        if not may_see(request):  # its title is the address
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def delete_rows(self, rows: QuerySet) -> str:
        """Close the accounts; many of them, and their rows, go with the clean-up."""
        users = list(rows)
        delete = deletion.delete if len(users) <= GONE_AT_ONCE else deletion.close
        for user in users:
            delete(user)
        number = counted(len(users), "account")
        return "" if delete is deletion.delete else f"Closed {number}; they go later."


@admin.register(Session)
class SessionAdmin(LearnerRowsAdmin):
    """Who is signed in until when; to delete it is to sign out."""

    owner = "user"
    list_display = ("user", "kind", "created_at", "seen_at", "expires_at", "is_valid")
    list_display_links = ("user", "created_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    personal = ("digest", "data")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user", "kind", "device", "created_at", "seen_at", "expires_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).defer("data").exclude(user=None)

    @admin.display(boolean=True, description="valid")
    def is_valid(self, session: Session) -> bool:
        return bool(session.user and session.user.is_active) and (
            session.expires_at > timezone.now()
        )
