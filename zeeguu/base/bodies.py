"""Bodies of requests: none is larger than what a form or a call may need."""

import io
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zeeguu.base import errors

PIECE_BYTES = 65_536
# Ten times what is allowed: a program's mistake, and no load.
MOST_DRAINED_BYTES = 10 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
# Who sends nothing for so long, or not all in so long, is not waited for.
DRAIN_SILENCE_S, DRAIN_S = 2, 15


class Readable(Protocol):
    """A body, as far as it is read here."""

    def read(self, size: int, /) -> bytes: ...


class Timed(Protocol):
    """A socket, as far as it is one here."""

    def gettimeout(self) -> float | None: ...

    def settimeout(self, value: float | None, /) -> None: ...


class WholeBodies:
    """The WSGI application, which reads a body's rest before its answer goes out.

    Many an answer is ready before the body was read: without a valid token, at an
    address that is not there, when the database is away. gunicorn closes a connection
    with much unread, and a proxy or client that still sends then sees no answer, or
    loses the next one's.

    Only of servers that end the body where the request ends, as gunicorn does.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        if not environ.get("wsgi.input_terminated"):
            return self.application(environ, start_response)
        body = environ["wsgi.input"]
        if environ.pop("HTTP_TRANSFER_ENCODING", ""):
            collect(environ)
        answer = self.application(environ, start_response)
        if announced(environ) <= MOST_DRAINED_BYTES:
            drain(body, environ.get("gunicorn.socket"))
        return answer


class SizeMiddleware:
    """Answers 413 where more is announced than DATA_UPLOAD_MAX_MEMORY_SIZE.

    Django itself says 400 to a form, and Django REST framework reads anything. Nobody
    uploads files here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if announced(request.META) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return errors.too_large(request)
        return self.get_response(request)


def announced(environ: Mapping[str, Any]) -> int:
    """The body's size in bytes; that of one in chunks is known once it is collected."""
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def collect(environ: WSGIEnvironment) -> None:
    """Read a body that comes in chunks: of such a one Django would read nothing."""
    # One byte more tells that it is too large.
    body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body)


def drain(body: Readable, socket: Timed | None = None) -> None:
    """Read what is sent, up to limits: who is cut off while sending sees no answer."""
    end = time.monotonic() + DRAIN_S
    before = socket.gettimeout() if socket else None
    with suppress(OSError):
        if socket:
            socket.settimeout(DRAIN_SILENCE_S)
        for _ in range(0, MOST_DRAINED_BYTES, PIECE_BYTES):
            if not body.read(PIECE_BYTES) or time.monotonic() > end:
                break
    with suppress(OSError):
        if socket:
            socket.settimeout(before)
