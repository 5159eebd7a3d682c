"""Sessions of all faces: found by their text, listed and ended by their owner."""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.text import clean
from learners.accounts.models import LONGEST_DEVICE, Session
from learners.models import User
from zeeguu.base.connections import DatabaseFailed, again_after_deadlock
from zeeguu.base.statements import Slot, Statement

logger = logging.getLogger(__name__)

# Reading is no reason to write: so exact is "last seen".
SEEN_EVERY = timedelta(hours=1)
OF_SESSION = [
    one.attname for one in Session._meta.concrete_fields if one.name != "data"
]
OF_USER = [one.attname for one in User._meta.concrete_fields]


class PasswordChanged(Exception):
    """The password that somebody has signed in by is not the account's any more."""


def digest_of(text: str) -> str:
    """By what a session is known; text is its key or token."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def begin(user: User, device: str = "") -> tuple[Session, str]:
    """Sign a program in: its session and the token, which is stored nowhere.

    The oldest beyond SESSIONS_PER_USER go. Raises PasswordChanged.
    """
    text = secrets.token_urlsafe(32)
    expires_at = timezone.now() + settings.SESSION_AGE
    session = Session(
        digest=digest_of(text), user=user, device=named(device), expires_at=expires_at
    )
    _hand_over(session, user)
    _end_oldest(user, Session.Kind.API)
    return session, text


def hand_over(key: str, user: User) -> None:
    """Let a browser's session be a user's, who signs in; raises PasswordChanged."""
    session = Session.objects.get(digest=digest_of(key))
    session.user = user
    _hand_over(session, user)
    _end_oldest(user, Session.Kind.BROWSER)


@again_after_deadlock
@transaction.atomic
def _hand_over(session: Session, user: User) -> None:
    # A new password ends all sessions; this one must not come right after that.
    same = User.objects.select_for_update().filter(pk=user.pk, password=user.password)
    if not same.exists():
        raise PasswordChanged
    session.save()


def _end_oldest(user: User, kind: Session.Kind) -> None:
    own = Session.objects.filter(user=user, kind=kind)
    surplus = own.values_list("pk", flat=True)[settings.SESSIONS_PER_USER :]
    if pks := list(surplus):
        Session.objects.filter(pk__in=pks).delete()


def find(text: str) -> Session | None:
    """The session of a token, with its user; nobody's, expired or ended: None.

    One query. Whoever serves a call by it tells ``seen``.
    """
    rows = _live_of_digest().rows(digest=digest_of(text), now=timezone.now())
    return _session(rows[0]) if rows else None


@cache
def _live_of_digest() -> Statement:
    """All but the data, which is a browser's; each call of the API asks it."""
    sessions = Session.objects.filter(
        digest=Slot("digest"),
        kind=Session.Kind.API,
        expires_at__gt=Slot("now"),
        user__is_active=True,
    )
    of_user = [f"user__{name}" for name in OF_USER]
    return Statement(sessions.values_list(*OF_SESSION, *of_user))


def _session(row: tuple) -> Session:
    own, of_user = row[: len(OF_SESSION)], row[len(OF_SESSION) :]
    session = Session.from_db(DEFAULT_DB_ALIAS, OF_SESSION, own)
    session.user = User.from_db(DEFAULT_DB_ALIAS, OF_USER, of_user)
    return session


def live() -> QuerySet[Session]:
    """Those that have not expired."""
    return Session.objects.select_related("user").filter(expires_at__gt=timezone.now())


def seen(session: Session) -> None:
    """Note that it is in use, at most once an hour: it ends later. Never fails."""
    now = timezone.now()
    if is_seen(session.seen_at, now):
        return
    try:
        # Of requests at the same time one writes.
        unseen = Session.objects.filter(pk=session.pk, seen_at=session.seen_at)
        unseen.update(seen_at=now, expires_at=now + settings.SESSION_AGE)
    except DatabaseFailed as exc:
        logger.warning("When session %s was seen is not noted: %s", session.pk, exc)


def is_seen(seen_at: datetime, now: datetime) -> bool:
    """Whether nothing need be written."""
    return now - seen_at < SEEN_EVERY


def of(user: User) -> QuerySet[Session]:
    """Those in which somebody is signed in, the newest first."""
    return live().filter(user=user)


def named(device: str) -> str:
    """What a browser calls itself, as it is stored."""
    return clean(device)[:LONGEST_DEVICE]


def prune() -> int:
    """Remove what has expired, of everybody; how many."""
    return Session.objects.filter(expires_at__lte=timezone.now()).delete()[0]
