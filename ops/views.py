"""The state of the connections, for staff and for programs that watch."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAdminUser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from ops import metrics, pool_page
from ops.database.status import status
from ops.gunicorn import workers
from zeeguu.base.api import JSONRenderer


class Monitor(AnonymousUser):
    """Who sends HEALTH_TOKEN: no account, so it is known without a database."""

    # Literals to the stubs, of which only their value is false.
    is_authenticated = is_staff = is_active = True  # type: ignore[assignment]
    username = "monitor"  # type: ignore[assignment]


class HealthTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <HEALTH_TOKEN>``"""

    def authenticate(self, request: Request) -> tuple[Monitor, None] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer" or not settings.HEALTH_TOKEN:
            return None
        is_right = constant_time_compare(token.strip(), settings.HEALTH_TOKEN)
        return (Monitor(), None) if is_right else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PoolPageRenderer(BaseRenderer):
    media_type = "text/html"
    format = "html"
    charset = "utf-8"
    tells_errors = True

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Any = None,
    ) -> str:
        request = renderer_context["request"]._request
        response = renderer_context["response"]
        if response.exception:
            name = "403.html" if response.status_code == 403 else "400.html"
            return render_to_string(name, {"message": data["detail"]})
        context = {
            **admin.site.each_context(request),
            "title": "Database connections",
            "figures": pool_page.figures(data),
            "sections": pool_page.sections(data, data["workers"]),
            "is_pooled": data["is_pooled"],
        }
        return render_to_string("ops/pool.html", context, request)


class OpenMetricsRenderer(BaseRenderer):
    media_type = "application/openmetrics-text"
    format = "openmetrics"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Any = None,
    ) -> bytes:
        is_error = renderer_context["response"].exception
        return b"# EOF\n" if is_error else metrics.render(data)


class PoolView(APIView):
    """Connections of all processes of this host, and of the database server."""

    authentication_classes = [
        HealthTokenAuthentication,
        *cast(Any, api_settings.DEFAULT_AUTHENTICATION_CLASSES),  # classes by now
    ]
    permission_classes = [IsAdminUser]
    renderer_classes = [JSONRenderer, PoolPageRenderer, OpenMetricsRenderer]
    http_method_names = ["get", "head"]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        facts = {**status(), "workers": workers.read(settings.RUN_DIR)}
        is_text = request.accepted_renderer.format == OpenMetricsRenderer.format
        return Response(
            facts,
            headers={"Cache-Control": "no-store"},
            content_type=metrics.CONTENT_TYPE if is_text else None,
        )

    def handle_exception(self, exc: Exception) -> Any:
        renderer = getattr(self.request, "accepted_renderer", None)
        is_page = isinstance(renderer, PoolPageRenderer)
        if isinstance(exc, NotAuthenticated) and is_page:
            return redirect_to_login(self.request.get_full_path(), "/admin/login/")
        return super().handle_exception(exc)
