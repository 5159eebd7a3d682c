"""Whether the server has room for our connections, and what we keep is private.

The first asks the server, so both run with ``check --database default``, with
``migrate``, and when gunicorn's first worker starts.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register, run_checks
from django.db import DEFAULT_DB_ALIAS, connections

from ops.database.status import server_status
from ops.privacy import exposed, sqlite_file
from zeeguu.base.connections import DatabaseFailed


@register(Tags.database)
def enough_connections(
    app_configs: Any, databases: Any, **kwargs: Any
) -> Iterator[CheckMessage]:
    for alias in databases or ():
        pool = connections[alias].settings_dict.get("POOL")
        if pool:
            yield from _too_few_for_threads(pool["size"], pool["max_overflow"])
            yield from _too_many_for_server(pool["size"], pool["max_overflow"])


def _too_few_for_threads(size: int, max_overflow: int) -> Iterator[CheckMessage]:
    threads, most = settings.WEB_THREADS, size + max_overflow
    if size and most < threads:
        yield Warning(
            f"A gunicorn worker has {threads} threads and {most} connections for them.",
            hint="Raise DATABASE_POOL_SIZE or DATABASE_POOL_OVERFLOW.",
            id="ops.W001",
        )


def _too_many_for_server(size: int, max_overflow: int) -> Iterator[CheckMessage]:
    try:
        server = server_status()
    except DatabaseFailed:
        return  # whoever needs it will tell
    # Unpooled, each thread has one at most.
    each = size + max_overflow if size else settings.WEB_THREADS
    others = settings.DATABASE_OTHER_CONNECTIONS
    most = settings.WEB_WORKERS * each + others
    if most > server["max_connections"]:
        yield Warning(
            f"{settings.WEB_WORKERS} gunicorn workers of {each} connections each and"
            f" {others} others make {most}; the server allows"
            f" {server['max_connections']}.",
            hint="Raise its max_connections, or lower GUNICORN_WORKERS,"
            " DATABASE_POOL_SIZE, DATABASE_POOL_OVERFLOW or"
            " DATABASE_OTHER_CONNECTIONS.",
            id="ops.W002",
        )


@register(Tags.database)
def private_files(
    app_configs: Any, databases: Any, **kwargs: Any
) -> Iterator[CheckMessage]:
    if databases:
        file = sqlite_file(settings.DATABASES[DEFAULT_DB_ALIAS])
        for path in exposed(settings.VAR_DIR, settings.RUN_DIR, file):
            yield Warning(
                f"Other users of this machine have rights to {path}.",
                hint=f"chmod go= {path}, or keep it in a folder that is yours alone.",
                id="ops.W003",
            )


def report(log: Any) -> None:
    """Run the checks of the database and write to the log what they find."""
    try:
        for message in run_checks(tags=[Tags.database], databases=[DEFAULT_DB_ALIAS]):
            log.warning("%s: %s %s", message.id, message.msg, message.hint or "")
    except DatabaseFailed as exc:
        log.warning("The database can't be checked: %s", exc)
    finally:
        connections.close_all()
