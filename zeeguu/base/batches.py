"""Many rows, some at a time."""

import time
from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import QuerySet

T = TypeVar("T")


def in_slices(items: list[T], size: int) -> Iterator[list[T]]:
    """The items in order, as slices of that size; the last may be shorter."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


def id_batches(rows: QuerySet, size: int, pause_s: float = 0) -> Iterator[list[Any]]:
    """The ids of rows, lowest first, as lists of at most size.

    Each is read when the one before is done with, after a pause, and begins above it:
    what happens to its rows is no matter, and nothing is held for all of them.
    """
    rows = rest = rows.order_by("pk")
    while ids := list(rest.values_list("pk", flat=True)[:size]):
        yield ids
        rest = rows.filter(pk__gt=ids[-1])
        time.sleep(pause_s)
