"""The admin of accounts, who sign in by e-mail, and of tokens."""

from typing import Any

import knox.admin
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.http import HttpRequest
from django.utils import timezone

import learners.dictionaries.admin  # noqa: F401  # registers its own
import learners.dictionaries.providers.admin  # noqa: F401
import learners.readings.admin  # noqa: F401
from learners.models import ApiToken, User

# It lists hashes and makes tokens for others.
admin.site.unregister(knox.admin.models.AuthToken)


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


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Who has a token until when; to delete it is to revoke it."""

    list_display = ("user", "created", "expiry", "is_valid")
    list_display_links = ("user", "created")
    list_filter = ("created", "expiry")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = readonly_fields = ("user", "created", "expiry")

    @admin.display(boolean=True, description="valid")
    def is_valid(self, token: ApiToken) -> bool:
        expired = token.expiry is not None and token.expiry <= timezone.now()
        return token.user.is_active and not expired

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
