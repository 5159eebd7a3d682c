"""What all API views share: JSON, errors, permissions and pages."""

import orjson
from django.core.exceptions import ValidationError as BadPosition
from django.http import JsonResponse
from django.utils.functional import Promise
from django.views import defaults
from rest_framework import pagination, permissions, renderers, views
from rest_framework.exceptions import NotFound, ValidationError

PROBLEM = "application/problem+json"


class JSONRenderer(renderers.BaseRenderer):
    """JSON by orjson, which splices ``orjson.Fragment`` into the answer unparsed."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        # The browsable pages ask for an indented answer.
        indent = "indent" in (accepted_media_type or "")
        option = orjson.OPT_UTC_Z | (orjson.OPT_INDENT_2 if indent else 0)
        return orjson.dumps(data, default=_to_json, option=option)


def _to_json(value):
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")


class ReadOnlyOrStaff(permissions.BasePermission):
    """Everybody reads, staff writes."""

    def has_permission(self, request, view):
        reading = request.method in permissions.SAFE_METHODS
        return reading or bool(request.user and request.user.is_staff)


class CursorPages(pagination.CursorPagination):
    """Pages by position: page 1,000 costs what page 1 does, and new rows move no other.

    A cursor holds the values of all columns of ``ordering``, one or two, the last of
    them unique. DRF's own has the first column and counts rows of the same value, so
    that articles of the same time come twice or never when others arrive.
    """

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("-pk",)

    def paginate_queryset(self, queryset, request, view=None):
        self.request, self.base_url = request, request.build_absolute_uri()
        self.page_size = self.get_page_size(request)
        try:
            return self._paginate(queryset, self.decode_cursor(request))
        except (NotFound, BadPosition, ValueError, OverflowError):
            message = "not a cursor of this list; follow the next and previous links"
            raise ValidationError({self.cursor_query_param: [message]}) from None

    def _paginate(self, queryset, cursor):
        columns, backwards = self.ordering, bool(cursor and cursor.reverse)
        if backwards:
            columns = [_opposite(column) for column in columns]
        if cursor:
            queryset = _behind(queryset, columns, cursor.position)
        rows = list(queryset.order_by(*columns)[: self.page_size + 1])
        more, rows = len(rows) > self.page_size, rows[: self.page_size]
        self.page = rows[::-1] if backwards else rows
        self.has_next = bool(cursor) if backwards else more
        self.has_previous = more if backwards else bool(cursor)
        self.display_page_controls = self.has_next or self.has_previous
        return self.page

    def get_next_link(self):
        return self._link(self.page[-1], False) if self.page and self.has_next else None

    def get_previous_link(self):
        first = self.page[0] if self.page and self.has_previous else None
        return self._link(first, True) if first else None

    def _link(self, row, reverse):
        columns = [column.lstrip("-") for column in self.ordering]
        if isinstance(row, dict):
            values = [row["id" if name == "pk" else name] for name in columns]
        else:
            values = [getattr(row, name) for name in columns]
        position = ",".join(map(str, values))
        return self.encode_cursor(pagination.Cursor(0, reverse, position))

    def get_page_size(self, request):
        value = request.query_params.get(self.page_size_query_param)
        if value is None:
            return self.page_size
        is_number = value.isascii() and value.isdigit() and len(value) < 10
        if not is_number or not 0 < int(value) <= self.max_page_size:
            raise ValidationError(
                {"page_size": [f"{value!r}: use 1 to {self.max_page_size}"]}
            )
        return int(value)


def _opposite(column):
    return column[1:] if column.startswith("-") else f"-{column}"


def _behind(queryset, columns, position):
    """Rows that come after a cursor's position; raises ValueError, BadPosition."""
    names = [column.lstrip("-") for column in columns]
    at = dict(zip(names, (position or "").split(","), strict=True))
    step = "lt" if columns[0].startswith("-") else "gt"
    if len(names) == 1:
        return queryset.filter(**{f"{names[0]}__{step}": at[names[0]]})
    # Not one OR: an index can walk from a plain limit.
    first, last = names
    rows = queryset.filter(**{f"{first}__{step}e": at[first]})
    not_yet = "gte" if step == "lt" else "lte"
    return rows.exclude(**{first: at[first], f"{last}__{not_yet}": at[last]})


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


def document_problems(result, generator, request, public):
    """Schema hook: every operation may answer with a problem."""
    result["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    answer = {"description": "An error", "content": {PROBLEM: schema}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = answer
    return result


def problem_response(exc, context):
    """DRF's exception handler: the same statuses, as problem details."""
    response = views.exception_handler(exc, context)
    if response is None:
        return None
    title = getattr(exc, "default_code", "") or "not_found"
    response.data = problem(
        response.status_code, title.replace("_", " "), response.data
    )
    renderer = getattr(context["request"], "accepted_renderer", None)
    if renderer is None or renderer.format == "json":
        response.content_type = PROBLEM  # browsers get a page
    return response


def problem(status, title, data):
    body = {"type": "about:blank", "title": title, "status": status}
    if isinstance(data, dict) and set(data) == {"detail"}:
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


def server_error(request):
    if is_api(request):
        return _problem_page(500, "server error", "Something broke; it is logged.")
    return defaults.server_error(request)


def _problem_page(status, title, detail):
    body = problem(status, title, {"detail": detail})
    return JsonResponse(body, status=status, content_type=PROBLEM)
