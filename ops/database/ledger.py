"""What a process counts, in a small file that every process of the host can read.

The file is mapped into memory, so that counting costs no system call, and its owner
holds a lock on it: a file that can be locked belongs to a process that is gone.
"""

import fcntl
import logging
import mmap
import os
import re
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from zeeguu.base import private

logger = logging.getLogger(__name__)

# Numbers that are only true while the process lives, and numbers that only grow.
GAUGES = (
    "started_at",
    "size",
    "max_overflow",
    "idle",
    "checked_out",
    "high_water",
    "waiting",
    "breaker",
)
COUNTERS = (
    "checkouts",
    "opened",
    "reconnects",
    "invalidated",
    "recycled",
    "timeouts",
    "failures",
    "refused",
    "breaker_openings",
)
# Of each minute of the last hour: milliseconds that connections were in use, most of
# them at once in one process, and requests that waited in vain.
PER_MINUTE = ("minute", "busy_ms", "peak", "timeouts")
MINUTES = 60

_FIELDS = (*GAUGES, *COUNTERS)
_PLACE = {name: place for place, name in enumerate(_FIELDS)}
_NUMBERS = len(_FIELDS) + MINUTES * len(PER_MINUTE)
_BYTES = 8 * _NUMBERS
_NAME = re.compile(r"pool-(?P<pid>\d+)-(?P<role>[\w.]+)-[0-9a-f]{8}")
_DEPARTED = "departed"


# Mapped into memory.
Numbers: TypeAlias = "memoryview[int]"


