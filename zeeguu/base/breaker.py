"""A circuit breaker: a server that is away is not asked by every request.

Source: M. Nygard, Release It!, chapter 5. Of the packages there are, pybreaker holds
its lock during the call, so that connecting would be done one by one, and others let
everybody through when they are half open.
"""

import threading
import time
from collections.abc import Callable

CLOSED, OPEN, HALF_OPEN = STATES = ("closed", "open", "half open")


class BreakerOpen(Exception):
    """A server is not asked just now; ``wait_s`` is when it is worth another try."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"failed lately; the next try is in {wait_s:.0f} s")
        self.wait_s = wait_s


class Breaker:
    """Opens after ``failures`` calls in a row have failed; thread-safe.

    While it is open everybody is refused at once, but one call every ``retry_s``
    seconds, the probe. When a call succeeds it closes. on_change(state) is called, in
    the thread that caused it, with one of STATES.
    """

    def __init__(
        self,
        failures: int,
        retry_s: float,
        on_change: Callable[[str], object] = lambda state: None,
    ) -> None:
        self.failures = failures
        self.retry_s = retry_s
        self.on_change = on_change
        self.state = CLOSED
        self._failed = 0
        self._probe_at = 0.0
        self._lock = threading.Lock()

    def open(self, wait_s: float = 0.0) -> None:
        """Be as others have found it: the first call after wait_s is the probe."""
        with self._lock:
            self._probe_at = time.monotonic() + wait_s
            self._change(OPEN)

    def enter(self) -> None:
        """Let a call begin, or raise BreakerOpen.

        Who was let in calls ``succeeded``, ``failed`` or ``left`` afterwards.
        """
        if self.state == CLOSED:
            return
        with self._lock:
            wait_s = self._probe_at - time.monotonic()
            if self.state == OPEN and wait_s <= 0:
                self._change(HALF_OPEN)
            elif self.state != CLOSED:
                raise BreakerOpen(max(wait_s, 0.0))

    def succeeded(self) -> None:
        if self.state == CLOSED and not self._failed:
            return
        with self._lock:
            self._failed = 0
            self._change(CLOSED)

    def failed(self) -> None:
        with self._lock:
            self._failed += 1
            # Those that began before it opened must not put off the probe.
            if self.state == HALF_OPEN or (
                self.state == CLOSED and self._failed >= self.failures
            ):
                self._open()

    def left(self) -> None:
        """The call has told nothing about the server; a probe is made again later."""
        with self._lock:
            if self.state == HALF_OPEN:
                self._open()

    def _open(self) -> None:
        self._probe_at = time.monotonic() + self.retry_s
        self._change(OPEN)

    def _change(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.on_change(state)
