"""Serializers that take no field they don't know."""

from collections.abc import Mapping

from rest_framework import serializers


class KnownFields:
    """Refuses each field of a body that is unknown or not for writing, by its name.

    A typo must not look like a field that was left out.
    """

    def to_internal_value(self, data):
        if isinstance(data, Mapping):
            wrong = {name: self._wrong(name) for name in data}
            if errors := {name: [why] for name, why in wrong.items() if why}:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _wrong(self, name):
        if name not in self.fields:
            known = [one.field_name for one in self._writable_fields]
            return f"unknown field; known are: {', '.join(known) or 'none'}"
        return "can't be written" if self.fields[name].read_only else ""


class Serializer(KnownFields, serializers.Serializer):
    """For bodies that are no model's."""


class ModelSerializer(KnownFields, serializers.ModelSerializer):
    """For bodies that make or change a row."""


class NothingSerializer(Serializer):
    """For calls whose body, if there is one, says nothing."""
