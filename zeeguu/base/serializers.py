"""Serializers that take no field they don't know."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

if TYPE_CHECKING:
    MixedIn = serializers.Serializer
else:
    MixedIn = object


class KnownFields(MixedIn):
    """Refuses each field of a body that is unknown or not for writing, by its name.

    A typo must not look like a field that was left out.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = {name: self._wrong(name) for name in data}
            if errors := {name: [why] for name, why in wrong.items() if why}:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _wrong(self, name: str) -> str:
        if name not in self.fields:
            known = [str(one.field_name) for one in self._writable_fields]
            return f"unknown field; known are: {', '.join(known) or 'none'}"
        return "can't be written" if self.fields[name].read_only else ""


class Serializer(KnownFields, serializers.Serializer):
    """For bodies that are no model's."""


class ModelSerializer(KnownFields, serializers.ModelSerializer):
    """For bodies that make or change a row."""


class NothingSerializer(Serializer):
    """For calls whose body, if there is one, says nothing."""
