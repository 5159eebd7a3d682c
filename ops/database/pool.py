"""The connections of a process: opened once, lent to one thread at a time.

SQLAlchemy's QueuePool does the lending. What is added here: a child process never
touches its parent's connections, a dead server is asked seldom, exceptions are of
Django's kind, and everything is counted.
"""

import atexit
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple, cast

import sqlalchemy.pool
from django.conf import settings
from sqlalchemy import event, exc
from sqlalchemy.pool import (
    NullPool,
    PoolProxiedConnection,
    QueuePool,
)
from sqlalchemy.util.queue import Empty

from ops.database import ledger
from ops.database.errors import FULL, DatabaseAway, PoolExhausted, Unavailable
from ops.database.ledger import Ledger
from zeeguu.base.breaker import CLOSED, OPEN, STATES, Breaker, BreakerOpen

# A connection that worked this short a time ago is not asked whether it still does, as
# in HikariCP: it saves a busy server one call in three.
ALIVE_S = 0.5


@dataclass(frozen=True)
class Options:
    """DATABASES["default"]["POOL"]; times in seconds.

    Without a size nothing is pooled: each loan is a connection of its own.
    """

    size: int = 10
    max_overflow: int = 20
    timeout_s: float = 5
    recycle_s: float = 3600
    breaker_failures: int = 5
    breaker_retry_s: float = 2


class Queue(QueuePool):
    def dispose(self) -> None:
        """Close what is idle. SQLAlchemy's own forgets how much is lent."""
        while True:
            try:
                record = self._pool.get(False)
            except Empty:
                return
            record.close()
            self._dec_overflow()


class Pool:
    """Lends the connections that open_connection() makes; thread-safe.

    These have ``ping()``, and ``clean()`` that makes them fit for the next borrower.
    Both raise Error of driver, the DB-API module, where they can't.
    """

    def __init__(
        self,
        open_connection: Callable[[], Any],
        driver: ModuleType,
        options: Options,
        ledger: Ledger,
    ) -> None:
        self.driver = driver
        self.options = options
        self.ledger = ledger
        self.breaker = Breaker(
            options.breaker_failures, options.breaker_retry_s, self._breaker_changed
        )
        self._pid = os.getpid()
        self._open: dict[Any, Socket | None] = {}
        self._lent = self._waiting = 0
        self._pool = self._make_pool(open_connection)
        ledger.set("size", options.size)
        ledger.set("max_overflow", options.max_overflow if options.size else 0)

    def _make_pool(self, open_connection: Callable[[], Any]) -> sqlalchemy.pool.Pool:
        # Cleaned by ``checkin``, which sees whether that works.
        common: dict[str, Any] = {
            "recycle": self.options.recycle_s,
            "reset_on_return": None,
        }
        if self.options.size:
            pool: sqlalchemy.pool.Pool = Queue(
                open_connection,
                pool_size=self.options.size,
                max_overflow=self.options.max_overflow,
                timeout=self.options.timeout_s,
                use_lifo=True,  # who was used just now needs no ping
                **common,
            )
        else:
            pool = NullPool(open_connection, **common)
        event.listen(pool, "connect", self._opened)
        event.listen(pool, "checkout", self._ping)
        event.listen(pool, "invalidate", self._invalidated)
        event.listen(pool, "close", self._closed)
        return pool

    def checkout(self) -> PoolProxiedConnection:
        """Lend a connection that answers, in SQLAlchemy's proxy.

        Raises DatabaseAway and PoolExhausted, or what the driver raises.
        """
        self._enter()
        try:
            lent = self._pool.connect()
        except exc.TimeoutError as error:
            self.breaker.left()
            raise self._exhausted() from error
        except self.driver.OperationalError as error:
            self._failed(error)
            raise
        except exc.SQLAlchemyError as error:
            self.breaker.left()
            raise Unavailable(f"no connection: {error}") from error
        except BaseException:
            self.breaker.left()
            raise
        finally:
            with self.ledger.lock:
                self._waiting -= 1
                self._show()
        self.breaker.succeeded()
        self._begin(lent)
        return lent

    def checkin(self, lent: PoolProxiedConnection) -> None:
        """Take a connection back, with no transaction and no result left on it."""
        if os.getpid() != self._pid:
            keep(lent)
            return
        with self.ledger.lock:
            self._lent -= 1
            self.ledger.lent(time.monotonic() - lent.info["lent_at"])
        try:
            cast(Any, lent.driver_connection).clean()
        except self.driver.Error as error:
            lent.invalidate(error)
        except BaseException:  # Ctrl-C, for example, in the middle of the protocol
            lent.invalidate()
            raise
        else:
            lent.info["alive_at"] = time.monotonic()
            lent.close()
        finally:
            with self.ledger.lock:
                self._show()

    def dispose(self) -> None:
        """Close what is idle; what is lent is closed or pinged when it is back."""
        self._pool.dispose()
        with self.ledger.lock:
            self._show()

    def leave_to_parent(self) -> None:
        """In a forked child: let go of the parent's sockets.

        The driver says good-bye to the server when a connection is closed or collected,
        and here that would end the parent's; so its words go nowhere.
        """
        null = os.open(os.devnull, os.O_RDWR)
        for socket in self._open.values():
            # One that the server has closed may have another file's number.
            if socket and _identity(socket.fd) == socket:
                os.dup2(null, socket.fd, inheritable=False)
        os.close(null)

    # --- counting

    def _enter(self) -> None:
        try:
            self.breaker.enter()
        except BreakerOpen as refusal:
            with self.ledger.lock:
                self.ledger.add("refused")
            message = "the database could not be reached just now"
            raise DatabaseAway(message, refusal.wait_s) from None
        with self.ledger.lock:
            self._waiting += 1
            self._show()

    def _begin(self, lent: PoolProxiedConnection) -> None:
        lent.info["lent_at"] = time.monotonic()
        with self.ledger.lock:
            self._lent += 1
            self.ledger.add("checkouts")
            self.ledger.used(peak=self._lent)
            self._show()

    def _exhausted(self) -> PoolExhausted:
        with self.ledger.lock:
            self.ledger.add("timeouts")
            self.ledger.used(timeouts=1)
        most = self.options.size + self.options.max_overflow
        return PoolExhausted(
            f"all {most} connections of this process were in use for"
            f" {self.options.timeout_s} s"
        )

    def _failed(self, error: BaseException) -> None:
        with self.ledger.lock:
            self.ledger.add("failures")
        if error.args and error.args[0] in FULL:
            self.breaker.left()
        else:
            self.breaker.failed()

    def _breaker_changed(self, state: str) -> None:
        with self.ledger.lock:
            was_closed = STATES[self.ledger.get("breaker")] == CLOSED
            self.ledger.set("breaker", STATES.index(state))
            self.ledger.add("breaker_openings", was_closed)
        if state == OPEN:
            self.dispose()

    def _show(self) -> None:
        open_now = max(len(self._open), self._lent)
        self.ledger.set("waiting", self._waiting)
        self.ledger.set("checked_out", self._lent)
        self.ledger.set("idle", open_now - self._lent)
        if self._lent > self.ledger.get("high_water"):
            self.ledger.set("high_water", self._lent)

    # --- SQLAlchemy's events

    def _opened(self, connection: Any, record: Any) -> None:
        record.info["alive_at"] = time.monotonic()
        self._open[connection] = _identity(connection.fileno())
        with self.ledger.lock:
            self.ledger.add("opened")
            self.ledger.add("reconnects", "was_open" in record.record_info)
            self.ledger.add("recycled", record.record_info.pop("was_too_old", False))
        record.record_info["was_open"] = True

    def _ping(self, connection: Any, record: Any, lent: PoolProxiedConnection) -> None:
        if time.monotonic() - record.info["alive_at"] < ALIVE_S:
            return
        try:
            connection.ping()
        except self.driver.Error as error:
            raise exc.DisconnectionError(str(error)) from error

    def _invalidated(
        self, connection: Any, record: Any, error: BaseException | None
    ) -> None:
        record.info["is_invalid"] = True
        with self.ledger.lock:
            self.ledger.add("invalidated")

    def _closed(self, connection: Any, record: Any) -> None:
        self._open.pop(connection, None)
        is_old = time.time() - record.starttime > self.options.recycle_s
        was_too_old = is_old and "is_invalid" not in record.info
        record.record_info["was_too_old"] = was_too_old  # told if it is replaced


