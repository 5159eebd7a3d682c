"""Codes that mails bring: for one account or address, one purpose and one use."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from learners.accounts.models import Code
from learners.models import User
from zeeguu.base.connections import again_after_deadlock

Purpose = Code.Purpose

# None that look alike. 39 bits, of which somebody gets TRIES to guess.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
TRIES = 5
LIFETIMES = {Purpose.CONFIRM: timedelta(days=1), Purpose.RESET: timedelta(hours=1)}


@again_after_deadlock
def make(purpose: Purpose, whose: str, user: User | None, email: str) -> str:
    """A new code, whose text is stored nowhere; the one of before opens nothing more.

    email is where the mail goes. Without a user it is as good as one, and for nobody.
    """
    text = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    facts = {
        "user": user,
        "digest": _digest(purpose, whose, email, text),
        "tries_left": TRIES,
        "expires_at": timezone.now() + LIFETIMES[purpose],
    }
    Code.objects.update_or_create(purpose=purpose, whose=whose, defaults=facts)
    return text


@again_after_deadlock
@transaction.atomic
def use(purpose: Purpose, whose: str, email: str, text: str) -> Code | None:
    """The code that somebody typed in, which is used up by that; a wrong one: None."""
    live = Code.objects.filter(expires_at__gt=timezone.now(), tries_left__gt=0)
    # Of two calls at the same time the second waits, and finds it used.
    code = live.select_for_update().filter(purpose=purpose, whose=whose).first()
    if code is None:
        return None
    if not constant_time_compare(code.digest, _digest(purpose, whose, email, text)):
        code.tries_left -= 1
        code.save(update_fields=["tries_left"])
        return None
    code.delete()
    return code


def end_resets(user: User) -> None:
    """Codes for a new password that were mailed before open nothing more."""
    user.codes.filter(purpose=Purpose.RESET).delete()


def prune() -> int:
    """Remove what has expired, of everybody; how many."""
    return Code.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _digest(purpose: Purpose, whose: str, email: str, text: str) -> str:
    """Not of the text alone: all there are can be tried within minutes.

    Who has the database has not the secret.
    """
    typed = text.upper().replace("-", "").replace(" ", "")
    parts = "\0".join((purpose, whose, email, typed))
    secret = settings.SECRET_KEY
    return salted_hmac(__name__, parts, secret, algorithm="sha256").hexdigest()
