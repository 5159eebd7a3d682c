"""Django's MySQL backend, with connections from a pool.

A thread borrows a connection for its first query; when Django closes it, at the end of
a request, it goes back.
"""

import os
import threading
import weakref
from functools import partial
from typing import Any

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.mysql import base

from ops.database import pool
from ops.database.ledger import Ledger
from ops.database.mysql.driver import PooledConnection
from ops.database.pool import Options, Pool

# MariaDB reads the first comment, in seconds, and MySQL the other, in milliseconds.
SESSION = (
    "SET SESSION TRANSACTION ISOLATION LEVEL {isolation_level}",
    "SET /*M! SESSION max_statement_time={timeout_s}, */"
    " /*!50708 SESSION max_execution_time={timeout_s}000, */"
    " SESSION sql_auto_is_null=0",
    # A server may cut JSON_ARRAYAGG, and so the topics of an article, at 1,024 bytes.
    "SET SESSION group_concat_max_len=1048576",
)


class DatabaseWrapper(base.DatabaseWrapper):
    _give_back: weakref.finalize | None = None
    _pid: int | None = None

    def get_connection_params(self) -> dict[str, Any]:
        # Set once for each connection, not each time that it is lent.
        autocommit = self.settings_dict["AUTOCOMMIT"]
        return {**super().get_connection_params(), "autocommit": autocommit}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.settings_dict["NAME"]:  # Django is about to create the database
            return super().get_new_connection(conn_params)
        key = (self.alias, self.settings_dict["NAME"])
        lender = pool.pool_of(key, partial(self._make_pool, conn_params))
        lent = lender.checkout()
        # Called by ``_close``, or when a thread ends that has not closed it.
        owner = _owners.of_thread[id(self)] = Owner()
        self._give_back = weakref.finalize(owner, lender.checkin, lent)
        self._give_back.atexit = False  # type: ignore[misc] # a property in truth
        self._pid = os.getpid()
        return lent.driver_connection

    def _make_pool(self, conn_params: dict[str, Any], ledger: Ledger) -> Pool:
        options = {**self.settings_dict["POOL"]}
        facts = {
            "isolation_level": (self.isolation_level or "read committed").upper(),
            "timeout_s": options.pop("statement_timeout_s"),
        }
        session = [statement.format(**facts) for statement in SESSION]
        open_connection = partial(_open, conn_params, session)
        return Pool(open_connection, self.Database, Options(**options), ledger)

    def init_connection_state(self) -> None:
        BaseDatabaseWrapper.init_connection_state(self)  # _open has done the rest

    def ensure_connection(self) -> None:
        self._leave_if_forked()
        super().ensure_connection()

    def _commit(self) -> None:
        if self._leave_if_forked():
            raise OperationalError("the transaction is the parent process's")
        super()._commit()  # type: ignore[misc] # the stubs leave it out

    def _rollback(self) -> None:
        if not self._leave_if_forked():
            super()._rollback()  # type: ignore[misc] # the stubs leave it out

    def _leave_if_forked(self) -> bool:
        """Where something other than Python has forked, nobody has told us yet."""
        is_forked = self._pid not in (None, os.getpid())
        if is_forked:
            leave_to_parent()
        return is_forked

    def _close(self) -> None:
        if self._give_back is None:
            super()._close()  # type: ignore[misc] # the stubs leave it out
            return
        self.connection.is_suspect = self.errors_occurred
        give_back, self._give_back = self._give_back, None
        with self.wrap_database_errors:
            give_back()
        _owners.of_thread.pop(id(self), None)

    def leave_to_parent(self) -> None:
        """In a forked child: go on without the connection, which stays the parent's."""
        if self._give_back:
            pool.keep(self._give_back.detach())
        self._give_back = self._pid = self.connection = None
        if self.in_atomic_block:  # as if it had been closed: nothing more can be done
            self.closed_in_transaction = self.needs_rollback = True


def _open(conn_params: dict[str, Any], session: list[str]) -> PooledConnection:
    connection = PooledConnection(**conn_params)
    for statement in session:
        connection.query(statement)
    connection.is_soiled = False
    return connection


class Owner:
    """Ends with its thread. Django's wrappers, being in cycles, live on for a while."""


class Owners(threading.local):
    def __init__(self) -> None:
        self.of_thread: dict[int, Owner] = {}  # by the id of a wrapper


_owners = Owners()


def leave_to_parent() -> None:
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper):
            connection.leave_to_parent()


os.register_at_fork(after_in_child=leave_to_parent)
