"""Who somebody is, by e-mail and password; tried too often, nobody is told."""

import ipaddress
import logging
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from learners import rates
from learners.models import User
from learners.tries import Tries

logger = logging.getLogger(__name__)

FILE = "sign-in.sqlite3"
# What one home or office has at hand in IPv6, and much more.
IPV6_PREFIX = 64


class TooManyTries(Throttled):
    """Somebody has to wait before the next try; ``wait`` says how many seconds."""

    wait: int  # of DRF's


class ThrottledBackend(ModelBackend):
    """Django's own, for the admin and the API alike, which counts before it looks.

    A call without a request is our own: nobody is out there who guesses.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: str,
    ) -> User | None:
        name = credentials.get(User.USERNAME_FIELD) if username is None else username
        if request is None or name is None or password is None:
            return super().authenticate(request, name, password)
        count_try(request, name)
        user = super().authenticate(request, name, password)
        user = user or self._waiting(name.lower(), password)
        # One that waits for a name says nothing about who has it: whoever made it would
        # be spared that account's limit, and take its owner's place.
        if user and user.email:
            address, account = address_of(request), name.lower()
            _counted(lambda tries: tries.succeeded(address, account))
        return user

    def _waiting(self, email: str, password: str) -> User | None:
        """The newest account that waits for this address, if the password is its own.

        So who signs up can sign in before a mail has come, and nobody can tell by that
        whether an address has an account. Takes as long where there is none.
        """
        waiting = User.objects.filter(pending_email=email).order_by("-pk").first()
        if waiting is None:
            User().set_password(password)
            return None
        is_right = waiting.check_password(password)
        return waiting if is_right and self.user_can_authenticate(waiting) else None


def is_password_of(request: HttpRequest, user: User, password: str) -> bool:
    """Whether it is, of somebody who is signed in; raises TooManyTries."""
    count_try(request, user.email or user.pending_email or str(user.uuid))
    return user.check_password(password)


def count_try(request: HttpRequest, name: str) -> None:
    """Count a try to get into an account; raises TooManyTries for one too many."""
    address, account = address_of(request), name.lower()
    wait_s = _counted(lambda tries: tries.enter(address, account))
    if wait_s:
        logger.warning("Too many tries to sign in, the last from %s", address)
        raise TooManyTries(max(1, wait_s))


def require_mail(email: str) -> None:
    """Raises Throttled; counted by the address that was typed, whoever has it."""
    rates.require("mails", email, settings.MAIL_RATE)


def require_sign_up(request: HttpRequest) -> None:
    """Raises Throttled; counted by where it comes from."""
    rates.require("sign-up", address_of(request), settings.SIGN_UP_RATE)


def address_of(request: HttpRequest) -> str:
    """Whom a request comes from, in front of our own proxies; of IPv6 the network."""
    # It reads META alone, which Django's requests have, too.
    text = BaseThrottle().get_ident(cast(Request, request)) or ""
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return repr(text)  # what a proxy says of those without
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False))


def _counted(count: Callable[[Tries], float | None]) -> float | None:
    return rates.counted(FILE, settings.SIGN_IN_RATE, count)
