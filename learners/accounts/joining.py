"""How an account begins: by an address and a password, or with neither.

An address is an account's once a code that was mailed there is typed in; until then it
is pending. So signing up does the same whether an address has an account or not: there
is a new account, which is signed in, and only the mail differs. Several accounts may
wait for one address; the first to confirm it has it, by the constraint.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from learners.accounts import codes, mails
from learners.models import Session, User
from learners.people import cohorts, deletion
from learners.people.cohorts import Refused
from zeeguu.base.connections import again_after_deadlock, release


class HasAddress(Exception):
    """The account has a confirmed address already."""


class WrongCode(Exception):
    """It is another one, was used, has expired, or was tried too often."""

    def __str__(self) -> str:
        return "This code is wrong or has expired; ask for another one."


class Taken(Exception):
    """Another account has confirmed the address meanwhile."""


def sign_up(email: str, password: str, invite: str = "") -> User:
    """A new account that waits for its address, which gets a mail.

    Raises Refused for an invite that is none, or missing where one is needed, and
    ValidationError for a password that is too weak.
    """
    _require_invite(invite)
    user = User(pending_email=email.lower(), password=_hashed(password, email))
    _begin(user, invite)
    ask_to_confirm(user)
    return user


def anonymous(invite: str = "") -> User:
    """A new account without address and password; raises Refused."""
    _require_invite(invite)
    user = User()
    user.set_unusable_password()
    _begin(user, invite)
    return user


def upgrade(user: User, email: str, password: str) -> None:
    """Give an account a password, and an address once it is confirmed.

    It stays the same row and signed in. Until it is confirmed the address may be
    changed so, by whoever has the password: a session alone must not take the account
    over. Raises HasAddress, and ValidationError as sign_up.
    """
    if user.email:
        raise HasAddress
    if user.has_usable_password() and not user.check_password(password):
        raise ValidationError("It is not that of the account.")
    facts = {"pending_email": email.lower(), "password": _hashed(password, email)}
    # Both at once: of two calls at the same time one has its way, and wholly.
    same = User.objects.filter(pk=user.pk, email=None, password=user.password)
    if not same.update(**facts):
        raise HasAddress
    user.pending_email, user.password = facts["pending_email"], facts["password"]
    ask_to_confirm(user)


def ask_to_confirm(user: User) -> None:
    """Mail a code to the address that an account waits for, or that it is taken."""
    email = user.pending_email
    if not email:
        raise HasAddress
    is_taken = User.objects.filter(email=email).exists()
    text = codes.make(codes.Purpose.CONFIRM, str(user.uuid), user, email)
    if is_taken:
        mails.send("taken", email)
    else:
        mails.send("confirm", email, code=text)


def confirm(user: User, text: str) -> None:
    """The address is the account's from now on; raises WrongCode and Taken.

    Of an account that waits for none nothing is asked: it was confirmed before.
    """
    email = user.pending_email
    if user.email and not email:
        return
    if not codes.use(codes.Purpose.CONFIRM, str(user.uuid), email, text):
        raise WrongCode
    try:
        _have(user, email)
    except IntegrityError as exc:
        raise Taken from exc
    user.email, user.pending_email = email, ""


@again_after_deadlock
@transaction.atomic
def _have(user: User, email: str) -> None:
    waiting = User.objects.filter(pk=user.pk, pending_email=email)
    if not waiting.update(email=email, pending_email=""):
        raise WrongCode  # another address was given meanwhile


def _require_invite(invite: str) -> None:
    """Before anything that costs; who joins by it is asked again."""
    is_needed = bool(invite) or settings.SIGN_UP == "invite"
    if is_needed and not cohorts.find(invite):
        raise Refused("No class has this code; ask the teacher.")


def _hashed(password: str, email: str) -> str:
    """Raises ValidationError for a weak one; no connection is held meanwhile."""
    release()
    validate_password(password, User(email=email))
    return make_password(password)


@again_after_deadlock
@transaction.atomic
def _begin(user: User, invite: str) -> None:
    user.save(force_insert=True)
    if invite:
        cohorts.join(user, invite)


def facts(user: User) -> dict[str, Any]:
    """What an account tells of itself: the same whether its address is taken or not."""
    return {
        "id": user.uuid,
        "email": user.email or user.pending_email or None,
        "is_confirmed": bool(user.email),
        "has_password": user.has_usable_password(),
        "name": user.name,
        "joined_at": user.date_joined,
    }


def prune() -> int:
    """Delete accounts that nobody can get into any more; how many.

    They have no address, none is pending, and their last session has ended.
    """
    signed_in = Session.objects.filter(user=OuterRef("pk"))
    lost = User.objects.filter(
        ~Exists(signed_in),
        email=None,
        pending_email="",
        is_staff=False,
        # Whose first session is being made.
        date_joined__lt=timezone.now() - settings.SESSION_AGE,
    )
    number = 0
    for user in list(lost):
        deletion.delete(user)
        number += 1
    return number
