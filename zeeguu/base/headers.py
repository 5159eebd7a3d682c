"""Headers of every answer: what a browser may load and do on our pages."""

from collections.abc import Callable

from csp.constants import NONE, SELF
from django.http import HttpRequest, HttpResponse

# Nothing here asks for any of them, so nothing that slipped in may.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "camera",
        "display-capture",
        "geolocation",
        "microphone",
        "payment",
        "usb",
    )
)


def content_policy(is_https: bool) -> dict:
    """Directives for django-csp: our own files alone, and nothing inline or evaluated.

    Images are the exception: an article's is on its publisher's server, and nobody
    knows which that is. Where we are read over HTTPS, so are they. ``data:`` is for the
    signs in the style sheets of /api/docs/.
    """
    return {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        # http: stands for both.
        "img-src": [SELF, "data:", "https:" if is_https else "http:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "upgrade-insecure-requests": is_https,
    }


class PermissionsMiddleware:
    """Sets Permissions-Policy; django-csp and Django itself set the other headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class HeadMiddleware:
    """Answers HEAD with the headers of GET, its Content-Length too, and no body.

    Django leaves the body to servers, and gunicorn warns of each that it drops.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming:
            response.content = b""
        return response
