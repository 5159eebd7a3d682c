"""How much each host is asked: a budget for all requests of a process to it."""

import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings

from articles.crawler.errors import HostBusy

PAUSED, BUSY, SPENT = "paused", "busy", "over its limit"
# Whoever keeps a host busy may be done at any moment, and nobody tells.
POLL_S = 0.05
# Far more than a crawl visits in the minute after which a host's state says nothing.
MAX_HOSTS = 10_000


class HostLimit(NamedTuple):
    """Requests at a time, and in a minute; 0 per minute is any number."""

    concurrent: int = 1
    per_minute: int = 30


class Turn(NamedTuple):
    """Whether a request may begin (no ``reason`` not to), or in how many seconds."""

    reason: str = ""
    wait_s: float = 0.0


class Budget:
    """What the budgets have in common: waiting, with limited patience.

    limits is {host name: (concurrent, per_minute)}; "*" is for all other hosts. A host
    name is as in DNS, lower case, without a port. Subclasses say whose turn it is:
    _ask(host, lease, min_interval_s) returns a Turn and takes it, if it is one;
    _leave(host, lease) gives it back; pause(host, seconds) allows nothing until then.
    """

    def __init__(self, limits, patience_s=None):
        self.limits = {host: HostLimit(*limit) for host, limit in limits.items()}
        self.patience_s = patience_s
        if patience_s is None:
            self.patience_s = settings.CRAWLER_HOST_PATIENCE_S

    def limit(self, host):
        return self.limits.get(host) or self.limits.get("*", HostLimit())

    @contextmanager
    def slot(self, host, min_interval_s=0.0):
        """Wait for a turn at host, for one request inside.

        min_interval_s is the time from the start of one request to the start of the
        next, among those that ask for it: a feed's visit must not put off its articles.
        Raises HostBusy where the turn would come later than in patience_s, and at once
        where the host is paused.
        """
        lease = uuid4().hex
        self._wait(host, lease, min_interval_s)
        try:
            yield
        finally:
            self._leave(host, lease)

    def _wait(self, host, lease, min_interval_s):
        end = time.monotonic() + self.patience_s
        while (turn := self._ask(host, lease, min_interval_s)).reason:
            left_s = end - time.monotonic()
            if turn.reason == PAUSED or turn.wait_s > left_s:
                wait_s = self.patience_s if turn.reason == BUSY else turn.wait_s
                raise HostBusy(f"host {host} is {turn.reason}: {wait_s:.1f} s", wait_s)
            time.sleep(turn.wait_s)


@dataclass
class Host:
    """What has been asked of one host; times are of one clock, in seconds."""

    tokens: float
    counted_at: float
    running: int = 0
    spaced_at: float = float("-inf")
    paused_until: float = float("-inf")

    def ask(self, limit, min_interval_s, now):
        """Take a turn if it is one; return the Turn. A token bucket of a minute."""
        if self.paused_until > now:
            return Turn(PAUSED, self.paused_until - now)
        if self.running >= limit.concurrent:
            return Turn(BUSY, POLL_S)
        wait_s = self.spaced_at + min_interval_s - now if min_interval_s else 0
        if limit.per_minute:
            rate = limit.per_minute / 60
            grown = self.tokens + (now - self.counted_at) * rate
            self.tokens, self.counted_at = min(limit.per_minute, grown), now
            wait_s = max(wait_s, (1 - self.tokens) / rate)
        if wait_s > 0:
            return Turn(SPENT, wait_s)
        self.tokens -= 1
        self.running += 1
        if min_interval_s:
            self.spaced_at = now
        return Turn()


class HostBudget(Budget):
    """The budget of one process; threads share it."""

    def __init__(self, limits, patience_s=None):
        super().__init__(limits, patience_s)
        self.hosts, self.lock = OrderedDict(), threading.Lock()

    def pause(self, host, seconds):
        """Allow nothing to host for that long."""
        with self.lock:
            state = self._state(host)
            state.paused_until = max(state.paused_until, time.monotonic() + seconds)

    def _ask(self, host, lease, min_interval_s):
        with self.lock:
            state = self._state(host)
            return state.ask(self.limit(host), min_interval_s, time.monotonic())

    def _leave(self, host, lease):
        with self.lock:
            self.hosts[host].running -= 1

    def _state(self, host):
        if host not in self.hosts:
            self._make_room()
            full = self.limit(host).per_minute
            self.hosts[host] = Host(full, time.monotonic())
        self.hosts.move_to_end(host)
        return self.hosts[host]

    def _make_room(self):
        if len(self.hosts) < MAX_HOSTS:
            return
        idle = (name for name, state in self.hosts.items() if not state.running)
        if oldest := next(idle, None):
            del self.hosts[oldest]
