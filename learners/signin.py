"""Sign in by e-mail: the API's token for writing calls."""

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView


class CredentialsSerializer(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(write_only=True, trim_whitespace=False)


class SignInSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send as: Authorization: Token <token>")


class SignInThrottle(AnonRateThrottle):
    scope = "signin"


class SignInView(APIView):
    """Exchange e-mail and password for a token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (SignInThrottle,)

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
