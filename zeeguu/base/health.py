"""What health checks of all apps have in common.

An app names its own in ``CHECKS`` of its health.py, and settings.HEALTH_CHECKS that.
"""

from collections.abc import Callable
from functools import wraps

from django.db import DEFAULT_DB_ALIAS, connections
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable

from zeeguu.base.connections import DatabaseFailed, releasing


def releasing_connection(
    run: Callable[[HealthCheck], None],
) -> Callable[[HealthCheck], None]:
    """Give the probe's database connection back at its end; 503 without one."""

    @wraps(run)
    def wrapped(self: HealthCheck) -> None:
        try:
            with releasing(connections[DEFAULT_DB_ALIAS]):
                return run(self)
        except DatabaseFailed as exc:
            raise ServiceUnavailable("the database can't be read") from exc

    return wrapped
