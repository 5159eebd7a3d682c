"""Which other origins' pages may read an answer."""

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest

from zeeguu.base.faces import Origins, of


class OriginsMiddleware(CorsMiddleware):
    """django-cors-headers, which asks an address's face."""

    def is_enabled(self, request: HttpRequest) -> bool:
        return of(request).origins is not Origins.NONE

    def check_signal(self, request: HttpRequest) -> bool:
        # Whether an origin may read that CORS_ALLOWED_ORIGINS doesn't list.
        return of(request).origins is Origins.ALL
