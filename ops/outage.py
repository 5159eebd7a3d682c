"""503 with Retry-After where the database can't be used: JSON, or a page for people.

Nobody is told that something broke, or that they must sign in. The middleware answers
for views, without a report to whoever is told of bugs, and handler500 for the rest.
"""

import logging
import sys
from collections.abc import Callable
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response

from ops.database.errors import is_outage
from zeeguu.base import errors, faces

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 2


class OutageMiddleware:
    """Answers for views that an outage of the database has stopped."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        return unavailable(request, exception) if is_outage(exception) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: the same where it was not a view that was stopped."""
    exception = sys.exception()
    if isinstance(exception, Exception) and is_outage(exception):
        return unavailable(request, exception)
    return errors.server_error(request)


def unavailable(request: HttpRequest, exception: Exception) -> HttpResponse:
    wait_s = max(1, ceil(getattr(exception, "retry_after_s", RETRY_AFTER_S)))
    face = faces.of(request)
    if face.has_pages and accepts_html(request):
        response = errors.template("503.html", 503)()
    else:
        detail = f"The database can't be used just now; try again in {wait_s} s."
        response = errors.for_programs(face, 503, "service unavailable", detail)
    response["Retry-After"] = str(wait_s)
    response["Cache-Control"] = "no-store"
    # Instead of Django's own line: there is one for each request, so no traceback.
    log_response(
        "Unavailable: %s: %s",
        request.path,
        str(exception),  # texts have their line ends escaped
        response=response,
        request=request,
        logger=logger,
        level="warning",
    )
    return response


def accepts_html(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")
