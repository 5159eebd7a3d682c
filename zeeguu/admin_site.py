"""The admin's site: an address that asks for what no database knows is no error."""

import logging
from collections.abc import Callable
from functools import wraps

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.views.main import ERROR_FLAG
from django.db import DataError, ProgrammingError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

logger = logging.getLogger(__name__)

# Raised where a query is made or answered: for a year 99999, a number of 30 digits, a
# text for a duration, nan.
UNANSWERABLE = (ArithmeticError, AttributeError, TypeError, ValueError)
UNANSWERABLE += (DataError, ProgrammingError)


class Site(admin.AdminSite):
    """Shows the list instead where its filters, in the address, can't be answered.

    Django's lists do so for filters that they can't read (``?e=1``), but some fail only
    when the query is made; its ticket 37357 tells of years.
    """

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        @wraps(view)
        def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except UNANSWERABLE:
                if request.method != "GET" or not _has_filters(request):
                    raise
                logger.exception("%s was not answered", request.get_full_path())
                return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

        return super().admin_view(checked, cacheable)


def _has_filters(request: HttpRequest) -> bool:
    return bool(request.GET) and ERROR_FLAG not in request.GET


class SiteConfig(AdminConfig):
    """In INSTALLED_APPS in place of ``django.contrib.admin``."""

    default_site = "zeeguu.admin_site.Site"
