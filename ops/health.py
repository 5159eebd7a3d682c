"""The health pages, on django-health-check, and what they say of the connections.

Each app brings its own checks (settings.HEALTH_CHECKS).
"""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable, ServiceWarning
from health_check.views import HealthCheckView

from ops.database.status import status
from ops.gunicorn import workers
from ops.outage import RETRY_AFTER_S
from zeeguu.base.health import releasing_connection


@dataclasses.dataclass
class Database(HealthCheck):
    """The database answers. The package's own probe says where it is, and as whom."""

    @releasing_connection
    def run(self) -> None:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")


@dataclasses.dataclass
class Migrations(HealthCheck):
    """All migrations of this code have been applied."""

    @releasing_connection
    def run(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        targets = executor.loader.graph.leaf_nodes()
        if pending := len(executor.migration_plan(targets)):
            raise ServiceUnavailable(
                f"{pending} migrations to apply: manage.py migrate"
            )


@dataclasses.dataclass
class Connections(HealthCheck):
    """The processes of this host have connections to spare, and so has the server."""

    def run(self) -> None:
        found = status()
        if found["status"] == "ok":
            return
        total, server = found["total"], found["server"]
        problem = f"{found['problem']}; " if found["problem"] else ""
        raise ServiceWarning(
            f"{found['status']}: {problem}{total['checked_out']} connections in use,"
            f" {total['waiting']} requests waiting, {total['breakers_open']} breakers"
            f" open, {server.get('threads_connected', '?')} of the server's"
            f" {server.get('max_connections', '?')} taken; see /health/pool"
        )


@dataclasses.dataclass
class Workers(HealthCheck):
    """gunicorn's workers end as planned: after their requests, or for a reload."""

    most_per_hour: int = 10

    def run(self) -> None:
        counted = workers.read(settings.RUN_DIR)
        if counted and counted["unplanned_per_hour"] > self.most_per_hour:
            reasons = ", ".join(
                f"{number} {reason}"
                for reason, number in counted["last_hour"].items()
                if number
            )
            raise ServiceWarning(f"workers that ended in the last hour: {reasons}")


class HealthView(HealthCheckView):
    """503, not 500, when something is wrong: the page works, the service does not.

    A warning is shown and answered with 200: nobody must restart a busy service.
    """

    def get_executor(self) -> ThreadPoolExecutor:
        # One after the other: a request has one connection at most.
        return ThreadPoolExecutor(1)

    async def get(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response: HttpResponseBase = await super().get(request, *args, **kwargs)
        if response.status_code == 500:
            errors = [result.error for result in self.results if result.error]
            warnings = [error for error in errors if isinstance(error, ServiceWarning)]
            response.status_code = 200 if warnings == errors else 503
        if response.status_code == 503:
            response["Retry-After"] = str(RETRY_AFTER_S)
        return response


READY = (Database, Migrations, "health_check.checks.Cache")
EVERYTHING = (
    *READY,
    *(check for name in settings.HEALTH_CHECKS for check in import_string(name)),
    Connections,
    Workers,
)
