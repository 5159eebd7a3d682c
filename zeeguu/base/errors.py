"""What is answered when something is wrong: for each address what its face speaks."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import csrf, defaults
from rest_framework import views
from rest_framework.response import Response

from zeeguu.base import faces
from zeeguu.base.api import JSONRenderer

Page = Callable[[], HttpResponse]


def exception_response(exc: Exception, context: dict) -> Response | None:
    """DRF's exception handler: the same statuses, in the shape of the address's face.

    None for what is no error of the request's.
    """
    response = views.exception_handler(exc, context)
    if response is None:
        return None
    title = getattr(exc, "default_code", "") or "not_found"
    request = context["request"]
    shape = faces.of(request).shape
    response.data = shape.body(
        response.status_code, title.replace("_", " "), response.data
    )
    renderer = getattr(request, "accepted_renderer", None)
    is_page = renderer is not None and (
        renderer.format == "api" or getattr(renderer, "tells_errors", False)
    )
    if not is_page:
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
        response.content_type = shape.content_type
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    page = partial(defaults.page_not_found, request, exception)
    return error(request, 404, "not found", f"Nothing is at {request.path}", page)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    page = partial(defaults.bad_request, request, exception)
    return error(request, 400, "bad request", "The request can't be understood.", page)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    page = partial(defaults.permission_denied, request, exception)
    return error(request, 403, "permission denied", "Not for this account.", page)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    page = partial(csrf.csrf_failure, request, reason)
    return error(request, 403, "permission denied", f"CSRF: {reason}", page)


def too_large(request: HttpRequest) -> HttpResponse:
    detail = f"A body may have {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes at most."
    return error(request, 413, "content too large", detail, template("413.html", 413))


def server_error(request: HttpRequest) -> HttpResponse:
    page = partial(defaults.server_error, request)
    detail = "Something broke; it is logged."
    return error(request, 500, "server error", detail, page)


def error(
    request: HttpRequest, status: int, title: str, detail: str, page: Page
) -> HttpResponse:
    """An error for who asked: the page for people, where the address has pages."""
    face = faces.of(request)
    return page() if face.has_pages else for_programs(face, status, title, detail)


def for_programs(
    face: faces.Face, status: int, title: str, detail: str
) -> HttpResponse:
    body = face.shape.body(status, title, {"detail": detail})
    content_type = face.shape.content_type
    return JsonResponse(body, status=status, content_type=content_type)


def template(name: str, status: int, **context: object) -> Page:
    """A page for people that needs nothing of the request."""
    return lambda: HttpResponse(render_to_string(name, context), status=status)
