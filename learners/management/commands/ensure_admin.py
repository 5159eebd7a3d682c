import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from learners.models import User
from zeeguu.base.commands import BaseCommand


class Command(BaseCommand):
    writes_result = True
    help = (
        "Create an administrator if there is none yet, and print the password once."
        " Exit codes: 0 there is one, 1 the address can't be used, 2 not started."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default="admin@example.com")

    def handle(self, *, email: str, **options: Any) -> str | None:
        try:
            validate_email(email)
        except ValidationError as exc:
            raise CommandError(f"{email!r} is not an e-mail address") from exc
        if User.objects.filter(is_superuser=True).exists():
            return None if self.is_quiet else "There is an administrator already."
        if User.objects.filter(email=email.lower()).exists():
            raise CommandError(
                f"{email} has an account that is no administrator's;"
                " choose another address with --email"
            )
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser(email, password)
        return f"Administrator {email}, password {password} (shown only this once)"