class Ledger:
    """The numbers of this process. One thread at a time may write, see ``lock``."""

    def __init__(self, directory: Path | str, role: str) -> None:
        self.pid = os.getpid()
        self.lock = threading.RLock()
        name = f"pool-{self.pid}-{role}-{secrets.token_hex(4)}"
        self._file, self._numbers = _map_or_keep(directory, name)
        self.set("started_at", int(time.time()))

    def set(self, name: str, number: int) -> None:
        self._numbers[_PLACE[name]] = number

    def get(self, name: str) -> int:
        return self._numbers[_PLACE[name]]

    def add(self, name: str, number: int = 1) -> None:
        self._numbers[_PLACE[name]] += number

    def used(self, peak: int = 0, timeouts: int = 0) -> None:
        """Add to the current minute."""
        _add_minute(self._numbers, int(time.time()) // 60, 0, peak, timeouts)

    def lent(self, seconds: float) -> None:
        """Add a loan that ends now to the minutes that it lasted."""
        now = time.time()
        began = now - min(seconds, 60 * MINUTES)
        for minute in range(int(began) // 60, int(now) // 60 + 1):
            of_minute = min(now, 60 * minute + 60) - max(began, 60 * minute)
            _add_minute(self._numbers, minute, round(1000 * of_minute), 1, 0)

    def facts(self) -> dict[str, int]:
        """All gauges and counters by name."""
        return _facts(self._numbers)

    def leave(self) -> None:
        """In a forked child: the file stays its parent's."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


_own: Ledger | None = None


def of_process(directory: Path | str) -> Ledger:
    """This process's Ledger, made when it is first asked for."""
    global _own
    if _own is None:
        _own = Ledger(directory, role_of_process())
    return _own


def leave_to_parent() -> None:
    """In a forked child: the next Ledger is its own."""
    global _own
    if _own:
        _own.leave()
    _own = None


def unshared(processes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What ``read`` should have found of this process and has not, in a list."""
    if _own is None or _own.pid in {process["pid"] for process in processes}:
        return []
    return [{"pid": _own.pid, "role": role_of_process(), **_own.facts()}]


def _add_minute(
    numbers: Numbers, minute: int, busy_ms: int, peak: int, timeouts: int
) -> None:
    start = len(_FIELDS) + minute % MINUTES * len(PER_MINUTE)
    if numbers[start] > minute:
        return  # too old to be of interest
    if numbers[start] < minute:
        numbers[start] = minute
        numbers[start + 1] = numbers[start + 2] = numbers[start + 3] = 0
    numbers[start + 1] += busy_ms
    numbers[start + 2] = max(numbers[start + 2], peak)
    numbers[start + 3] += timeouts


def _map_or_keep(directory: Path | str, name: str) -> tuple[int | None, Numbers]:
    """(file descriptor, numbers); without a file where none can be written."""
    new = Path(directory) / f"new-{name}"
    try:
        private.make_folder(new.parent)
        numbers = _map(new)
        # Locked before it has the name that ``sweep`` looks for.
        file = _lock(new)
        new.rename(new.with_name(name))
    except OSError as exc:
        logger.warning("Nobody else can read what this process counts: %s", exc)
        with suppress(OSError):
            new.unlink()
        return None, memoryview(mmap.mmap(-1, _BYTES)).cast("q")
    return file, numbers


def _map(path: Path) -> Numbers:
    """The numbers of a file, all 0 if it is new or of another make."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, private.FILE)
    try:
        if os.fstat(file).st_size != _BYTES:
            os.truncate(file, 0)
            # Not a hole: where the disk is full, writing into one kills the process.
            os.posix_fallocate(file, 0, _BYTES)
        return memoryview(mmap.mmap(file, _BYTES)).cast("q")
    finally:
        os.close(file)


def _lock(path: Path, how: int = fcntl.LOCK_EX) -> int:
    """Lock a file; return its descriptor, which holds the lock until it is closed.

    One of its own: the mapping keeps the one that it was made with open, also in a
    forked child, and the lock would live as long. Raises OSError.
    """
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(file, how)
    except OSError:
        os.close(file)
        raise
    return file


def read(
    directory: Path | str,
) -> tuple[list[dict[str, Any]], dict[str, int], list[dict[str, int]]]:
    """What the processes of the host have counted.

    Returns (processes, departed, minutes): a dict of GAUGES and COUNTERS with "pid" and
    "role" for each process that lives, the COUNTERS of those that are gone, and the
    dicts of PER_MINUTE of the last hour, oldest first, summed up over all of them.
    """
    sweep(directory)
    processes: list[dict[str, Any]] = []
    minutes: dict[int, Counter[str]] = {}
    for path in sorted(Path(directory).glob("pool-*")):
        named = _NAME.fullmatch(path.name)
        numbers = _read(path)
        if named and numbers:
            role = named["role"]
            processes.append(
                {"pid": int(named["pid"]), "role": role, **_facts(numbers)}
            )
            _merge(minutes, numbers)
    numbers = _read(Path(directory) / _DEPARTED) or [0] * _NUMBERS
    _merge(minutes, numbers)
    departed = {name: numbers[_PLACE[name]] for name in COUNTERS}
    return processes, departed, _last_hour(minutes)


def _facts(numbers: Iterable[int]) -> dict[str, int]:
    return dict(zip(_FIELDS, numbers, strict=False))


def _read(path: Path) -> list[int] | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None  # swept away just now
    return memoryview(data).cast("q").tolist() if len(data) == _BYTES else None


def _merge(minutes: dict[int, Counter[str]], numbers: Sequence[int]) -> None:
    for start in range(len(_FIELDS), _NUMBERS, len(PER_MINUTE)):
        minute, busy_ms, peak, timeouts = numbers[start : start + len(PER_MINUTE)]
        known = minutes.setdefault(minute, Counter())
        known["busy_ms"] += busy_ms
        known["timeouts"] += timeouts
        known["peak"] = max(known["peak"], peak)


def _last_hour(minutes: dict[int, Counter[str]]) -> list[dict[str, int]]:
    now = int(time.time()) // 60
    return [
        {name: minutes.get(minute, Counter())[name] for name in PER_MINUTE}
        | {"minute": minute}
        for minute in range(now - MINUTES + 1, now + 1)
    ]


def sweep(directory: Path | str) -> None:
    """Add the counts of processes that are gone to ``departed``, and drop their files.

    However they ended: the lock on their file ended with them.
    """
    for path in Path(directory).glob("pool-*"):
        if not _NAME.fullmatch(path.name):
            continue
        try:
            _sweep(path)
        except (BlockingIOError, FileNotFoundError):
            pass  # its owner lives, or somebody else was quicker
        except OSError as exc:
            logger.warning("Who is gone can't be counted: %s", exc)


def _sweep(path: Path) -> None:
    file = _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        # Somebody else may have counted it between the opening and the lock.
        if os.fstat(file).st_nlink:
            _count_departed(path)
            path.unlink()
    finally:
        os.close(file)


def _count_departed(path: Path) -> None:
    gone = _read(path)
    if gone is None:
        return
    departed = path.with_name(_DEPARTED)
    private.make_file(departed)
    # Not waited for: whoever holds it may have been stopped. The next sweep counts.
    file = _lock(departed, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        numbers = _map(departed)
        for name in COUNTERS:
            numbers[_PLACE[name]] += gone[_PLACE[name]]
        for start in range(len(_FIELDS), _NUMBERS, len(PER_MINUTE)):
            _add_minute(numbers, *gone[start : start + len(PER_MINUTE)])
    finally:
        os.close(file)


def role_of_process() -> str:
    """What this process is to people: the command it runs."""
    program, *arguments = sys.argv[:2] or [""]
    path = Path(program)
    name = path.parent.name if path.name == "__main__.py" else path.name
    if name == "manage.py" and arguments:
        name = arguments[0]
    return re.sub(r"[^\w.]", "_", name) or "python"
