"""gunicorn's workers: how many began, and why they ended. Counted in its master.

Knows no Django. A worker reads what its master has written.
"""

import json
import mmap
import os
import struct
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from zeeguu.base import private

HOUR_S = 3600
# Replaced for its growth, its age or the requests it has served; told to end, as by a
# reload; and what nobody wants: ended by the master, since it had been silent; by its
# own error; by somebody else, perhaps for want of memory.
RECYCLED = ("recycled: grown", "recycled: aged", "recycled: requests")
GROWN, AGED, SERVED = RECYCLED
ASKED = "asked to end"
UNPLANNED = ("timed out", "failed", "killed")
TIMED_OUT, FAILED, KILLED = UNPLANNED
REASONS = (*RECYCLED, ASKED, *UNPLANNED)
# What a worker can say of itself.
FAREWELLS = (None, ASKED, FAILED)


class Board:
    """What a worker tells its master, in memory that both have; made before the fork.

    Whether it is ready, how many requests it has served, and its farewell: the place in
    FAREWELLS of why it ends.
    """

    READY, FAREWELL, REQUESTS = 0, 1, 8

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 16)

    @property
    def is_ready(self) -> bool:
        return bool(self._memory[self.READY])

    def set_ready(self) -> None:
        self._memory[self.READY] = 1

    @property
    def farewell(self) -> str | None:
        return FAREWELLS[self._memory[self.FAREWELL]]

    def say_farewell(self, reason: str) -> None:
        self._memory[self.FAREWELL] = FAREWELLS.index(reason)

    @property
    def requests(self) -> int:
        return int(struct.unpack_from("=Q", self._memory, self.REQUESTS)[0])

    def count(self, requests: int) -> None:
        struct.pack_into("=Q", self._memory, self.REQUESTS, requests)

    def close(self) -> None:
        self._memory.close()


class Roster:
    """The master's list: starts and ends of workers, in a file for them to read."""

    def __init__(self, directory: Path) -> None:
        self._path = _path(directory, os.getpid())
        self._started = 0
        self._ended: Counter[str] = Counter()
        self._recently: list[tuple[float, str]] = []
        _remove_outdated(directory)

    def starts(self, worker: Any) -> None:
        """Before the fork: note it, and give the worker a board to write on."""
        worker.board, worker.recycled_for = Board(), None
        self._started += 1
        self._write()

    def has_ended(self, worker: Any) -> None:
        reason = worker.board.farewell or KILLED
        if reason == ASKED and worker.recycled_for:
            reason = worker.recycled_for
        if worker.aborted:
            reason = TIMED_OUT
        worker.board.close()
        self._ended[reason] += 1
        self._recently.append((time.time(), reason))
        self._write()

    def _write(self) -> None:
        since = time.time() - HOUR_S
        self._recently = [end for end in self._recently if end[0] > since]
        facts = {
            "started": self._started,
            "ended": self._ended,
            "recently": self._recently,
        }
        new = self._path.with_suffix(".new")
        try:
            private.make_folder(new.parent)
            private.make_file(new)
            new.write_text(json.dumps(facts), "utf-8")
            new.rename(self._path)
        except OSError as exc:
            with suppress(OSError):
                new.unlink()
            sys.stderr.write(f"The workers' starts can't be written down: {exc}\n")


def say_farewell(worker: Any) -> None:
    """In a worker that ends: tell the master why."""
    has_failed = getattr(sys.exception(), "code", 0)
    worker.board.say_farewell(FAILED if has_failed else ASKED)


def read(directory: Path) -> dict[str, Any] | None:
    """Starts and ends that this process's master has counted; None without a master.

    ``ended`` and ``last_hour`` are numbers by reason.
    """
    try:
        facts = json.loads(_path(directory, os.getppid()).read_text("utf-8"))
    except OSError:
        return None
    since = time.time() - HOUR_S
    last_hour = Counter(reason for at, reason in facts["recently"] if at > since)
    return {
        "started": facts["started"],
        "ended": {reason: facts["ended"].get(reason, 0) for reason in REASONS},
        "last_hour": {reason: last_hour[reason] for reason in REASONS},
        "restarts_per_hour": last_hour.total(),
        "unplanned_per_hour": sum(last_hour[reason] for reason in UNPLANNED),
    }


def _path(directory: Path, master: int) -> Path:
    return Path(directory) / f"workers-{master}.json"


def _remove_outdated(directory: Path) -> None:
    for path in Path(directory).glob("workers-*.json"):
        if not Path(f"/proc/{path.stem.partition('-')[2]}").exists():
            with suppress(OSError):
                path.unlink()
