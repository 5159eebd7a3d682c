"""Who reads: accounts that sign in by e-mail."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from articles.collation import EXACT
from learners.accounts.models import Code, Session
from learners.bookmarks.models import Bookmark
from learners.dictionaries.models import Dictionary, Entry, Report
from learners.dictionaries.providers.models import ProviderAnswer
from learners.knowledge.models import Knowledge
from learners.people.models import Cohort, LearnedLanguage, Membership, Profile
from learners.practice.models import PracticeCard, Review
from learners.readings.models import Activity, Reading, Sitting
from learners.texts.models import Text
from zeeguu.base.connections import release

__all__ = [
    "Activity",
    "Bookmark",
    "Code",
    "Cohort",
    "Dictionary",
    "Entry",
    "Knowledge",
    "LearnedLanguage",
    "Membership",
    "PracticeCard",
    "Profile",
    "ProviderAnswer",
    "Reading",
    "Report",
    "Review",
    "Session",
    "Sitting",
    "Text",
    "User",
    "UserManager",
]


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **facts: Any
    ) -> "User":
        """Create an account; raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=email.lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **facts: Any
    ) -> "User":
        facts = {"is_staff": True, "is_superuser": True, **facts}
        return self.create_user(email, password, **facts)

    def get_by_natural_key(self, email: str | None) -> "User":
        """The user with this very address: some collations find others alike too."""
        email = (email or "").lower()
        user = super().get_by_natural_key(email)
        if user.email != email:
            raise self.model.DoesNotExist(f"nobody has the address {email}")
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account, known by an address; who only tries it has none yet."""

    # Known to others by it.
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        unique=True, null=True, blank=True, db_collation=EXACT, verbose_name="e-mail"
    )
    # What was given at signing up, of which nobody knows yet whose it is.
    pending_email = models.EmailField(
        blank=True, db_index=True, db_collation=EXACT, editable=False
    )
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField(default=False, help_text="May use the admin.")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    # Since when it is closed to be deleted, see people.deletion.
    leaving_at = models.DateTimeField(null=True, editable=False, db_index=True)

    # Django's own.
    _password: str | None
    sessions: Any

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["email"]
        permissions = [("view_personal_data", "Can see who learners are, and texts")]

    def __str__(self) -> str:
        # Never who it is: the admin shows this to all staff, and keeps it.
        return f"account {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password ends all sessions, and codes for another one.

        So does the end of an account.
        """
        is_new_password = self._password is not None and not self._state.adding
        if not is_new_password and self.is_active:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.sessions.all().delete()
            self.codes.filter(purpose=Code.Purpose.RESET).delete()

    # Hashing is slow on purpose, so no connection is held meanwhile; nor for an address
    # that nobody has, for which Django sets a password in order to take as long.

    def check_password(self, raw_password: str | None) -> bool:
        release()
        return super().check_password(raw_password)

    def set_password(self, raw_password: str | None) -> None:
        release()
        super().set_password(raw_password)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower() if self.email else None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Not of the password, whose change ends sessions: who signs up keeps his."""
        salt = "learners.models.User.get_session_auth_hash"
        return salted_hmac(salt, self.uuid.hex, secret, algorithm="sha256").hexdigest()
