"""The API's tokens: made at signing in, kept as hashes, ended by time or at will."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.settings import knox_settings
from rest_framework.exceptions import AuthenticationFailed

from learners.models import ApiToken, User


def issue(user: User) -> tuple[ApiToken, str]:
    """A new token of a user, and its text, which is stored nowhere.

    All that have expired go, and the user's oldest beyond the limit.
    """
    ApiToken.objects.filter(expiry__lte=timezone.now()).delete()
    token, text = ApiToken.objects.create(user)
    own = ApiToken.objects.filter(user=user)
    newest = own.order_by("-created").values_list("pk", flat=True)
    # A list: MySQL takes no limit within a subquery.
    kept = {token.pk, *newest[: knox_settings.TOKEN_LIMIT_PER_USER]}
    own.exclude(pk__in=kept).delete()
    return token, text


class TokenAuthentication(KnoxAuthentication):
    """``Authorization: Token <token>``, in one query, which changes nothing."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        try:
            user, known = super().authenticate_credentials(token)
        except UnicodeDecodeError as exc:
            raise AuthenticationFailed("Invalid token.") from exc
        return user, known

    def _cleanup_token(self, auth_token: ApiToken) -> bool:
        """Whether it has expired; knox asks for all others of its user and deletes."""
        return auth_token.expiry is not None and auth_token.expiry <= timezone.now()


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's schema describes it."""

    target_class = TokenAuthentication
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return build_bearer_security_scheme_object("Authorization", "Token")
