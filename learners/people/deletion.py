"""How accounts go: closed at once, then row by row, and last the account itself.

Whoever is interrupted leaves a closed account, which the daily clean-up goes on with.
"""

from collections import Counter
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from articles import deletion
from learners.models import User
from learners.people.owned import tables
from zeeguu.base.connections import again_after_deadlock

# Who deletes an account now is done by then, or was killed.
LONGEST = timedelta(hours=1)
# Calls that were under way when the account was closed may add a row or two.
TRIES = 5


def delete(user: User) -> dict[str, int]:
    """Delete an account and all that is its own; {name of model: rows}.

    No article goes, and of others only their membership of a class that is deleted.
    """
    rows = close(user)
    return dict(rows + _finish(user.pk))


@again_after_deadlock
@transaction.atomic
def close(user: User) -> Counter[str]:
    """Let nobody in any more, and forget who it was; return the sessions ended."""
    ended, _ = user.sessions.all().delete()
    user.is_active = user.is_staff = user.is_superuser = False
    user.email, user.pending_email, user.name = None, "", ""
    user.leaving_at = timezone.now()
    user.set_unusable_password()
    user.save()
    return Counter({"session": ended})


def finish() -> None:
    """Go on with what somebody has begun and was interrupted at."""
    begun = User.objects.filter(leaving_at__lt=timezone.now() - LONGEST)
    for pk in list(begun.values_list("pk", flat=True)):
        _finish(pk)


def _finish(pk: int) -> Counter[str]:
    rows: Counter[str] = Counter()
    for tried in range(TRIES):
        for table in tables():
            number = deletion.delete_rows(table.rows(pk))
            rows[table.model._meta.model_name or ""] += number
        try:
            return +rows + _delete_account(pk)
        except IntegrityError:
            if tried == TRIES - 1:
                raise
    raise AssertionError("not reached")


@again_after_deadlock
@transaction.atomic
def _delete_account(pk: int) -> Counter[str]:
    _, rows = User.objects.filter(pk=pk).delete()
    return Counter({name.rpartition(".")[2].lower(): rows[name] for name in rows})
