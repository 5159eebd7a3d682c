"""How often somebody does something, counted by all processes of a host together."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from math import ceil
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from rest_framework.exceptions import Throttled

from learners.tries import IN_MEMORY, Tries

logger = logging.getLogger(__name__)

Counted = TypeVar("Counted")


def counted(
    file: str, rate: tuple[int, int], count: Callable[[Tries], Counted]
) -> Counted:
    """Count in a file of RUN_DIR, or, where that can't be done, in this process alone.

    rate is how often in how many seconds. Returns what count does.
    """
    path = settings.RUN_DIR / file
    try:
        return count(Tries(path, settings.SECRET_KEY, *rate))
    except (OSError, sqlite3.Error) as exc:
        logger.warning("%s is counted by each process alone: %s", path.stem, exc)
        is_broken = isinstance(exc, sqlite3.DatabaseError)
        if is_broken and not isinstance(exc, sqlite3.OperationalError):
            _remove(path)  # the next one begins anew
        return count(of_this_process(file, *rate))


def wait_s(what: str, who: str, rate: tuple[int, int]) -> float:
    """Count one more of ``what``, unless it is one too many; then the seconds to wait.

    what is a word that names a file too; who is an address, or whatever has a rate.
    """
    return counted(f"{what}.sqlite3", rate, lambda tries: tries.count(what, who))


def require(what: str, who: str, rate: tuple[int, int]) -> None:
    """Count one more, see ``wait_s``; raises DRF's Throttled where that is too many."""
    if left_s := wait_s(what, who, rate):
        raise Throttled(max(1, ceil(left_s)))


@cache
def of_this_process(file: str, most: int, period_s: int) -> Tries:
    """What counts for this process alone; one for each file."""
    return Tries(IN_MEMORY, settings.SECRET_KEY, most, period_s)


def _remove(path: Path) -> None:
    for name in (f"{path.name}-journal", path.name):
        with suppress(OSError):
            path.with_name(name).unlink()
