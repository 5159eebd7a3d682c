"""Bodies of calls about accounts, and what they answer."""

from typing import Any

from rest_framework import serializers

from learners.api.signin import SignInSerializer
from learners.models import Session
from zeeguu.base.serializers import Serializer


class PasswordField(serializers.CharField):
    """Blanks belong to a password; longer ones would only be work."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(
            trim_whitespace=False, write_only=True, max_length=1000, **facts
        )


class EmailField(serializers.EmailField):
    def __init__(self, **facts: Any) -> None:
        super().__init__(max_length=254, **facts)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class InviteSerializer(Serializer):
    invite = serializers.CharField(
        max_length=50, default="", help_text="Code of a class, which is joined by it."
    )


class SignUpSerializer(InviteSerializer):
    email = EmailField()
    password = PasswordField()


class UpgradeSerializer(Serializer):
    email = EmailField()
    password = PasswordField()


class EmailSerializer(Serializer):
    email = EmailField()


class MailedCodeSerializer(Serializer):
    code = serializers.CharField(max_length=20)


class ResetSerializer(MailedCodeSerializer):
    email = EmailField()
    password = PasswordField()


class ChangeSerializer(Serializer):
    old_password = PasswordField()
    password = PasswordField()


class AccountSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField(allow_null=True)
    is_confirmed = serializers.BooleanField(help_text="A mailed code was typed in.")
    has_password = serializers.BooleanField()
    name = serializers.CharField()
    joined_at = serializers.DateTimeField()


class NewAccountSerializer(SignInSerializer):
    account = AccountSerializer()


class SessionSerializer(serializers.ModelSerializer):
    is_this = serializers.SerializerMethodField(help_text="The one that asks.")

    class Meta:
        model = Session
        fields = (
            "id",
            "kind",
            "device",
            "created_at",
            "seen_at",
            "expires_at",
            "is_this",
        )

    def get_is_this(self, session: Session) -> bool:
        return bool(session.pk == self.context["this"])
