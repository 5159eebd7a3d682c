"""Bodies of requests: none is larger than what a form or a call may need."""

from contextlib import suppress

from django.conf import settings
from django.http import UnreadablePostError

from zeeguu import problems

CHUNK_BYTES = 65_536
# Ten times what is allowed: a program's mistake, and no load.
MOST_DRAINED_BYTES = 10 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class SizeMiddleware:
    """Answers 413 where more is announced than DATA_UPLOAD_MAX_MEMORY_SIZE.

    Django itself says 400 to a form, and Django REST framework reads anything. Nobody
    uploads files here.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if announced(request) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return self.get_response(request)
        drain(request)
        return problems.too_large(request)


def announced(request):
    """The body's size in bytes; of one that comes in chunks Django reads nothing."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def drain(request):
    """Read what is sent, up to a limit: who is cut off while sending sees no answer."""
    with suppress(UnreadablePostError):
        for _ in range(0, MOST_DRAINED_BYTES, CHUNK_BYTES):
            if not request.read(CHUNK_BYTES):
                return
