"""How much each host is asked: a budget for all requests of a process to it."""

import threading
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings

from articles.crawler.web.errors import HostBusy

PAUSED, BUSY, SPENT, SPACED = "paused", "busy", "over its limit", "spaced"
# Not the host, but the very address that was asked for.
RESTING = "paused for this address"
# One bad page or feed must not take all others of its host away for a day.
LONGEST_PAUSE_S = 300
# Whoever keeps a host busy may be done at any moment, and nobody tells.
POLL_S = 0.05
# Far more than a crawl visits in the minute after which a host's state says nothing.
MAX_HOSTS = 10_000


class HostLimit(NamedTuple):
    """Requests at a time, and in a minute; 0 per minute is any number."""

    concurrent: int = 1
    per_minute: int = 30


# By host name, "*" for all others; each pair is a HostLimit.
Limits = Mapping[str, tuple[int, int]]


class Turn(NamedTuple):
    """Whether a request may begin (no ``reason`` not to), or in how many seconds.

    cause is what a pause is for.
    """

    reason: str = ""
    wait_s: float = 0.0
    cause: str = ""


class Budget(ABC):
    """What the budgets have in common: waiting, with limited patience.

    limits is {host name: (concurrent, per_minute)}; "*" is for all other hosts. A host
    name is as in DNS, lower case, without a port. Subclasses say whose turn it is.
    """

    def __init__(self, limits: Limits, patience_s: float | None = None) -> None:
        self.limits = {host: HostLimit(*limit) for host, limit in limits.items()}
        if patience_s is None:
            patience_s = float(settings.CRAWLER_HOST_PATIENCE_S)
        self.patience_s = patience_s

    @abstractmethod
    def _ask(self, host: str, lease: str, min_interval_s: float, url: str = "") -> Turn:
        """Return the Turn of whoever asks, and take it, if it is one."""

    @abstractmethod
    def _leave(self, host: str, lease: str) -> None:
        """Give a turn back."""

    @abstractmethod
    def _pause(self, host: str, seconds: float, cause: str, url: str = "") -> None:
        """Allow nothing to url for that long or, where that is "", to the host."""

    def limit(self, host: str) -> HostLimit:
        return self.limits.get(host) or self.limits.get("*", HostLimit())

    def pause(
        self,
        host: str,
        seconds: float,
        url: str = "",
        cause: str = "its server asked for it",
    ) -> None:
        """Allow nothing to url for that long, and nothing to host for minutes of it."""
        if url:
            self._pause(host, seconds, cause, url)
        self._pause(host, min(seconds, LONGEST_PAUSE_S), cause)

    @contextmanager
    def slot(
        self, host: str, min_interval_s: float = 0.0, url: str = ""
    ) -> Iterator[None]:
        """Wait for a turn at host, for one request inside, of url if that is told.

        min_interval_s is the time from the start of one request to the start of the
        next, among those that ask for it: a feed's visit must not put off its articles.
        Raises HostBusy where the turn would come later than in patience_s, and at once
        where the host or the url is paused.
        """
        lease = uuid4().hex
        self._wait(host, lease, min_interval_s, url)
        try:
            yield
        finally:
            self._leave(host, lease)

    def _wait(self, host: str, lease: str, min_interval_s: float, url: str) -> None:
        end = time.monotonic() + self.patience_s
        while (turn := self._ask(host, lease, min_interval_s, url)).reason:
            left_s = end - time.monotonic()
            if turn.reason in (PAUSED, RESTING) or turn.wait_s > left_s:
                wait_s = self.patience_s if turn.reason == BUSY else turn.wait_s
                why = self._why(turn, host, min_interval_s)
                message = f"host {host} is {why}; it is worth another try in"
                raise HostBusy(f"{message} {span(wait_s)}", wait_s)
            time.sleep(turn.wait_s)

    def _why(self, turn: Turn, host: str, min_interval_s: float) -> str:
        limit = self.limit(host)
        if turn.reason in (PAUSED, RESTING):
            until = datetime.now(UTC) + timedelta(seconds=turn.wait_s)
            return f"{turn.reason} until {until:%Y-%m-%d %H:%M} UTC: {turn.cause}"
        if turn.reason == BUSY:
            number = f"{limit.concurrent} at a time, waited {span(self.patience_s)}"
            return f"busy with other downloads ({number})"
        if turn.reason == SPACED:
            return f"asked once in {span(min_interval_s)}, as its robots.txt wants"
        return f"over its limit of {limit.per_minute} requests a minute"


