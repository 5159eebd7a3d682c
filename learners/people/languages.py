"""The languages that somebody learns; one of them is active, unless there is none.

Words, bookmarks and cards of a language stay when it is left.
"""

from django.db import transaction

from learners.models import User
from learners.people import profiles
from learners.people.models import LearnedLanguage, Profile
from zeeguu.base.connections import again_after_deadlock


def learned_by(user: User) -> list[LearnedLanguage]:
    """In the order in which they were begun, each with its Language; one query."""
    rows = LearnedLanguage.objects.filter(learner=user)
    return list(rows.select_related("language"))


@again_after_deadlock
@transaction.atomic
def learn(user: User, code: str, level: str = "") -> bool:
    """Learn a language, or say another level of it; return whether it is new.

    The first becomes the active one. The code is one of a Language that can be read.
    """
    profile = profiles.locked(user)
    mine = LearnedLanguage.objects.filter(learner=user, language=code)
    is_new = not mine.exists()
    if is_new:
        LearnedLanguage.objects.create(learner=user, language_id=code, level=level)
    else:
        mine.update(level=level)
    if profile.active_id is None:
        _activate(user, code)
    return is_new


@again_after_deadlock
@transaction.atomic
def leave(user: User, code: str) -> bool:
    """Learn a language no longer; return whether it was learned.

    If it was active, the one that was begun last is that.
    """
    profile = profiles.locked(user)
    mine = LearnedLanguage.objects.filter(learner=user)
    number, _ = mine.filter(language=code).delete()
    if profile.active_id == code:
        last = mine.order_by("since", "pk").last()
        _activate(user, last.language_id if last else None)
    return bool(number)


def _activate(user: User, code: str | None) -> None:
    Profile.objects.filter(pk=user.pk).update(active=code)
