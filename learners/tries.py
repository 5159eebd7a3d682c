"""How often somebody has tried to sign in lately, for all processes of a host.

In a small SQLite file of its own: its transactions settle races between processes, a
killed one leaves no half a count, and the database that everything else waits for is
not asked. The limits library has no store that processes share without a server.
"""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from zeeguu.base import private

IN_MEMORY = ":memory:"
LOCK_TIMEOUT_S = 2
# Whoever has as many addresses at hand is not stopped by counting them.
MOST_TRIES = 200_000
# Homes, offices and phones of one person.
MOST_ADDRESSES = 10
# Times as many tries as from one address.
FOR_ACCOUNT = 2

# One thread of a process at a time waits for the file: SQLite's own queue is unfair,
# and under load some would wait longer than LOCK_TIMEOUT_S.
_of_file = threading.Lock()

TABLES = (
    "CREATE TABLE IF NOT EXISTS tries (key BLOB NOT NULL, at REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS tries_of_key ON tries (key, at)",
    "CREATE INDEX IF NOT EXISTS tries_by_age ON tries (at)",
    "CREATE TABLE IF NOT EXISTS known (account BLOB NOT NULL, pair BLOB UNIQUE)",
)


class Tries:
    """Counts tries by address and by account, those of the last ``period_s``.

    ``most`` may come from an address. One password can be guessed from many, so an
    account has a limit too, which one address alone can't use up; and an address that
    somebody has signed in from is spared it: guessing must not keep the owner out.

    path is a file, or IN_MEMORY, which counts for this process alone. secret keeps
    whoever reads the file from testing which names it holds. clock must be one for all
    processes, and must not jump: that of the system since its start.
    """

    def __init__(
        self,
        path: Path | str,
        secret: str,
        most: int,
        period_s: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._clock = path, clock
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._most, self._period_s = most, period_s
        self._lock = _of_file if isinstance(path, Path) else threading.Lock()
        self._kept = None if isinstance(path, Path) else self._open()

    def enter(self, address: str, account: str) -> float:
        """Count a try unless it is one too many; then return the seconds to wait.

        Raises sqlite3.Error and OSError.
        """
        limits = {self._key("address", address): self._most}
        pair = self._key("pair", address, account)
        with self._transaction() as database:
            known = database.execute("SELECT 1 FROM known WHERE pair = ?", [pair])
            if not known.fetchone():
                limits[self._key("account", account)] = FOR_ACCOUNT * self._most
            return self._enter(database, limits)

    def count(self, *parts: str) -> float:
        """Count one more of what parts name, as ``enter`` does; no account has to do.

        Raises sqlite3.Error and OSError.
        """
        with self._transaction() as database:
            return self._enter(database, {self._key(*parts): self._most})

    def _enter(self, database: sqlite3.Connection, limits: dict[bytes, int]) -> float:
        now = self._clock()
        self._forget(database, now)
        waits = [self._wait_s(database, *limit, now) for limit in limits.items()]
        if not any(waits):
            database.executemany(
                "INSERT INTO tries VALUES (?, ?)", [(key, now) for key in limits]
            )
        return max(waits)

    def succeeded(self, address: str, account: str) -> None:
        """Remember an address that an account was signed in from; raises as enter."""
        owner, pair = self._key("account", account), self._key("pair", address, account)
        with self._transaction() as database:
            database.execute("REPLACE INTO known VALUES (?, ?)", [owner, pair])
            database.execute(
                "DELETE FROM known WHERE account = ? AND rowid NOT IN (SELECT rowid"
                " FROM known WHERE account = ? ORDER BY rowid DESC LIMIT ?)",
                [owner, owner, MOST_ADDRESSES],
            )

    def _forget(self, database: sqlite3.Connection, now: float) -> None:
        # Those of the future were before the system's last start.
        database.execute(
            "DELETE FROM tries WHERE at <= ? OR at > ?", [now - self._period_s, now]
        )
        database.execute(
            "DELETE FROM tries WHERE rowid <= (SELECT max(rowid) FROM tries) - ?",
            [MOST_TRIES],
        )

    def _wait_s(
        self, database: sqlite3.Connection, key: bytes, most: int, now: float
    ) -> float:
        first = database.execute(
            "SELECT at FROM tries WHERE key = ? ORDER BY at DESC LIMIT 1 OFFSET ?",
            [key, most - 1],
        ).fetchone()
        return first[0] + self._period_s - now if first else 0.0

    def _key(self, *parts: str) -> bytes:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._secret, digest_size=16).digest()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Alone with the tables; after an error nothing has changed."""
        with self._connection() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One of its own for each transaction: none may survive a fork."""
        with self._lock:
            if self._kept:
                yield self._kept
            else:
                with closing(self._open()) as database:
                    yield database

    def _open(self) -> sqlite3.Connection:
        if isinstance(self._path, Path):
            private.make_folder(self._path.parent)
            private.make_file(self._path)
        database = sqlite3.connect(
            self._path,
            timeout=LOCK_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # After a power cut nobody misses the counts of the last minute.
            database.execute("PRAGMA synchronous = OFF")
            for statement in TABLES:
                database.execute(statement)
        except sqlite3.Error:
            database.close()
            raise
        return database
