"""gunicorn's workers: how many began, and why they ended. Counted in its master.

Knows no Django: the master has none. A worker reads what its master has written.
"""

import json
import mmap
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

HOUR_S = 3600
# After its requests; when told so, as for a reload; and what nobody wants: by the
# master, since it had been silent; by its own error; by somebody else, perhaps for want
# of memory.
RECYCLED, ASKED = PLANNED = ("recycled", "asked to end")
TIMED_OUT, FAILED, KILLED = UNPLANNED = ("timed out", "failed", "killed")
REASONS = (*PLANNED, *UNPLANNED)
# What a worker can say of itself.
FAREWELLS = (None, RECYCLED, ASKED, FAILED)


class Roster:
    """The master's list: starts and ends of workers, in a file for them to read."""

    def __init__(self, directory):
        self._path = _path(directory, os.getpid())
        self._started = 0
        self._ended = Counter()
        self._recently = []
        _remove_outdated(directory)

    def starts(self, worker):
        """Before the fork: note it, and give the worker a place for its farewell."""
        worker.farewell = mmap.mmap(-1, 1)
        self._started += 1
        self._write()

    def has_ended(self, worker):
        reason = FAREWELLS[worker.farewell[0]] or KILLED
        reason = TIMED_OUT if worker.aborted else reason
        worker.farewell.close()
        self._ended[reason] += 1
        self._recently.append((time.time(), reason))
        self._write()

    def _write(self):
        since = time.time() - HOUR_S
        self._recently = [end for end in self._recently if end[0] > since]
        facts = {
            "started": self._started,
            "ended": self._ended,
            "recently": self._recently,
        }
        new = self._path.with_suffix(".new")
        try:
            new.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(facts), "utf-8")
            new.rename(self._path)
        except OSError as exc:
            with suppress(OSError):
                new.unlink()
            sys.stderr.write(f"The workers' starts can't be written down: {exc}\n")


def say_farewell(worker):
    """In a worker that ends: tell the master why."""
    if getattr(sys.exception(), "code", 0):
        reason = FAILED
    else:
        reason = RECYCLED if worker.nr >= worker.max_requests else ASKED
    worker.farewell[0] = FAREWELLS.index(reason)


def read(directory):
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


def _path(directory, master):
    return Path(directory) / f"workers-{master}.json"


def _remove_outdated(directory):
    for path in Path(directory).glob("workers-*.json"):
        if not Path(f"/proc/{path.stem.partition('-')[2]}").exists():
            with suppress(OSError):
                path.unlink()
