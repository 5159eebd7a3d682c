"""Replaces gunicorn's workers, one at a time: those that have grown, and old ones.

A worker's successor is ready before the worker is told to go; it then finishes what it
has begun, and only when it has gone another one's turn may come. All is decided in
gunicorn's master. Knows no Django.
"""

import math
import random
import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.gunicorn.workers import AGED, GROWN, SERVED

LOOK_EVERY_S = 5
# Until then a worker only comes to know its work, and that costs memory once.
WARM_UP_REQUESTS = 100
# Ages differ by up to that share: workers that were born together part.
AGE_SPREAD = 0.2
OWN = re.compile(r"^(?:Private_Dirty|SwapPss): +(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Limits:
    """What workers may grow by, live and serve; 0 is without limit.

    growth_mb is of their own memory. Each may serve up to jitter requests more.
    """

    growth_mb: int
    age_s: int
    requests: int
    jitter: int


class Life:
    """The limits of one worker, and how large it was when it was warm."""

    def __init__(self, limits: Limits, now: float) -> None:
        age_s = limits.age_s * random.uniform(1 - AGE_SPREAD, 1)  # noqa: S311
        self._ends_at = now + (age_s or math.inf)
        requests = limits.requests and limits.requests + random.randint(  # noqa: S311
            0, limits.jitter
        )
        self._most_requests = requests or math.inf
        self._growth_mb = limits.growth_mb or math.inf
        self._base_mb: float | None = None
        self._is_warm = False

    def over(self, now: float, requests: int, own_mb: float | None) -> str | None:
        """Why it is over, or None. own_mb is None where it can't be measured."""
        if own_mb is not None and self._has_grown(own_mb, requests):
            return GROWN
        if now >= self._ends_at:
            return AGED
        return SERVED if requests >= self._most_requests else None

    def _has_grown(self, own_mb: float, requests: int) -> bool:
        if self._base_mb is None:
            # So the warming up may cost as much again, and no more.
            self._base_mb = own_mb + self._growth_mb
        if not self._is_warm and requests >= WARM_UP_REQUESTS:
            self._is_warm = True
            self._base_mb = min(self._base_mb, own_mb)
        return own_mb > self._base_mb + self._growth_mb


def own_mb(pid: int) -> float | None:
    """Megabytes that a process shares with no other, also those swapped out.

    None where the kernel does not tell. What was forked is shared until it is changed.
    """
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return None
    return sum(map(int, OWN.findall(text))) * 1024 / 1_000_000


class Recycling:
    """What gunicorn's master does about workers whose life is over."""

    def __init__(self, server: Any, limits: Limits) -> None:
        self._server, self._limits = server, limits
        self._next_look = 0.0
        self.begin_anew()
        # gunicorn has no hook that is called now and then, but its loop calls this one
        # every second.
        self._manage_workers = server.manage_workers
        server.manage_workers = self.manage

    def begin_anew(self) -> None:
        """After a reload: all workers are new, and as many as configured."""
        self._leaving: Any = None  # a worker of gunicorn's
        self._reason: str | None = None
        self._youngest = 0

    def starts(self, worker: Any) -> None:
        worker.life = Life(self._limits, time.monotonic())

    def manage(self) -> None:
        if self._leaving:
            self._go_on()
        else:
            self._look()
        self._manage_workers()

    def _look(self) -> None:
        now, workers = time.monotonic(), self._server.WORKERS.values()
        is_complete = len(workers) == self._server.num_workers
        if now < self._next_look or not is_complete:
            return
        if not all(worker.board.is_ready for worker in workers):
            return
        self._next_look = now + LOOK_EVERY_S
        for worker in workers:
            reason = worker.life.over(now, worker.board.requests, own_mb(worker.pid))
            if reason:
                self._replace(worker, reason)
                return

    def _replace(self, worker: Any, reason: str) -> None:
        self._server.log.info("Replacing worker %s (%s)", worker.pid, reason)
        self._leaving, self._reason = worker, reason
        self._youngest = self._server.worker_age
        self._server.num_workers += 1

    def _go_on(self) -> None:
        workers = self._server.WORKERS.values()
        if self._leaving not in workers:
            self._server.num_workers -= 1
            self.begin_anew()
            self._next_look = 0.0  # others may be waiting
        elif self._leaving.recycled_for is None and any(
            worker.age > self._youngest and worker.board.is_ready for worker in workers
        ):
            self._leaving.recycled_for = self._reason
            self._server.kill_worker(self._leaving.pid, signal.SIGTERM)
