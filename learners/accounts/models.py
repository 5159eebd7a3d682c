"""How somebody is known again: sessions, and the codes that mails bring."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.collation import EXACT

LONGEST_DEVICE = 200


class Session(models.Model):
    """A browser, or a program with a token, in which somebody is signed in.

    Known by the hash of its text, which is stored nowhere. A browser's that nobody has
    signed in with yet has no user.
    """

    class Kind(models.TextChoices):
        BROWSER = "browser"
        API = "api"

    # SHA-256 in hexadecimal of 128 random bits or more: nothing to guess, no salt.
    digest = models.CharField(max_length=64, unique=True, db_collation=EXACT)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.API)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions"
    )
    # What Django keeps in a browser's, signed.
    data = models.TextField(blank=True)
    device = models.CharField(
        max_length=LONGEST_DEVICE, blank=True, help_text="What it calls itself."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Within the hour, see accounts.sessions.
    seen_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        # For the daily removal of those that have expired.
        indexes = [models.Index(fields=["expires_at"], name="session_by_end")]

    def __str__(self) -> str:
        return f"{self.kind} session of {self.user}, made {self.made}"

    @property
    def made(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class Code(models.Model):
    """What a mail brings to be typed in, known by its hash, for one use and few tries.

    There is one too where an address is nobody's: asking and trying cost the same.
    """

    class Purpose(models.TextChoices):
        CONFIRM = "confirm"
        RESET = "reset"

    purpose = models.CharField(max_length=7, choices=Purpose)
    # An account's uuid for CONFIRM, an address for RESET.
    whose = models.CharField(max_length=254, db_collation=EXACT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="codes"
    )
    digest = models.CharField(max_length=64, db_collation=EXACT)
    tries_left = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "whose"], name="one_code")
        ]
        # For the daily removal of those that have expired.
        indexes = [models.Index(fields=["expires_at"], name="code_by_end")]

    def __str__(self) -> str:
        return f"code to {self.purpose}"
