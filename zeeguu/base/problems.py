"""Errors of the API as problem details. Source: RFC 9457."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import csrf, defaults
from rest_framework import views

from zeeguu.base.api import JSONRenderer

PROBLEM = "application/problem+json"
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "An error as RFC 9457 has it, problem details for HTTP APIs.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What kind of error."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and with what."},
        "errors": {"type": "object", "description": "Messages by parameter or field."},
    },
    "required": ["type", "title", "status", "detail"],
}


def problem_response(exc, context):
    """DRF's exception handler: the same statuses, as problem details."""
    response = views.exception_handler(exc, context)
    if response is None:
        return None
    title = getattr(exc, "default_code", "") or "not_found"
    response.data = problem(
        response.status_code, title.replace("_", " "), response.data
    )
    request = context["request"]
    renderer = getattr(request, "accepted_renderer", None)
    is_page = renderer is not None and (
        renderer.format == "api" or getattr(renderer, "tells_errors", False)
    )
    if not is_page:
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
        response.content_type = PROBLEM
    return response


def problem(status, title, data):
    body = {"type": "about:blank", "title": title, "status": status}
    is_one = isinstance(data, dict) and set(data) == {"detail"}
    # A field may have this name too; its messages are a list.
    if is_one and isinstance(data["detail"], str):
        return {**body, "detail": str(data["detail"])}
    if isinstance(data, list):
        data = {"request": data}
    detail = "; ".join(f"{name}: {_first(messages)}" for name, messages in data.items())
    return {**body, "detail": detail, "errors": data}


def _first(messages):
    return messages[0] if isinstance(messages, list) and messages else messages


def is_api(request):
    return request.path.startswith("/api/")


def not_found(request, exception):
    if is_api(request):
        return _problem_page(404, "not found", f"Nothing is at {request.path}")
    return defaults.page_not_found(request, exception)


def bad_request(request, exception):
    if is_api(request):
        return _problem_page(400, "bad request", "The request can't be understood.")
    return defaults.bad_request(request, exception)


def csrf_failure(request, reason=""):
    if is_api(request):
        return _problem_page(403, "permission denied", f"CSRF: {reason}")
    return csrf.csrf_failure(request, reason)


def too_large(request):
    if is_api(request):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        detail = f"A body may have {most} bytes at most."
        return _problem_page(413, "content too large", detail)
    return HttpResponse(render_to_string("413.html"), status=413)


def server_error(request):
    if is_api(request):
        return _problem_page(500, "server error", "Something broke; it is logged.")
    return defaults.server_error(request)


def _problem_page(status, title, detail):
    body = problem(status, title, {"detail": detail})
    return JsonResponse(body, status=status, content_type=PROBLEM)
