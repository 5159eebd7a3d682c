"""Calls open to anybody: what they take, how they are told of, and how many there are.

Nobody is asked who it is, so addresses are counted.
"""

from collections.abc import Collection
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from articles import text
from articles.languages import LANGUAGES, code_of, targets
from zeeguu.base.problems import PROBLEM
from zeeguu.base.refusals import NamesRefused
from zeeguu.base.serializers import Serializer

SHAPE = {"$ref": "#/components/schemas/Problem"}


class PublicView(NamesRefused, APIView):
    """What anybody may call."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


@extend_schema_field({"type": "string", "pattern": "^[a-z]{2,3}$"})
class LanguageField(serializers.CharField):
    """A language's code, or that of a form of it; whoever names another is told all."""

    known: Collection[str] = LANGUAGES

    def to_internal_value(self, data: Any) -> str:
        code = code_of(super().to_internal_value(data))
        if code not in self.known:
            known = ", ".join(sorted(self.known))
            raise ValidationError(
                f"{code[:20]!r} is no language here; use one of {known}"
            )
        return code


class TargetField(LanguageField):
    """The same of what is translated into."""

    known = targets().keys()


class CleanField(serializers.CharField):
    """Text as articles have it: one line without what can't be seen."""

    def to_internal_value(self, data: Any) -> str:
        return text.clean(super().to_internal_value(data))


class PairSerializer(Serializer):
    """Begins with the languages ``from`` and ``to``, which are no names to Python."""

    def get_fields(self) -> dict[str, serializers.Field]:
        ends = {"from": LanguageField(), "to": TargetField()}
        return {**ends, **super().get_fields()}


def told(problems: dict[int, str]) -> dict[tuple[int, str], OpenApiResponse]:
    """What the schema tells of problems: {status: when there is one}."""
    return {
        (status, PROBLEM): OpenApiResponse(SHAPE, description=why)
        for status, why in problems.items()
    }
