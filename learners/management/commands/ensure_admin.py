import secrets

from django.core.management.base import BaseCommand, CommandError

from learners.models import User


class Command(BaseCommand):
    help = (
        "Create an administrator if there is none yet, and print the password once."
        " Exit codes: 0 there is one, 1 the address is taken."
    )

    def add_arguments(self, parser):
        parser.add_argument("--email", default="admin@example.com")

    def handle(self, *, email, **options):
        if User.objects.filter(is_superuser=True).exists():
            return "There is an administrator already."
        if User.objects.filter(email=email.lower()).exists():
            raise CommandError(
                f"{email} has an account that is no administrator's;"
                " choose another address with --email"
            )
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser(email, password)
        return f"Administrator {email}, password {password} (shown only this once)"
