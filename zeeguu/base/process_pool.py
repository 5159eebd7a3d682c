"""Processes for work that must have an end: hostile documents, and tokenizing."""

import logging
import multiprocessing
import os
import pickle
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, TimeoutError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple, Self

from pebble import ProcessExpired, ProcessPool

from zeeguu.base.wording import in_words

logger = logging.getLogger(__name__)

# Parsers leak, and one large document leaves its process large.
MOST_TASKS = 500
# Between two looks at whether the pool that should answer still works.
LOOK_S = 1
# For a process to begin, and for its end, beside the time for the work.
GRACE_S = 10
# Where there is none, memory can't be bounded.
STATUS = Path("/proc/self/status")


class Killed(Exception):
    """The work was ended: its time or memory was up, or its process died."""


class Failed(Exception):
    """The work raised what can't be brought here as it is; the message describes it."""


class Outcome(NamedTuple):
    """What came of a call: its pickled result or exception, and where it was raised."""

    pickled: bytes
    is_error: bool = False
    raised_at: str = ""


class KillablePool:
    """Processes that share what their parent has loaded; use it as a context manager.

    One that is over its time is killed and replaced; the others never notice. Fork
    before threads begin, and load before the fork what is to be shared. Where the pool
    itself breaks, such as by a lack of processes, the next call begins a new one.
    """

    def __init__(self, processes: int) -> None:
        self._processes, self._lock = processes, threading.Lock()
        self._pool, self._is_closed = self._new(), False
        self._limits: dict[Future[Outcome], float] = {}

    def _new(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._processes,
            max_tasks=MOST_TASKS,
            initializer=start_worker,
            initargs=(os.getpid(),),
            context=multiprocessing.get_context("fork"),
        )

    def __enter__(self) -> Self:
        # Started here, by the thread that owns it.
        self._pool.schedule(os.getpid).result()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """End its processes, and what they are at; nothing can be run afterwards."""
        self._is_closed = True
        end(self._pool)

    def run(
        self,
        function: Callable,
        *args: Any,
        timeout_s: float,
        memory_mb: int | None = None,
    ) -> Any:
        """Return what function returns, called in a process; raise what it raises.

        What it raises has a note that says where. memory_mb bounds what it may need
        beyond what its process has. Raises Killed, and Failed for what can't be
        brought from there to here: a result, an exception, or a wish to end.
        """
        pool, future, most_s = self._schedule((memory_mb, function, args), timeout_s)
        try:
            outcome = _wait_for(future, pool, most_s)
        except TimeoutError as exc:
            raise Killed(f"took longer than {timeout_s} s") from exc
        except ProcessExpired as exc:
            raise Killed(f"its process died (exit code {exc.exitcode})") from exc
        except (BrokenProcessPool, CancelledError) as exc:
            self._end(pool)
            raise Killed("was ended with all processes: the pool broke") from exc
        finally:
            with self._lock:
                self._limits.pop(future)
        try:
            return _opened(outcome)
        except MemoryError as exc:
            raise Killed(f"needed more than {memory_mb} MB of memory") from exc

    def _schedule(
        self, args: tuple, timeout_s: float
    ) -> tuple[ProcessPool, Future[Outcome], float]:
        """Also returns in how many seconds an answer must have come.

        By then all that waits has had its time, one after the other. A process that
        hangs before it takes anything up would never be over its time.
        """
        with self._lock:
            if not self._pool.active and not self._is_closed:
                logger.error("The pool of processes broke, and is begun anew")
                end(self._pool)
                self._pool = self._new()
            pool = self._pool
            future = pool.schedule(_contained, args, timeout=timeout_s)
            self._limits[future] = timeout_s + GRACE_S
            return pool, future, sum(self._limits.values())

    def _end(self, pool: ProcessPool) -> None:
        with self._lock:
            if pool is self._pool:
                end(pool)


def end(pool: ProcessPool) -> None:
    pool.stop()
    pool.join()


def _wait_for(future: Future[Outcome], pool: ProcessPool, most_s: float) -> Outcome:
    """The Outcome of a call; raises TimeoutError, ProcessExpired, BrokenProcessPool."""
    last = time.monotonic() + most_s
    while True:
        try:
            return future.result(timeout=LOOK_S)
        except TimeoutError:
            if future.done():
                raise
            # Scheduled while the pool broke, or for a process that hangs: nobody would
            # ever answer.
            is_lost = not pool.active or time.monotonic() > last
            if is_lost and not future.done():
                raise BrokenProcessPool from None


def _opened(outcome: Outcome) -> Any:
    """The result in an Outcome; raises the exception that is there instead.

    Opened here, and not by the pool: one that it can't open would break it for all.
    """
    try:
        value = pickle.loads(outcome.pickled)  # noqa: S301 - of our own process
    except Exception as exc:  # noqa: BLE001 - whatever a class does when it is rebuilt
        raise Failed(f"its result can't be brought here: {_told(exc)}") from exc
    if outcome.is_error:
        value.add_note(outcome.raised_at)
        raise value
    return value


def _contained(memory_mb: int | None, function: Callable, args: tuple) -> Outcome:
    """Call function within its bounds; whatever happens there becomes an Outcome."""
    try:
        return _bounded(memory_mb, function, args)
    except BaseException as exc:  # noqa: BLE001 - libraries raise SystemExit, too
        return Outcome(_pickled_error(exc), True, traceback.format_exc())


def _pickled_error(exc: BaseException) -> bytes:
    """An exception as it is where that survives the journey, else a description."""
    failed = Failed(f"it failed: {_told(exc)}")
    if not isinstance(exc, Exception):  # here it would end the wrong process
        return pickle.dumps(failed)
    try:
        pickled = pickle.dumps(exc)
        same = isinstance(pickle.loads(pickled), type(exc))  # noqa: S301 - just made
    except Exception:  # noqa: BLE001 - such as one whose __init__ wants more
        same = False
    return pickled if same else pickle.dumps(failed)


def described(exc: BaseException) -> str:
    """An exception that nobody foresaw, in words; strange ones can't even tell them."""
    return f"an unforeseen error, which the log tells: {_told(exc)}"


def _told(exc: BaseException) -> str:
    try:
        return in_words(exc)
    except Exception:  # noqa: BLE001 - whatever it is
        return "no reason was given"


def _bounded(memory_mb: int | None, function: Callable, args: tuple) -> Outcome:
    if memory_mb is None or not STATUS.exists():
        return Outcome(pickle.dumps(function(*args)))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _data_bytes() + memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    try:
        return Outcome(pickle.dumps(function(*args)))
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _data_bytes() -> int:
    """The private writable memory of this process, as RLIMIT_DATA counts it.

    Source: proc(5), VmData.
    """
    lines = STATUS.read_text().splitlines()
    line = next(line for line in lines if line.startswith("VmData"))
    return int(line.split()[1]) * 1024


def start_worker(parent: int) -> None:
    """Prepare a forked process: Ctrl-C is its parent's business, and so is its life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process when its parent was killed, which tells nobody."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
