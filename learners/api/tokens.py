"""``Authorization: Token …``: a session of a program, which signed in by the API."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from learners.accounts import sessions
from learners.models import Session, User

SCHEME = "Token"


class TokenAuthentication(BaseAuthentication):
    """By one query; when it was seen is written once an hour."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        scheme, _, text = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        session = sessions.find(text.strip().decode("latin-1"))
        if session is None or session.user is None:
            raise AuthenticationFailed("Invalid token.")
        sessions.seen(session)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's schema describes it."""

    target_class = TokenAuthentication
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return build_bearer_security_scheme_object("Authorization", SCHEME)
