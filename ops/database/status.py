"""The state of the connections, put together for pages: of this host and its server."""

from collections.abc import Iterable
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from ops.database import ledger
from zeeguu.base.breaker import CLOSED, STATES
from zeeguu.base.connections import DatabaseFailed, releasing

WARNING, CRITICAL = 0.5, 0.85
UNSHARED = "RUN_DIR can't be used: what other processes count is not seen"
# What the workers' gauges add up to; the rest of them have no sum.
SUMMED = ("size", "max_overflow", "idle", "checked_out", "waiting")


def status() -> dict[str, Any]:
    """Processes, their sum, the server and the last hour; a dict ready for JSON.

    Costs one query, that of ``server_status``.
    """
    server = _server_or_error()
    processes, departed, minutes = ledger.read(settings.RUN_DIR)
    unshared = ledger.unshared(processes)
    processes = sorted(processes + unshared, key=itemgetter("started_at", "pid"))
    processes = [_process(numbers) for numbers in processes]
    return {
        "status": grade([*processes, server], WARNING if unshared else 0),
        "problem": UNSHARED if unshared else None,
        "is_pooled": is_pooled(),
        "total": _total(processes, departed),
        "processes": processes,
        "server": server,
        "history": [_minute(minute) for minute in minutes],
        "limits": {"warning": WARNING, "critical": CRITICAL},
    }


def is_pooled() -> bool:
    return bool(connections[DEFAULT_DB_ALIAS].settings_dict.get("POOL"))


def _process(numbers: dict[str, Any]) -> dict[str, Any]:
    most = numbers["size"] + numbers["max_overflow"]
    return {
        **numbers,
        "breaker": STATES[numbers["breaker"]],
        "started_at": datetime.fromtimestamp(numbers["started_at"], UTC),
        "overflow": max(numbers["checked_out"] + numbers["idle"] - numbers["size"], 0),
        "utilisation": round(numbers["checked_out"] / most, 3) if most else 0.0,
    }


def _total(processes: list[dict[str, Any]], departed: dict[str, int]) -> dict[str, Any]:
    summed = (*SUMMED, "overflow")
    total = {name: sum(process[name] for process in processes) for name in summed}
    counted = {
        name: number + sum(process[name] for process in processes)
        for name, number in departed.items()
    }
    most = total["size"] + total["max_overflow"]
    return {
        "processes": len(processes),
        **total,
        "high_water": max((process["high_water"] for process in processes), default=0),
        "breakers_open": sum(process["breaker"] != CLOSED for process in processes),
        **counted,
        "utilisation": round(total["checked_out"] / most, 3) if most else 0.0,
    }


def _minute(numbers: dict[str, Any]) -> dict[str, Any]:
    return {
        "minute": datetime.fromtimestamp(60 * numbers["minute"], UTC),
        "in_use": round(numbers["busy_ms"] / 60_000, 3),
        "peak": numbers["peak"],
        "timeouts": numbers["timeouts"],
    }


def grade(parts: Iterable[dict[str, Any]], least: float = 0) -> str:
    """Return "ok", "warning" or "critical": by what is used most, or by least."""
    most = max([least, *(part.get("utilisation", 0) for part in parts)])
    if any("error" in part or part.get("breaker", CLOSED) != CLOSED for part in parts):
        return "critical"
    if most >= CRITICAL:
        return "critical"
    return "warning" if most >= WARNING else "ok"


def _server_or_error() -> dict[str, Any]:
    if not is_pooled():
        return {}
    try:
        return server_status()
    except DatabaseFailed:
        return {"error": "the database can't be reached"}


def server_status() -> dict[str, Any]:
    """The server's connections and how many it allows, in one query."""
    with releasing(connections[DEFAULT_DB_ALIAS]) as connection:
        connection.ensure_connection()
        # Django's own way of knowing asks the server, once for each thread.
        is_mariadb = "MariaDB" in connection.connection.get_server_info()
        schema = "information_schema" if is_mariadb else "performance_schema"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT variable_value, @@max_connections"  # noqa: S608 - one of two
                f" FROM {schema}.global_status"
                " WHERE variable_name = 'Threads_connected'"
            )
            connected, most = map(int, cursor.fetchone())
    return {
        "threads_connected": connected,
        "max_connections": most,
        "utilisation": round(connected / most, 3),
    }
