"""A password that is forgotten, or changed."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from learners.accounts import codes, mails
from learners.accounts.joining import WrongCode
from learners.models import Session, User
from zeeguu.base.connections import again_after_deadlock, release


def forgotten(email: str) -> None:
    """Mail a code to an address that has an account.

    One that has none costs as much: a code that nobody gets.
    """
    email = email.lower()
    user = User.objects.filter(email=email, is_active=True).first()
    text = codes.make(codes.Purpose.RESET, email, user, email)
    if user:
        mails.send("reset", email, code=text)


def reset(email: str, text: str, password: str) -> None:
    """Set a new password by a mailed code; all sessions end.

    Raises WrongCode, and ValidationError for a password that is too weak.
    """
    email = email.lower()
    release()
    # Before the code is used up; and as for an address that is nobody's.
    validate_password(password, User(email=email))
    code = codes.use(codes.Purpose.RESET, email, email, text)
    # Whoever reads the mails of an address that it had before must not get in.
    if code is None or code.user is None or code.user.email != email:
        raise WrongCode
    change(code.user, password)


def change(user: User, password: str, kept: Session | None = None) -> None:
    """Set a new password; all sessions but the kept one end, and codes for another.

    Raises ValidationError for a password that is too weak.
    """
    release()
    validate_password(password, user)
    _set(user, make_password(password), kept)


@again_after_deadlock
@transaction.atomic
def _set(user: User, password: str, kept: Session | None) -> None:
    User.objects.filter(pk=user.pk).update(password=password)
    others = Session.objects.filter(user=user)
    others = others.exclude(pk=kept.pk) if kept else others
    others.delete()
    codes.end_resets(user)
    user.password = password
