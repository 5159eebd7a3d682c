"""What goes wrong between us and the database, as exceptions of Django's kind."""

from django.db import (
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)

from zeeguu.base.connections import DatabaseFailed

# The server, or the way to it, is at fault, not the statement. The numbers are those of
# MySQL and MariaDB, whose driver calls most errors operational, also a missing column.
OUTAGES = {
    1021,  # the disk is full
    1040,  # too many connections
    1041,  # out of memory
    1044,  # this user may not use this database
    1045,  # wrong user or password
    1049,  # no such database
    1053,  # the server is being stopped
    1129,  # the server has blocked this host
    1130,
    1135,  # no thread for the connection
    1158,  # the network: reading failed, took too long, and so on for writing
    1159,
    1160,
    1161,
    1203,  # too many connections of this user
    1205,  # waited too long for another's lock
    1213,  # gave way in a deadlock
    1226,  # over the user's limit
    1290,  # the server only reads now
    1317,  # the statement was ended from outside
    1698,  # wrong user or password
    1836,  # the server only reads now
    1927,  # the connection was ended from outside
    1969,  # the statement took longer than it may
    2001,  # nobody answers
    2002,
    2003,
    2004,
    2005,
    2006,  # the server has gone away
    2013,  # the server has hung up
    2019,  # a character set that the driver does not know
    2026,  # no TLS
    2027,  # what it sent makes no sense
    2055,
    3024,  # the statement took longer than it may
    4031,  # was idle for too long
}
# The server answers, but takes in nobody else: what is open goes on working.
FULL = {1040, 1203, 1226}
# What they say is of a statement, whatever number they have.
OF_STATEMENTS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
SQLITE_OUTAGES = (
    "locked",
    "unable to open",
    "disk i/o",
    "disk is full",
    "readonly",
    "not a database",
    "malformed",
)
NO_TABLE = 1146


class Unavailable(OperationalError):
    """There is no connection to be had; ``retry_after_s`` says when to ask again."""

    def __init__(self, message: str, retry_after_s: float = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PoolExhausted(Unavailable):
    """All connections were in use for as long as one may wait."""


class DatabaseAway(Unavailable):
    """The server could not be reached lately, so it was not asked."""


def is_outage(exc: BaseException) -> bool:
    """Whether an exception says that the database can't be used now."""
    if isinstance(exc, Unavailable):
        return True
    if not isinstance(exc, DatabaseFailed) or isinstance(exc, OF_STATEMENTS):
        return False
    reason = exc.args[0] if exc.args else ""
    if isinstance(reason, int):
        # 0 is what the driver says of a connection that is closed.
        return reason in OUTAGES or reason == 0
    return any(words in str(reason).lower() for words in SQLITE_OUTAGES)


def is_unmigrated(exc: BaseException) -> bool:
    """Whether an exception says that a table is missing."""
    reason = exc.args[0] if exc.args else ""
    return reason == NO_TABLE or str(reason).startswith("no such table")
