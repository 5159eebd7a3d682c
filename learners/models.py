"""Who reads: accounts that sign in by e-mail."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.utils import timezone
from knox.models import AuthToken

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
    "ApiToken",
    "Bookmark",
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
        if user.email.lower() != email:
            raise self.model.DoesNotExist(f"nobody has the address {email}")
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account, known by an e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField(default=False, help_text="May use the admin.")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    # Django's own, and that of knox.
    _password: str | None
    auth_token_set: Any

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password ends all tokens, and so does the end of an account."""
        is_new_password = self._password is not None and not self._state.adding
        if not is_new_password and self.is_active:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.auth_token_set.all().delete()

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
        self.email = self.email.lower()


class ApiToken(AuthToken):
    """A token of the API: its hash, and to find that its first 15 characters of 64."""

    class Meta:
        proxy = True
        ordering = ["-created"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"token of {self.user}, made {self.created:%Y-%m-%d %H:%M}"
