"""No connection is held while something slow is done."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

# The one name for "the database failed": what all of Django's errors of databases have
# in common. DatabaseError is not that: InterfaceError is none.
DatabaseFailed = Error
# MariaDB's and MySQL's number for: two waited for each other, and this one gave way.
DEADLOCK = 1213
TRIES = 6
# Twice as long before each try, and by chance, so that the same two don't meet again.
PAUSE_S = 0.01


Given = ParamSpec("Given")
Made = TypeVar("Made")


def again_after_deadlock(work: Callable[Given, Made]) -> Callable[Given, Made]:
    """Decorates what is a transaction of its own: whoever gave way does it again."""

    @wraps(work)
    def tried(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        for number in range(TRIES - 1):
            try:
                return work(*args, **kwargs)
            except DatabaseFailed as exc:
                # Of a larger transaction all is lost, not only this.
                if exc.args[:1] != (DEADLOCK,) or connection.in_atomic_block:
                    raise
            time.sleep(random.uniform(0, PAUSE_S * 2**number))  # noqa: S311
        return work(*args, **kwargs)

    return tried


def release() -> None:
    """Give this thread's connection back; the next query borrows one again.

    In a transaction nothing happens: it would be lost.
    """
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def releasing(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """Close at the end what was opened for it: not every thread's end is a request's.

    django-health-check's threads, for example, are closed by nobody.
    """
    was_closed = connection.connection is None
    try:
        yield connection
    finally:
        if was_closed:
            connection.close()


class ReleaseMiddleware:
    """Gives the connection back before an answer is sent, to a slow reader perhaps.

    Django does it afterwards. One that its thread keeps, as with SQLite, stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_kept = connection.settings_dict["CONN_MAX_AGE"]
        if not response.streaming and not is_kept:
            release()
        return response
