"""The state of the connections for people's eyes: figures, tables and charts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ops import metrics
from ops.database.status import CRITICAL, WARNING
from ops.gunicorn import workers
from zeeguu.base.charts import badge, columns, plain, whole

# A part of the page, as its template takes it.
Section = dict[str, Any]

MINUTES_PER_TICK = 15
FIGURES = (
    "processes",
    "checked_out",
    "idle",
    "overflow",
    "waiting",
    "high_water",
    "breakers_open",
)
PROCESS = (
    "role",
    "started_at",
    "breaker",
    "size",
    "max_overflow",
    "checked_out",
    "idle",
    "overflow",
    "waiting",
    "high_water",
    "utilisation",
)
MINUTE = ("minute", "in_use", "peak", "timeouts")
TIMES = ("started_at", "minute")
WORDS = {
    "status": f"Warning from {WARNING:.0%} of the connections in use, of any process or"
    f" of the server; critical from {CRITICAL:.0%}, when a breaker is not closed and"
    " when the server can't be reached",
    **{name: metrics.GAUGES[name] for name in ("size", "max_overflow")},
    "checked_out": f"{metrics.GAUGES['checked_out']}, also for showing this page",
    **{name: metrics.GAUGES[name] for name in ("idle", "overflow", "waiting")},
    **{name: metrics.GAUGES[name] for name in ("high_water", "utilisation")},
    "breaker": "Open after some failures in a row: until the server answers again, only"
    " a probe asks it now and then",
    **metrics.COUNTERS,
}


def figures(found: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, number) pairs of all processes together and of the server, as texts."""
    total, status = found["total"], found["status"]
    numbers = [(_words(name), f"{total[name]:,}") for name in FIGURES]
    utilisation = ("utilisation", f"{total['utilisation']:.0%}")
    problem = [("problem", found["problem"])] if found["problem"] else []
    return [
        ("status", badge(status)),
        *problem,
        *numbers,
        utilisation,
        *_server(found["server"]),
    ]


def _server(server: dict[str, Any]) -> list[tuple[str, str]]:
    if "error" in server:
        return [("server", server["error"])]
    if not server:
        return []
    taken = f"{server['threads_connected']} of {server['max_connections']}"
    share = f"{server['utilisation']:.0%}"
    return [("server's connections", taken), ("server's utilisation", share)]


def sections(found: dict[str, Any], roster: Mapping[str, Any] | None) -> list[Section]:
    """Parts of the page, as ``tokenization.charts.sections`` makes them."""
    processes = found["processes"]
    return [
        _processes(processes),
        _history(found["history"]),
        _counts(processes, found["total"]),
        *([_workers(roster)] if roster else []),
        _words_explained(),
    ]


def _processes(processes: Sequence[dict[str, Any]]) -> Section:
    return {
        "title": "Processes of this host",
        "headings": ["pid", *map(_heading, PROCESS)],
        "rows": [[process["pid"], *_cells(process, PROCESS)] for process in processes],
        "nothing": "No process has asked for a connection.",
    }


def _counts(processes: Sequence[dict[str, Any]], total: dict[str, int]) -> Section:
    """Of those that are gone too: otherwise the sum would puzzle."""
    gone = {
        name: total[name] - sum(process[name] for process in processes)
        for name in metrics.COUNTERS
    }
    parts = [(process["pid"], process) for process in processes]
    parts += [("those that are gone", gone), ("all", total)]
    return {
        "title": "Counted since each process began",
        "headings": ["pid", *map(_heading, metrics.COUNTERS)],
        "rows": [[name, *_cells(part, metrics.COUNTERS)] for name, part in parts],
    }


def _history(minutes: Sequence[dict[str, Any]]) -> Section:
    charts: tuple[tuple[str, str, Callable[[Decimal], str]], ...] = (
        ("Connections in use, mean of each minute", "in_use", plain),
        ("Most at once in one process", "peak", whole),
        ("Requests that waited in vain", "timeouts", whole),
    )
    return {
        "title": "The last hour, UTC",
        "headings": [_heading(name) for name in MINUTE],
        "rows": [_cells(minute, MINUTE) for minute in minutes[::-1]],
        "charts": [
            (title, _chart(title, minutes, name, label))
            for title, name, label in charts
        ],
        "nothing": "None in this hour.",
    }


def _chart(
    title: str,
    minutes: Sequence[dict[str, Any]],
    name: str,
    label: Callable[[Decimal], str],
) -> str:
    numbers = {f"{minute['minute']:%H:%M}": minute[name] for minute in minutes}
    if not any(numbers.values()):
        return ""
    return columns(title, numbers, label, every=MINUTES_PER_TICK)


def _workers(roster: Mapping[str, Any]) -> Section:
    started = ["started", f"{roster['started']:,}", ""]
    ended = [
        [reason, f"{roster['ended'][reason]:,}", f"{roster['last_hour'][reason]:,}"]
        for reason in workers.REASONS
    ]
    return {
        "title": "gunicorn's workers",
        "headings": ("workers", "since gunicorn's start", "in the last hour"),
        "rows": [started, *ended],
    }


def _words_explained() -> Section:
    return {
        "title": "What the words mean",
        "headings": ("word", "meaning"),
        "rows": [[_words(name), f"{text}."] for name, text in WORDS.items()],
        "is_prose": True,
    }


def _words(name: str) -> str:
    return name.replace("_", " ")


def _heading(name: str) -> str:
    return f"{_words(name)}, UTC" if name in TIMES else _words(name)


def _cells(part: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [_cell(name, part[name]) for name in names]


def _cell(name: str, value: Any) -> str:
    if name in TIMES:
        return f"{value:%Y-%m-%d %H:%M}"
    if name == "utilisation":
        return f"{value:.0%}"
    return value if isinstance(value, str) else f"{value:,}"
