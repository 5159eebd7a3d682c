"""The admin of accounts, who sign in by e-mail, and of their sessions."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

import learners.dictionaries.admin  # noqa: F401  # registers its own
import learners.dictionaries.providers.admin  # noqa: F401
import learners.readings.admin  # noqa: F401
from learners.models import Session, User


class UserAddForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    add_form = UserAddForm
    list_display = ("email", "name", "is_staff", "is_active", "date_joined")
    search_fields = ("email", "name")
    ordering = ("email",)
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


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    """Who is signed in until when; to delete it is to sign out."""

    list_display = ("user", "kind", "created_at", "seen_at", "expires_at", "is_valid")
    list_display_links = ("user", "created_at")
    list_filter = ("kind", "created_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = readonly_fields = (
        "user",
        "kind",
        "device",
        "created_at",
        "seen_at",
        "expires_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).defer("data").exclude(user=None)

    @admin.display(boolean=True, description="valid")
    def is_valid(self, session: Session) -> bool:
        return bool(session.user and session.user.is_active) and (
            session.expires_at > timezone.now()
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