def span(seconds: float) -> str:
    """A time to wait in words."""
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


@dataclass
class Host:
    """What has been asked of one host; times are of one clock, in seconds."""

    tokens: float
    counted_at: float
    running: int = 0
    spaced_at: float = float("-inf")
    paused_until: float = float("-inf")
    cause: str = ""

    def ask(self, limit: HostLimit, min_interval_s: float, now: float) -> Turn:
        """Take a turn if it is one; return the Turn. A token bucket of a minute."""
        if self.paused_until > now:
            return Turn(PAUSED, self.paused_until - now, self.cause)
        if self.running >= limit.concurrent:
            return Turn(BUSY, POLL_S)
        spaced_s = self.spaced_at + min_interval_s - now if min_interval_s else 0
        wait_s = 0.0
        if limit.per_minute:
            rate = limit.per_minute / 60
            grown = self.tokens + (now - self.counted_at) * rate
            self.tokens, self.counted_at = min(limit.per_minute, grown), now
            wait_s = (1 - self.tokens) / rate
        if max(wait_s, spaced_s) > 0:
            reason = SPENT if wait_s > spaced_s else SPACED
            return Turn(reason, max(wait_s, spaced_s))
        self.tokens -= 1
        self.running += 1
        if min_interval_s:
            self.spaced_at = now
        return Turn()


class HostBudget(Budget):
    """The budget of one process; threads share it."""

    def __init__(self, limits: Limits, patience_s: float | None = None) -> None:
        super().__init__(limits, patience_s)
        self.hosts: OrderedDict[str, Host] = OrderedDict()
        self.lock = threading.Lock()
        # Addresses that have a pause of their own: until when, and why.
        self.urls: OrderedDict[bytes, tuple[float, str]] = OrderedDict()

    def _pause(self, host: str, seconds: float, cause: str, url: str = "") -> None:
        until = time.monotonic() + seconds
        with self.lock:
            if url:
                self._pause_url(url, until, cause)
                return
            state = self._state(host)
            if until > state.paused_until:
                state.paused_until, state.cause = until, cause

    def _pause_url(self, url: str, until: float, cause: str) -> None:
        place = sha256(url.encode()).digest()  # servers may choose how long it is
        self.urls[place] = max(self.urls.pop(place, (0, "")), (until, cause))
        if len(self.urls) > MAX_HOSTS:
            self.urls.popitem(last=False)

    def _ask(self, host: str, lease: str, min_interval_s: float, url: str = "") -> Turn:
        with self.lock:
            state, now = self._state(host), time.monotonic()
            until, cause = self.urls.get(sha256(url.encode()).digest(), (now, ""))
            if until > now:
                return Turn(RESTING, until - now, cause)
            return state.ask(self.limit(host), min_interval_s, now)

    def _leave(self, host: str, lease: str) -> None:
        with self.lock:
            self.hosts[host].running -= 1

    def _state(self, host: str) -> Host:
        if host not in self.hosts:
            self._make_room()
            full = self.limit(host).per_minute
            self.hosts[host] = Host(full, time.monotonic())
        self.hosts.move_to_end(host)
        return self.hosts[host]

    def _make_room(self) -> None:
        if len(self.hosts) < MAX_HOSTS:
            return
        idle = (name for name, state in self.hosts.items() if not state.running)
        if oldest := next(idle, None):
            del self.hosts[oldest]
