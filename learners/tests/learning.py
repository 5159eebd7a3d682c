"""Learners for tests, and who calls the API for them."""

from itertools import count

from rest_framework.test import APIClient

from learners.knowledge.store import State, change
from learners.models import Knowledge, LearnedLanguage, Profile, User

numbers = count(1)


def make_learner(language: str = "da", native: str = "en", **facts: object) -> User:
    """Somebody who learns a language; facts are those of the Profile."""
    user = User.objects.create_user(f"learner{next(numbers)}@example.com")
    Profile.objects.create(user=user, active_id=language, native_id=native, **facts)
    LearnedLanguage.objects.create(learner=user, language_id=language)
    return user


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def knows(user: User, lexemes: list[int], language: str = "da") -> Knowledge:
    """Have somebody know lexemes."""
    change(user.pk, language, {State.KNOWN: lexemes})
    return Knowledge.objects.get(learner=user, language=language)
