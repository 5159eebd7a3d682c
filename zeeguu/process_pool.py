"""Processes for work that must have an end: hostile documents, and tokenizing."""

import multiprocessing
import os
import resource
import signal
import threading
import time
from concurrent.futures import TimeoutError
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

# Parsers leak, and one large document leaves its process large.
MOST_TASKS = 500
# Where there is none, memory can't be bounded.
STATUS = Path("/proc/self/status")


class Killed(Exception):
    """The work was ended: its time or memory was up, or its process died."""


class KillablePool:
    """Processes that share what their parent has loaded; use it as a context manager.

    One that is over its time is killed and replaced; the others never notice. Fork
    before threads begin, and load before the fork what is to be shared.
    """

    def __init__(self, processes):
        self._pool = ProcessPool(
            max_workers=processes,
            max_tasks=MOST_TASKS,
            initializer=start_worker,
            initargs=(os.getpid(),),
            context=multiprocessing.get_context("fork"),
        )

    def __enter__(self):
        # Started here, by the thread that owns it.
        self._pool.schedule(os.getpid).result()
        return self

    def __exit__(self, *exc_info):
        self._pool.stop()
        self._pool.join()

    def run(self, function, *args, timeout_s, memory_mb=None):
        """Return what function returns, called in a process; raise what it raises.

        memory_mb bounds what it may need beyond what its process has. Raises Killed.
        """
        future = self._pool.schedule(
            _bounded, (memory_mb, function, args), timeout=timeout_s
        )
        try:
            return future.result()
        except TimeoutError as exc:
            raise Killed(f"took longer than {timeout_s} s") from exc
        except MemoryError as exc:
            raise Killed(f"needed more than {memory_mb} MB of memory") from exc
        except ProcessExpired as exc:
            raise Killed(f"its process died (exit code {exc.exitcode})") from exc


def _bounded(memory_mb, function, args):
    if memory_mb is None or not STATUS.exists():
        return function(*args)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _data_bytes() + memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    try:
        return function(*args)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _data_bytes():
    """The private writable memory of this process, as RLIMIT_DATA counts it.

    Source: proc(5), VmData.
    """
    lines = STATUS.read_text().splitlines()
    line = next(line for line in lines if line.startswith("VmData"))
    return int(line.split()[1]) * 1024


def start_worker(parent):
    """Prepare a forked process: Ctrl-C is its parent's business, and so is its life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent):
    """End this process when its parent was killed, which tells nobody."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
