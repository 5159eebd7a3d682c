"""The driver's connection, made fit to be lent to one borrower after the other."""

import re
import select

import MySQLdb
from MySQLdb.connections import Connection

# To ping and to roll back. A statement may take longer: see the read timeout.
ANSWER_S = 2
SERVER_LOST = 2013
# Statements that leave nothing behind in the session once their transaction is over.
CLEAN = re.compile(
    rb"\s*\(?\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|SHOW|EXPLAIN|DO|SAVEPOINT"
    rb"|RELEASE|ROLLBACK|COMMIT)\b",
    re.IGNORECASE,
)
SOILING = re.compile(rb":=|GET_LOCK", re.IGNORECASE)
LOOK_AT = 500  # of its bytes; no parser, but what people write by hand is short


class Soiled(MySQLdb.Error):
    """The session is not as it was: the next borrower must not get it."""


class PooledConnection(Connection):
    """Tells whether it can be lent again, and waits for no silent server."""

    is_soiled = False
    is_suspect = False

    def query(self, query: str | bytes) -> None:
        begin = query[:LOOK_AT]
        begin = begin.encode() if isinstance(begin, str) else begin
        if not CLEAN.match(begin) or SOILING.search(begin):
            self.is_soiled = True
        super().query(query)

    def ping(self) -> None:
        self._ask(b"DO 0")

    def clean(self) -> None:
        """End what may be left of a transaction; raises Error if that can't be done.

        Costs no call where Django has ended it, since then the session is in autocommit
        mode: each call makes a busy thread wait for Python's lock again.
        """
        if self.is_soiled:
            raise Soiled("something was set in the session")
        if self.is_suspect or not self.get_autocommit():
            self._ask(b"ROLLBACK")
            self.is_suspect = False

    def _ask(self, statement: bytes) -> None:
        self.send_query(statement)
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        if not poll.poll(1000 * ANSWER_S):
            message = f"the server has been silent for {ANSWER_S} s"
            raise MySQLdb.OperationalError(SERVER_LOST, message)
        self.read_query_result()
