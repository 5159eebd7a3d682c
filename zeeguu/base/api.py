"""What all API views share: JSON, permissions and pages.

Django REST framework's views import this module, so it must not import them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.core.exceptions import ValidationError as BadPosition
from django.db.models import QuerySet
from django.utils.functional import Promise
from rest_framework import negotiation, pagination, parsers, permissions, renderers
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.request import Request


class JSONRenderer(renderers.BaseRenderer):
    """JSON by orjson, which splices ``orjson.Fragment`` into the answer unparsed."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        # The browsable pages ask for an indented answer.
        indent = "indent" in (accepted_media_type or "")
        option = orjson.OPT_UTC_Z | (orjson.OPT_INDENT_2 if indent else 0)
        try:
            return orjson.dumps(data, default=_to_json, option=option)
        except orjson.JSONEncodeError:
            return orjson.dumps(_in_unicode(data), default=_to_json, option=option)


def _in_unicode(data: Any) -> Any:
    """The same with U+FFFD where a text has half of a character (a lone surrogate).

    JSON may have such, and answers name what they refuse.
    """
    if isinstance(data, str):
        return data.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(data, Mapping):
        return {_in_unicode(name): _in_unicode(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_in_unicode(one) for one in data]
    return data


class PageRenderer(renderers.BrowsableAPIRenderer):
    """DRF's pages without what they write inline, see rest_framework/api.html."""

    def get_context(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(*args, **kwargs)
        # Its button has a style of its own; our template has one without.
        return {
            **context,
            "code_style": None,
            "extra_actions": None,
            "actions": context["extra_actions"],
            "filter_form": None,
            "filters": context["filter_form"],
        }


def _to_json(value: object) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")


class JSONParser(parsers.JSONParser):
    """Refuses JSON that is nested too deep, as it does all other broken JSON.

    JSON is UTF-8, whatever charset a header says (RFC 8259, section 8.1): some codecs
    give no text.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, {"encoding": "utf-8"})
        except RecursionError as exc:
            raise ParseError("JSON is nested too deep") from exc


class Negotiation(negotiation.DefaultContentNegotiation):
    """Names a format that is not spoken; who takes problem details takes our JSON."""

    def filter_renderers(self, renderers: Any, format: str) -> list[Any]:
        fit = [renderer for renderer in renderers if renderer.format == format]
        if not fit:
            known = " or ".join(dict.fromkeys(one.format for one in renderers))
            raise ValidationError({"format": [f"{format!r}: use {known}"]})
        return fit

    def get_accept_list(self, request: Request) -> list[str]:
        accepted = super().get_accept_list(request)
        return [one.replace("/problem+json", "/json", 1) for one in accepted]


class ReadOnlyOrStaff(permissions.BasePermission):
    """Everybody reads, staff writes."""

    def has_permission(self, request: Request, view: Any) -> bool:
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
    ordering: tuple[str, ...] = ("-pk",)

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        self.request, self.base_url = request, request.build_absolute_uri()
        self.page_size = self.get_page_size(request)
        try:
            self.turn_to(queryset, self.decode_cursor(request))
        except (NotFound, BadPosition, ValueError, OverflowError):
            message = "not a cursor of this list; follow the next and previous links"
            raise ValidationError({self.cursor_query_param: [message]}) from None
        self.display_page_controls = bool(self.has_next or self.has_previous)
        return list(self.page or ())

    def turn_to(self, queryset: Any, cursor: pagination.Cursor | None) -> None:
        """Set page, has_next and has_previous; raises what a wrong cursor leads to."""
        columns: Sequence[str] = self.ordering
        backwards = bool(cursor and cursor.reverse)
        if backwards:
            columns = [_opposite(column) for column in columns]
        if cursor:
            queryset = _behind(queryset, columns, cursor.position)
        rows = list(queryset.order_by(*columns)[: self.page_size + 1])
        more, rows = len(rows) > self.page_size, rows[: self.page_size]
        self.page = rows[::-1] if backwards else rows
        self.has_next = bool(cursor) if backwards else more
        self.has_previous = more if backwards else bool(cursor)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        for name in ("next", "previous"):  # one of DRF's ends with a stray quote
            facts = page["properties"][name]
            facts["example"] = facts["example"].rstrip('"')
        return page

    def get_next_link(self) -> str | None:
        return self._link(self.page[-1], False) if self.page and self.has_next else None

    def get_previous_link(self) -> str | None:
        first = self.page[0] if self.page and self.has_previous else None
        return self._link(first, True) if first else None

    def _link(self, row: Any, reverse: bool) -> str:
        columns = [column.lstrip("-") for column in self.ordering]
        values = [getattr(row, name) for name in columns]
        position: Any = ",".join(map(str, values))  # a text, whatever stubs say
        return self.encode_cursor(pagination.Cursor(0, reverse, position))

    def get_page_size(self, request: Request) -> int:
        value = request.query_params.get(self.page_size_query_param)
        if value is None:
            return self.page_size
        is_number = value.isascii() and value.isdigit() and len(value) < 10
        if not is_number or not 0 < int(value) <= self.max_page_size:
            raise ValidationError(
                {"page_size": [f"{value!r}: use 1 to {self.max_page_size}"]}
            )
        return int(value)


def _opposite(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _behind(queryset: QuerySet, columns: Sequence[str], position: Any) -> QuerySet:
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
