"""A learner's preferences."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from learners.models import User
from learners.people.models import LearnedLanguage, Profile
from zeeguu.base.connections import again_after_deadlock


class NotLearned(Exception):
    """The language that is to be active is not one that the learner learns."""


def profile_of(user: User) -> Profile:
    """An account's preferences, in one query; who has no row yet gets one."""
    rows = Profile.objects.filter(pk=user.pk)
    if profile := rows.first():
        return profile
    # Two that ask at the same time make one row.
    Profile.objects.bulk_create([Profile(user=user)], ignore_conflicts=True)
    return rows.get()


def locked(user: User) -> Profile:
    """The same until the transaction's end: who changes the languages holds it."""
    profile_of(user)
    return Profile.objects.select_for_update().get(pk=user.pk)


@again_after_deadlock
@transaction.atomic
def change(user: User, facts: dict[str, Any]) -> Profile:
    """Set fields by their names, and leave the others as they are.

    Raises NotLearned where active is a language that the learner doesn't learn.
    """
    profile = locked(user)
    active = facts.get("active")
    learned = LearnedLanguage.objects.filter(learner=user, language=active)
    if active is not None and not learned.exists():
        raise NotLearned(active.code)
    for name, value in facts.items():
        setattr(profile, name, value)
    if facts:
        profile.save(update_fields=facts)
    return profile


def rename(user: User, name: str) -> None:
    """Be called otherwise; by teachers, too."""
    user.name = name
    user.save(update_fields=["name"])


def zone_of(profile: Profile) -> ZoneInfo:
    """The time zone that a learner's days are of; UTC for one that is no longer."""
    known = profile.time_zone in time_zones()
    return ZoneInfo(profile.time_zone if known else "UTC")


@cache
def time_zones() -> frozenset[str]:
    """The names there are: looking for them reads hundreds of files."""
    return frozenset(available_timezones())
