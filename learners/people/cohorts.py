"""Classes: made by a teacher, joined by a code.

Members see what a class is called and who teaches it; its teacher sees how members call
themselves. Of words, texts and progress nobody sees what was not shared.
"""

import secrets
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from articles.models import count_of
from learners.models import User
from learners.people import profiles
from learners.people.models import Cohort, Membership
from zeeguu.base.connections import again_after_deadlock

# Without letters and digits that are mistaken for each other.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10
MOST_TAUGHT, MOST_JOINED, MOST_MEMBERS = 20, 50, 500


class Refused(Exception):
    """What can't be, in words for who asked for it."""


def taught_by(user: User) -> QuerySet[Cohort]:
    """The classes of a teacher, each with its number of ``members``."""
    members = count_of(Membership.objects.all(), "cohort")
    rows = Cohort.objects.filter(teacher=user).select_related("teacher")
    return rows.annotate(members=members)


def joined_by(user: User) -> QuerySet[Membership]:
    """The memberships of a learner, each with its class and the teacher."""
    return Membership.objects.filter(learner=user).select_related("cohort__teacher")


def members_of(cohort: Cohort) -> QuerySet[Membership]:
    """With the learners, those who joined first before others."""
    return Membership.objects.filter(cohort=cohort).select_related("learner")


def find(code: str) -> Cohort | None:
    """The class that has a code, in any case and with blanks around it."""
    return Cohort.objects.filter(code=code.strip().upper()).first()


@again_after_deadlock
@transaction.atomic
def create(teacher: User, name: str, language: str | None = None) -> Cohort:
    """Make a class; raises Refused for who has too many, or no address."""
    if teacher.email is None:
        raise Refused("An account without an e-mail address can't teach a class.")
    profiles.locked(teacher)  # so that two at once are counted
    if Cohort.objects.filter(teacher=teacher).count() >= MOST_TAUGHT:
        raise Refused(f"Nobody teaches more than {MOST_TAUGHT} classes.")
    return Cohort.objects.create(
        teacher=teacher, name=name, language_id=language, code=new_code()
    )


def new_code() -> str:
    """What nobody guesses: one of 8 × 10^14."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def change(cohort: Cohort, facts: dict[str, Any], with_new_code: bool = False) -> None:
    """Set fields; a new code keeps out who has the old one and is no member yet."""
    if with_new_code:
        facts = {**facts, "code": new_code()}
    for name, value in facts.items():
        setattr(cohort, name, value)
    cohort.save(update_fields=facts)


@again_after_deadlock
@transaction.atomic
def join(user: User, code: str) -> Membership:
    """Be a member of the class with a code; who is one stays it.

    Raises Refused where no class has it, or one of the two has enough of the other.
    """
    profiles.locked(user)
    found = find(code)
    cohort = found and Cohort.objects.select_for_update().filter(pk=found.pk).first()
    if not cohort:
        raise Refused("No class has this code; ask the teacher.")
    if cohort.teacher_id == user.pk:
        raise Refused("You teach this class.")
    mine = joined_by(user)
    if membership := mine.filter(cohort=cohort).first():
        return membership
    if mine.count() >= MOST_JOINED:
        raise Refused(f"Nobody is in more than {MOST_JOINED} classes.")
    if members_of(cohort).count() >= MOST_MEMBERS:
        raise Refused(f"The class is full: it has {MOST_MEMBERS} members.")
    Membership.objects.create(cohort=cohort, learner=user)
    return mine.get(cohort=cohort)


@again_after_deadlock
@transaction.atomic
def end(memberships: QuerySet[Membership]) -> bool:
    """End memberships, with what their learners shared; return whether there were any.

    Texts that a member has shared with the class are shared with it no longer.
    """
    found = list(memberships.select_related("cohort"))
    for membership in found:
        shared = membership.cohort.texts.through.objects.filter(
            cohort=membership.cohort_id, text__learner=membership.learner_id
        )
        shared.delete()
    Membership.objects.filter(pk__in=[one.pk for one in found]).delete()
    return bool(found)
