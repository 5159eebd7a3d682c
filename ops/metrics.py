"""The state of the connections as OpenMetrics, for Prometheus."""

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics import exposition
from prometheus_client.registry import Collector

from zeeguu.base.breaker import CLOSED

CONTENT_TYPE = exposition.CONTENT_TYPE_LATEST
# By process.
GAUGES = {
    "size": "Connections that are kept",
    "max_overflow": "Connections that may be opened beyond these",
    "idle": "Open connections that nobody uses",
    "checked_out": "Connections in use",
    "overflow": "Open connections beyond the size",
    "high_water": "Most connections in use at once since the process began",
    "waiting": "Threads that wait for a connection",
    "utilisation": "Share of the connections there may be that are in use",
    "breaker_open": "1 unless the breaker is closed",
}
# Of all processes, also of those that are gone: a counter must not vanish with one.
COUNTERS = {
    "checkouts": "Loans of a connection",
    "opened": "Connections opened",
    "reconnects": "Connections opened in place of a dead or an old one",
    "invalidated": "Connections found broken",
    "recycled": "Connections replaced for their age",
    "timeouts": "Requests for a connection that waited in vain",
    "failures": "Connections that could not be opened",
    "refused": "Requests for a connection that an open breaker refused",
    "breaker_openings": "Openings of a breaker",
}
SERVER = {
    "threads_connected": "Connections that the server has, whoever opened them",
    "max_connections": "Connections that the server allows",
}


def render(facts: dict[str, Any]) -> bytes:
    """What /health/pool has found, as bytes."""
    registry = CollectorRegistry()
    registry.register(_Collector(facts))
    return bytes(exposition.generate_latest(registry))


class _Collector(Collector):
    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts

    def collect(self) -> Iterator[Metric]:
        yield from self._gauges()
        for name, text in COUNTERS.items():
            number = self.facts["total"][name]
            yield CounterMetricFamily(f"zeeguu_pool_{name}", text, number)
        for name, text in SERVER.items():
            if name in self.facts["server"]:
                number = self.facts["server"][name]
                yield GaugeMetricFamily(f"zeeguu_database_{name}", text, number)
        if self.facts["workers"]:
            yield from self._workers(self.facts["workers"])

    def _gauges(self) -> Iterator[Metric]:
        for name, text in GAUGES.items():
            family = GaugeMetricFamily(
                f"zeeguu_pool_{name}", text, labels=("pid", "role")
            )
            for process in self.facts["processes"]:
                facts = {**process, "breaker_open": process["breaker"] != CLOSED}
                labels = (str(process["pid"]), process["role"])
                family.add_metric(labels, facts[name])
            yield family

    def _workers(self, roster: dict[str, Any]) -> Iterator[Metric]:
        text = "gunicorn workers started"
        yield CounterMetricFamily("zeeguu_workers_started", text, roster["started"])
        family = CounterMetricFamily(
            "zeeguu_workers_ended", "gunicorn workers ended", labels=("reason",)
        )
        for reason, number in roster["ended"].items():
            family.add_metric((reason,), number)
        yield family
