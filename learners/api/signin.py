"""Sign in by e-mail: the API's token for writing calls, and who tries too often."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from learners.accounts import sessions
from learners.api.tokens import TokenAuthentication
from learners.backends import TooManyTries
from learners.models import Session
from zeeguu.base import errors
from zeeguu.base.refusals import NamesRefused
from zeeguu.base.serializers import Serializer

WRONG = {"detail": "E-mail or password is wrong."}


class TooManyTriesMiddleware:
    """Answers 429 for Django's own views, as DRF does for those of the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, TooManyTries):
            return None
        page = errors.template("429.html", 429, wait_s=exception.wait)
        response = errors.error(request, 429, "throttled", str(exception.detail), page)
        response["Retry-After"] = str(exception.wait)
        response["Cache-Control"] = "no-store"
        return response


class CredentialsSerializer(Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, min_length=1
    )


class SignInSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send as: Authorization: Token <token>")
    expiry = serializers.DateTimeField(help_text="Until when it opens anything.")


class SignInView(NamesRefused, APIView):
    """A token: made for e-mail and password, and revoked."""

    # Only who revokes a token has to send one; for signing in even a bad one will do.

    def get_authenticators(self) -> list[Any]:
        return [TokenAuthentication()] if self._is_revoking() else []

    def get_permissions(self) -> Sequence[Any]:
        return [IsAuthenticated() if self._is_revoking() else AllowAny()]

    def _is_revoking(self) -> bool:
        return self.request is not None and self.request.method == "DELETE"

    @extend_schema(
        summary="Sign in",
        auth=[],
        request=CredentialsSerializer,
        responses={200: SignInSerializer},
    )
    def post(self, request: Request) -> Response:
        """Exchange e-mail and password for a token; 429 after too many tries."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = authenticate(request, **credentials.validated_data)
        if user is None:
            # The same words for an unknown address: nobody learns who has an account.
            raise ValidationError(WRONG)
        try:
            session, text = sessions.begin(user, request.headers.get("User-Agent", ""))
        except sessions.PasswordChanged as exc:
            raise ValidationError(WRONG) from exc
        answer = SignInSerializer({"token": text, "expiry": session.expires_at})
        return Response(answer.data, headers={"Cache-Control": "no-store"})

    @extend_schema(summary="Sign out", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Revoke the token that is sent."""
        request.auth.delete()
        return Response(status=204)


class AllTokensView(NamesRefused, APIView):
    """All tokens of whoever sends one."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(summary="Sign out everywhere", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Revoke all tokens of one's own, that which is sent too."""
        user: Any = request.user  # nobody else gets here
        user.sessions.filter(kind=Session.Kind.API).delete()
        return Response(status=204)
