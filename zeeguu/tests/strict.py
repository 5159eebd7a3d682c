"""For tests: a serializer that asks the database for more is an error.

Such a query is made once for each row of a page, and nobody sees it in the code.
"""

from functools import wraps

from django.apps import AppConfig
from django.db import connection
from rest_framework.serializers import Serializer


class LazyLoading(Exception):
    """A serializer read something that its view's query had not loaded."""


class StrictConfig(AppConfig):
    """An app that makes all serializers of the process strict, servers' too."""

    name = "zeeguu.tests"

    def ready(self):
        forbid_lazy_loading()


def forbid_lazy_loading():
    to_representation = Serializer.to_representation

    @wraps(to_representation)
    def strict(self, instance):
        with connection.execute_wrapper(_refuse):
            return to_representation(self, instance)

    Serializer.to_representation = strict


def _refuse(execute, sql, params, many, context):
    raise LazyLoading(f"load it with the view's query: {sql}")