class Socket(NamedTuple):
    fd: int
    device: int
    inode: int


def _identity(fd: int) -> Socket | None:
    """What a file descriptor stands for now, or None."""
    try:
        found = os.fstat(fd)
    except OSError:
        return None
    return Socket(fd, found.st_dev, found.st_ino)


_inherited: list[object] = []
_pid = os.getpid()
_pools: dict[tuple[str, str], Pool] = {}
_lock = threading.Lock()


def pool_of(key: tuple[str, str], make: Callable[[Ledger], Pool]) -> Pool:
    """The process's pool for a key; make(ledger) makes it."""
    leave_if_forked()
    with _lock:
        if key not in _pools:
            _pools[key] = make(ledger.of_process(settings.RUN_DIR))
            if _others_have_given_up():
                _pools[key].breaker.open()
        return _pools[key]


def _others_have_given_up() -> bool:
    """Whether a process of this host has an open breaker.

    In an outage workers are recycled quickly, and a new one must not begin by letting
    all its threads wait for what its siblings know to be away.
    """
    processes, _, _ = ledger.read(settings.RUN_DIR)
    return any(STATES[process["breaker"]] != CLOSED for process in processes)


def keep(inherited: object) -> None:
    """In a forked child: never let the parent's things be collected.

    What SQLAlchemy does then takes locks that a thread of the parent may have held at
    the fork.
    """
    _inherited.append(inherited)


def dispose_all() -> None:
    for pool in list(_pools.values()):
        pool.dispose()


def leave_to_parent() -> None:
    """In a forked child: begin without any connection."""
    global _pid, _pools, _lock
    inherited = _pools
    _pid, _pools, _lock = os.getpid(), {}, threading.Lock()
    keep(inherited)
    ledger.leave_to_parent()
    for pool in inherited.values():
        pool.leave_to_parent()


def leave_if_forked() -> None:
    """For forks by something other than Python, which runs no hooks."""
    if os.getpid() != _pid:
        leave_to_parent()


os.register_at_fork(after_in_child=leave_to_parent)
# Before Python, at its end, collects connections and says good-bye on them.
atexit.register(leave_if_forked)
