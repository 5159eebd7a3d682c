"""Django's sessions of browsers in our own table: keys hashed, each with its user.

``SESSION_ENGINE`` names this module.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from learners.accounts import sessions
from learners.accounts.models import Session
from learners.models import User

# Under which the data has it, so that it comes along when the key is changed.
DEVICE = "device"


class SessionStore(SessionBase):
    """Reads and writes one row; its key is in the browser's cookie alone."""

    def load(self) -> dict[str, Any]:
        row = self._row()
        if row is None:
            self._session_key = None  # it must not be chosen by a browser
            return {}
        sessions.seen(row)
        return self.decode(row.data)

    def _row(self) -> Session | None:
        live = Session.objects.filter(expires_at__gt=timezone.now())
        browsers = live.filter(kind=Session.Kind.BROWSER)
        return browsers.filter(digest=self._digest()).first()

    def _digest(self) -> str:
        return sessions.digest_of(self._get_or_create_session_key())  # type: ignore[attr-defined]

    def exists(self, session_key: str) -> bool:
        digest = sessions.digest_of(session_key)
        return Session.objects.filter(digest=digest).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data: dict = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        facts = {
            "data": self.encode(data),
            "expires_at": timezone.now() + settings.SESSION_AGE,
            "user_id": data.get(SESSION_KEY),
            "device": data.get(DEVICE, ""),
        }
        if must_create:
            self._insert(facts)
        elif not Session.objects.filter(digest=self._digest()).update(**facts):
            raise UpdateError

    def _insert(self, facts: dict[str, Any]) -> None:
        row = Session(digest=self._digest(), kind=Session.Kind.BROWSER, **facts)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as exc:
            raise CreateError from exc

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(digest=sessions.digest_of(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        sessions.prune()


@receiver(user_logged_in)
def hand_over(request: HttpRequest, user: User, **facts: Any) -> None:
    """The session is the user's from now on; not only once the answer is sent."""
    if request.session.session_key is None:
        request.session.create()
    request.session[DEVICE] = sessions.named(request.headers.get("User-Agent", ""))
    try:
        sessions.hand_over(str(request.session.session_key), user)
    except sessions.PasswordChanged as exc:
        request.session.flush()
        raise PermissionDenied("The password has changed meanwhile.") from exc
