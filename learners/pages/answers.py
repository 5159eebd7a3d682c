"""Pages for everybody, or for one reader alone.

Who sends no cookie of a session is nobody: nothing is asked of the database, and the
page is the same for all of them, so that it doesn't vary by cookies.
"""

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from learners.models import User

PRIVATE = "private, no-store"


def reader_of(request: HttpRequest) -> User | None:
    """Who is signed in, or None."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if request.user.is_authenticated else None


def who(request: HttpRequest) -> User:
    """Who is signed in, where nobody else gets to."""
    return cast(User, request.user)


def page(
    request: HttpRequest,
    template: str,
    facts: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page, with its ``reader``; nobody keeps one of somebody who is signed in."""
    reader = reader_of(request)
    told = {**(facts or {}), "reader": reader}
    response = render(request, template, told, status=status)
    if reader:
        response["Cache-Control"] = PRIVATE
    return response
