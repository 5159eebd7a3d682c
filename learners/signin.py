"""Sign in by e-mail: the API's token for writing calls, and who tries too often."""

from collections.abc import Callable

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from learners.backends import TooManyTries


class TooManyTriesMiddleware:
    """Answers 429 for pages, as Django REST framework does for the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, TooManyTries):
            return None
        page = render_to_string("429.html", {"wait_s": exception.wait})
        headers = {"Retry-After": str(exception.wait), "Cache-Control": "no-store"}
        return HttpResponse(page, status=429, headers=headers)


class CredentialsSerializer(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(write_only=True, trim_whitespace=False)


class SignInSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send as: Authorization: Token <token>")


class SignInView(APIView):
    """Exchange e-mail and password for a token; 429 after too many tries."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=CredentialsSerializer, responses=SignInSerializer)
    def post(self, request):
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = authenticate(request, **credentials.validated_data)
        if user is None:
            # The same words for an unknown address: nobody learns who has an account.
            raise ValidationError({"detail": "E-mail or password is wrong."})
        token, _ = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})
