"""The admin's site: an address that asks for what no database knows is no error."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse

from ops.database.errors import is_outage
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.ids import is_id

logger = logging.getLogger(__name__)

# Raised where a query is made or answered: for a year 99999, a number of 30 digits, a
# text for a duration, nan, a range without its end, a pattern that is none.
UNANSWERABLE: tuple[type[Exception], ...] = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    DatabaseFailed,
)
View = TypeVar("View", bound=Callable[..., Any])
# Where a form names rows: those chosen in a list, and the last one to be deleted.
CHOICES = (ACTION_CHECKBOX_NAME, "up_to")


class Site(admin.AdminSite):
    """Shows the list instead where its filters, in the address, can't be answered.

    Django's lists do so for filters that they can't read (``?e=1``), but some fail only
    when the query is made; its ticket 37357 tells of years. The same goes for what an
    address gives a form to begin with, for numbers that are no ids, and for choices of
    rows that no list offers.
    """

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                response = view(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    # Here, since much is asked of the database only now.
                    response.render()
            except UNANSWERABLE as exc:
                if is_outage(exc) or not (asks_too_much(request) or names_none(kwargs)):
                    raise
                logger.warning("%s was not answered: %r", request.get_full_path(), exc)
            else:
                return response
            if names_none(kwargs):
                raise Http404
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

        return super().admin_view(cast(View, checked), cacheable)

    def password_change(
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> TemplateResponse:
        """Count tries of the old password as those of signing in; raises TooManyTries.

        For whoever comes by a session: the form alone would let all of them through.
        """
        if request.method == "POST":
            password = request.POST.get("old_password")
            email = getattr(request.user, "email", "")
            authenticate(request, username=email, password=password)
        return super().password_change(request, extra_context)


def asks_too_much(request: HttpRequest) -> bool:
    """Whether what the request asks for may be why it can't be answered."""
    is_filtered = bool(request.GET) and ERROR_FLAG not in request.GET
    if request.method in ("GET", "HEAD"):
        return is_filtered
    # An action on a list runs the filters in the list's address.
    if is_filtered and ACTION_CHECKBOX_NAME in request.POST:
        return True
    ids = [pk for name in CHOICES for pk in request.POST.getlist(name)]
    return not all(map(is_id, ids))


def names_none(path: dict[str, str]) -> bool:
    """Whether a number in the path is longer than any row's."""
    return any(str(part).isdigit() and not is_id(str(part)) for part in path.values())


class SiteConfig(AdminConfig):
    """In INSTALLED_APPS in place of ``django.contrib.admin``."""

    default_site = "zeeguu.admin_site.Site"
