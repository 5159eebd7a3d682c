"""How many calls somebody may make in a while, by scope, for all processes of a host.

A budget has a rate, and a burst: so many may come at once after a pause. Each is one
number in a file of RUN_DIR that all processes have mapped; a count takes microseconds,
where a database, SQLite's too, would take as long as the call itself.
"""

import fcntl
import hashlib
import logging
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

from zeeguu.base import private

logger = logging.getLogger(__name__)

FILE = "budgets"
# Of 8 bytes of a key's hash, and the time at which its budget is whole again.
SLOT = struct.Struct("<8sd")
# Keys with the same place share these; who has waited longest gives way.
SLOTS_OF_A_PLACE = 8
PLACES = 8192
PLACE_BYTES = SLOT.size * SLOTS_OF_A_PLACE


class Budgets:
    """Counts by the generic cell rate algorithm (ITU-T I.371): a time for each key.

    path is a file, or None, which counts for this process alone. secret keeps whoever
    reads the file from testing whom it names. clock must be one for all processes, and
    must not jump: that of the system since its start.
    """

    def __init__(
        self,
        path: Path | None,
        secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._clock, self._lock = clock, threading.Lock()
        # Kept for good: closing it would take the process's locks away.
        self._file = _open(path) if path else None
        self._slots = mmap.mmap(
            -1 if self._file is None else self._file, PLACES * PLACE_BYTES
        )

    def spend(self, scope: str, who: str, budget: tuple[int, int, int]) -> float:
        """Count a call unless it is one too many; then return the seconds to wait.

        budget is (calls, in how many seconds, calls at once).
        """
        calls, period_s, burst = budget
        each_s = period_s / calls
        key = self._key(scope, who)
        first = int.from_bytes(key[:4]) % PLACES * PLACE_BYTES
        with self._alone(first):
            now = self._clock()
            offset, whole_at = self._find(key, first, now)
            # One of the future is of before the system's last start.
            if not now < whole_at <= now + each_s * burst:
                whole_at = now
            wait_s = whole_at + each_s - now - each_s * burst
            if wait_s > 0:
                return wait_s
            SLOT.pack_into(self._slots, offset, key, whole_at + each_s)
        return 0.0

    def clear(self) -> None:
        """Forget all that was counted."""
        self._slots[:] = bytes(len(self._slots))

    def _key(self, scope: str, who: str) -> bytes:
        text = f"{scope}\0{who}".encode()
        return hashlib.blake2b(text, key=self._secret, digest_size=8).digest()

    def _find(self, key: bytes, first: int, now: float) -> tuple[int, float]:
        """Where a key is, or is to be, and what stands there of it."""
        oldest, oldest_at = first, float("inf")
        for offset in range(first, first + PLACE_BYTES, SLOT.size):
            found, whole_at = SLOT.unpack_from(self._slots, offset)
            if found == key:
                return offset, whole_at
            if whole_at < oldest_at:
                oldest, oldest_at = offset, whole_at
        return oldest, now

    @contextmanager
    def _alone(self, first: int) -> Iterator[None]:
        """Threads wait for the process's lock, and processes for one of the place."""
        with self._lock:
            if self._file is None:
                yield
                return
            fcntl.lockf(self._file, fcntl.LOCK_EX, PLACE_BYTES, first)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, PLACE_BYTES, first)


def _open(path: Path) -> int:
    private.make_folder(path.parent)
    file = private.opener(path, os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, PLACES * PLACE_BYTES)
    return file


def spend(scope: str, who: str) -> float:
    """Count a call of somebody's against a scope of settings.BUDGETS; as in Budgets."""
    return of_host(settings.RUN_DIR).spend(scope, who, settings.BUDGETS[scope])


@cache
def of_host(folder: Path) -> Budgets:
    try:
        return Budgets(folder / FILE, settings.SECRET_KEY)
    except OSError as exc:
        logger.warning("Calls are counted by each process alone: %s", exc)
        return Budgets(None, settings.SECRET_KEY)
