"""The pool alone, with connections that only pretend to be some."""

import gc
import socket
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

pytest.importorskip("sqlalchemy", reason="only MySQL needs it")

import sqlalchemy.pool.base
from django.db import OperationalError

from ops.database import ledger as ledger_module
from ops.database import pool as pool_module
from ops.database.errors import DatabaseAway, PoolExhausted, Unavailable
from ops.database.ledger import Ledger
from ops.database.pool import ALIVE_S, Options, Pool, pool_of
from zeeguu.base import breaker as breaker_module
from zeeguu.base.breaker import OPEN, STATES

GONE = 2006
NOBODY_ANSWERS = 2003
TOO_MANY_CONNECTIONS = 1040


class FakeDriver:
    """A driver whose connections work unless they are told to fail."""

    class Error(Exception):
        pass

    class OperationalError(Error):
        pass

    class ProgrammingError(Error):
        pass

    def __init__(self):
        self.error = None
        self.connections = []
        self.most_open = 0
        self._lock = threading.Lock()

    def open(self):
        if self.error:
            raise self.error
        with self._lock:
            self.connections.append(FakeConnection(self))
            self.most_open = max(self.most_open, len(self.open_connections))
        return self.connections[-1]

    @property
    def open_connections(self):
        return [connection for connection in self.connections if connection.is_open]

    def fails_with(self, number, kind=OperationalError):
        self.error = kind(number, "for the test")

    def recovers(self):
        self.error = None


class FakeConnection:
    def __init__(self, driver):
        self.driver = driver
        self.is_open = True
        self.is_dead = False
        self.pings = self.rollbacks = 0
        self.near, self.far = None, None

    def fileno(self):
        return -1

    def ping(self):
        self.pings += 1
        self._ask()

    def rollback(self):
        self.rollbacks += 1
        self._ask()

    def clean(self):
        self.rollback()

    def close(self):
        assert self.is_open, "closed twice"
        self.is_open = False

    def _ask(self):
        assert self.is_open, "used after it was closed"
        if self.is_dead:
            raise self.driver.OperationalError(GONE, "for the test")


class FakeSocketConnection(FakeConnection):
    """Says good-bye when it is closed or collected, as the real driver does."""

    def __init__(self, driver):
        super().__init__(driver)
        self.near, self.far = socket.socketpair()

    def fileno(self):
        return self.near.fileno()

    def rollback(self):
        super().rollback()
        self.near.send(b"rollback")

    def close(self):
        super().close()
        self.near.send(b"good-bye")

    def __del__(self):
        if self.is_open:
            self.near.send(b"good-bye")


class Clock:
    """A ``time`` that only goes on when it is told to."""

    now_s = 29_000_000.0

    def time(self):
        return self.now_s

    monotonic = time

    def advance(self, seconds):
        self.now_s += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    for module in (pool_module, breaker_module, sqlalchemy.pool.base):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def driver():
    return FakeDriver()


@pytest.fixture
def make_pool(driver, tmp_path):
    ledger = Ledger(tmp_path, "test")
    yield lambda **options: Pool(driver.open, driver, Options(**options), ledger)
    ledger.leave()


def lend(pool, count):
    return [pool.checkout() for _ in range(count)]


def take_back(pool, lent):
    for loan in lent:
        pool.checkin(loan)


def use(pool):
    """Lend a connection, take it back, and return the driver's connection."""
    lent = pool.checkout()
    connection = lent.driver_connection
    pool.checkin(lent)
    return connection


def fail(pool, times=1):
    for _ in range(times):
        with pytest.raises(pool.driver.OperationalError):
            pool.checkout()


def numbers_of(pool, *names):
    return tuple(pool.ledger.get(name) for name in names)


def when(monkeypatch, ledger, name, number):
    """An event that is set as soon as a gauge of the ledger shows the number."""
    event, set_gauge = threading.Event(), ledger.set

    def set_and_tell(*gauge):
        set_gauge(*gauge)
        if gauge == (name, number):
            event.set()

    monkeypatch.setattr(ledger, "set", set_and_tell)
    return event


# --- lending


def test_a_connection_that_was_taken_back_is_lent_again(make_pool, driver):
    pool = make_pool()
    assert use(pool) is use(pool)
    assert len(driver.connections) == 1
    assert numbers_of(pool, "checkouts", "opened", "reconnects") == (2, 1, 0)


def test_a_connection_is_lent_to_one_at_a_time(make_pool):
    pool = make_pool()
    first, second = lend(pool, 2)
    assert first.driver_connection is not second.driver_connection


def test_a_connection_is_rolled_back_when_it_comes_back(make_pool):
    pool = make_pool()
    lent = pool.checkout()
    connection = lent.driver_connection
    assert connection.rollbacks == 0
    pool.checkin(lent)
    assert connection.rollbacks == 1
    assert connection.is_open


def test_one_that_cannot_be_rolled_back_is_not_lent_again(make_pool):
    pool = make_pool()
    lent = pool.checkout()
    broken = lent.driver_connection
    broken.is_dead = True
    pool.checkin(lent)
    assert not broken.is_open
    assert use(pool) is not broken
    assert numbers_of(pool, "invalidated", "checked_out", "reconnects") == (1, 0, 1)


def test_what_cannot_be_rolled_back_leaves_its_place_to_another(make_pool):
    pool = make_pool(size=1, max_overflow=0, timeout_s=0.01)
    for _ in range(3):
        lent = pool.checkout()
        lent.driver_connection.is_dead = True
        pool.checkin(lent)
    assert numbers_of(pool, "invalidated", "checked_out", "idle") == (3, 0, 0)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_one_whose_rollback_was_interrupted_is_not_lent_again(
    make_pool, monkeypatch, interruption
):
    pool = make_pool(size=1, max_overflow=0, timeout_s=0.01)
    lent = pool.checkout()
    unclean = lent.driver_connection
    with monkeypatch.context() as patch, pytest.raises(interruption):
        patch.setattr(unclean, "rollback", partial(raise_, interruption()))
        pool.checkin(lent)
    del lent
    assert use(pool) is not unclean
    assert numbers_of(pool, "checked_out") == (0,)


def raise_(error):
    raise error


# --- is it alive?


def test_one_that_was_idle_for_long_is_pinged_before_it_is_lent(make_pool, clock):
    pool = make_pool()
    use(pool)
    clock.advance(ALIVE_S)
    assert use(pool).pings == 1


def test_one_that_was_just_used_is_not_pinged(make_pool, clock):
    pool = make_pool()
    use(pool)
    clock.advance(ALIVE_S - 0.001)
    assert use(pool).pings == 0


def test_a_new_one_is_not_pinged(make_pool, clock):
    assert use(make_pool()).pings == 0


def test_a_long_loan_is_no_idle_time(make_pool, clock):
    pool = make_pool()
    lent = pool.checkout()
    clock.advance(60)
    pool.checkin(lent)
    assert use(pool).pings == 0


def test_a_dead_idle_one_is_replaced_unnoticed(make_pool, clock):
    pool = make_pool()
    dead = use(pool)
    dead.is_dead = True
    clock.advance(60)
    assert use(pool).is_dead is False
    assert not dead.is_open
    assert numbers_of(pool, "reconnects", "invalidated", "failures") == (1, 1, 0)


def test_each_dead_idle_one_is_replaced(make_pool, driver, clock):
    pool = make_pool(size=3, max_overflow=0)
    take_back(pool, lend(pool, 3))
    for connection in driver.connections:
        connection.is_dead = True
    clock.advance(60)
    take_back(pool, lend(pool, 3))
    assert numbers_of(pool, "reconnects", "idle", "checked_out") == (3, 3, 0)


def test_one_that_stays_dead_does_not_use_up_a_place(make_pool, driver, clock):
    pool = make_pool(size=1, max_overflow=0, timeout_s=0.01, breaker_failures=9)
    use(pool).is_dead = True
    clock.advance(60)
    driver.fails_with(NOBODY_ANSWERS)
    fail(pool, times=2)
    assert numbers_of(pool, "failures", "checked_out", "idle") == (2, 0, 0)
    driver.recovers()
    assert use(pool).is_open


def test_one_that_is_too_old_is_replaced(make_pool, clock):
    pool = make_pool(recycle_s=3600)
    old = use(pool)
    clock.advance(3601)
    assert use(pool) is not old
    assert not old.is_open
    assert numbers_of(pool, "recycled", "reconnects", "invalidated") == (1, 1, 0)


def test_one_that_is_not_too_old_stays(make_pool, clock):
    pool = make_pool(recycle_s=3600)
    old = use(pool)
    clock.advance(3600)
    assert use(pool) is old
    assert numbers_of(pool, "recycled") == (0,)


def test_one_that_failed_when_it_was_old_was_not_recycled(make_pool, clock):
    pool = make_pool(recycle_s=3600)
    lent = pool.checkout()
    lent.driver_connection.is_dead = True
    clock.advance(3601)
    pool.checkin(lent)
    assert numbers_of(pool, "recycled", "invalidated") == (0, 1)


# --- how many


def test_who_waits_too_long_is_told_that_all_are_in_use(make_pool):
    pool = make_pool(size=1, max_overflow=1, timeout_s=0.01)
    lent = lend(pool, 2)
    began = time.monotonic()
    with pytest.raises(PoolExhausted, match="all 2 connections") as caught:
        pool.checkout()
    assert time.monotonic() - began < 2
    assert isinstance(caught.value, OperationalError)
    assert numbers_of(pool, "timeouts", "checked_out", "waiting") == (1, 2, 0)
    take_back(pool, lent)


def test_all_in_use_for_long_is_no_reason_not_to_ask_the_server(make_pool):
    pool = make_pool(size=1, max_overflow=0, timeout_s=0.001, breaker_failures=1)
    lent = pool.checkout()
    for _ in range(3):
        with pytest.raises(PoolExhausted):
            pool.checkout()
    assert pool.breaker.state == breaker_module.CLOSED
    pool.checkin(lent)
    assert use(pool).is_open


def test_who_waits_gets_the_next_that_comes_back(make_pool, monkeypatch):
    pool = make_pool(size=1, max_overflow=0, timeout_s=10)
    waits = when(monkeypatch, pool.ledger, "waiting", 1)
    lent = pool.checkout()
    waits.clear()
    with ThreadPoolExecutor(1) as executor:
        used = executor.submit(use, pool)
        assert waits.wait(timeout=10)
        connection = lent.driver_connection
        pool.checkin(lent)
        assert used.result(timeout=10) is connection


def test_waiting_threads_are_shown(make_pool, monkeypatch):
    pool = make_pool(size=1, max_overflow=0, timeout_s=10)
    lent = pool.checkout()
    two_wait = when(monkeypatch, pool.ledger, "waiting", 2)
    with ThreadPoolExecutor(2) as executor:
        used = [executor.submit(use, pool) for _ in range(2)]
        assert two_wait.wait(timeout=10)
        pool.checkin(lent)
        assert all(future.result(timeout=10) for future in used)
    assert numbers_of(pool, "waiting", "checked_out") == (0, 0)


def test_overflow_is_closed_when_it_comes_back(make_pool, driver):
    pool = make_pool(size=2, max_overflow=2)
    take_back(pool, lend(pool, 4))
    assert len(driver.open_connections) == 2
    assert numbers_of(pool, "idle", "invalidated", "recycled") == (2, 0, 0)


def test_fifty_threads_never_open_more_than_allowed(make_pool, driver):
    pool = make_pool(size=3, max_overflow=2, timeout_s=10)

    def use_often(_):
        return all(use(pool) for _ in range(20))

    with ThreadPoolExecutor(50) as executor:
        assert all(executor.map(use_often, range(50)))
    assert driver.most_open <= 5
    assert numbers_of(pool, "checkouts", "checked_out", "waiting") == (1000, 0, 0)
    assert numbers_of(pool, "idle") == (len(driver.open_connections),)


def test_gauges_show_what_is_lent_and_what_is_idle(make_pool):
    pool = make_pool(size=5)
    lent = lend(pool, 3)
    assert numbers_of(pool, "checked_out", "idle", "high_water") == (3, 0, 3)
    take_back(pool, lent[:2])
    assert numbers_of(pool, "checked_out", "idle", "high_water") == (1, 2, 3)
    take_back(pool, lent[2:])
    assert numbers_of(pool, "size", "max_overflow") == (5, 20)


def test_the_most_that_was_lent_at_once_is_no_more_than_there_is(
    make_pool, monkeypatch
):
    pool = make_pool(size=1, max_overflow=0, timeout_s=10)
    first = pool.checkout()
    taken_back = type(first).close
    seconds = []

    def close_and_lend_again(lent):
        taken_back(lent)
        monkeypatch.undo()
        seconds.append(pool.checkout())  # as another thread does just then

    monkeypatch.setattr(type(first), "close", close_and_lend_again)
    pool.checkin(first)
    assert numbers_of(pool, "checked_out", "high_water") == (1, 1)


def test_a_minute_shows_how_long_connections_were_in_use(make_pool, clock, monkeypatch):
    pool, loans = make_pool(), []
    monkeypatch.setattr(pool.ledger, "lent", loans.append)
    lent = lend(pool, 2)
    clock.advance(0.25)
    take_back(pool, lent)
    assert loans == [0.25, 0.25]


def test_a_minute_shows_how_many_were_in_use_at_once(make_pool, monkeypatch):
    pool, used = make_pool(), []
    monkeypatch.setattr(pool.ledger, "used", lambda **numbers: used.append(numbers))
    lend(pool, 2)
    assert used == [{"peak": 1}, {"peak": 2}]


def test_a_minute_shows_who_waited_in_vain(make_pool, monkeypatch):
    pool, used = make_pool(size=1, max_overflow=0, timeout_s=0.01), []
    lent = pool.checkout()
    monkeypatch.setattr(pool.ledger, "used", lambda **numbers: used.append(numbers))
    with pytest.raises(PoolExhausted):
        pool.checkout()
    assert used == [{"timeouts": 1}]
    pool.checkin(lent)


# --- a server that is away


def test_what_the_driver_raises_comes_through(make_pool, driver):
    driver.fails_with(NOBODY_ANSWERS)
    pool = make_pool()
    with pytest.raises(driver.OperationalError) as caught:
        pool.checkout()
    assert caught.value is driver.error
    assert numbers_of(pool, "failures", "checked_out", "waiting") == (1, 0, 0)


def test_after_several_failures_the_server_is_not_asked_again(make_pool, driver, clock):
    driver.fails_with(NOBODY_ANSWERS)
    pool = make_pool(breaker_failures=3, breaker_retry_s=2)
    fail(pool, times=3)
    with pytest.raises(DatabaseAway) as caught:
        pool.checkout()
    assert caught.value.retry_after_s == 2
    assert isinstance(caught.value, OperationalError)
    assert numbers_of(pool, "failures", "refused", "breaker_openings") == (3, 1, 1)


def test_failures_do_not_use_up_the_places(make_pool, driver):
    pool = make_pool(size=1, max_overflow=1, timeout_s=0.01, breaker_failures=9)
    driver.fails_with(NOBODY_ANSWERS)
    fail(pool, times=5)
    driver.recovers()
    take_back(pool, lend(pool, 2))
    assert numbers_of(pool, "checked_out", "idle") == (0, 1)


def test_idle_ones_are_closed_when_the_server_is_away(make_pool, driver, clock):
    pool = make_pool(size=2, max_overflow=1, breaker_failures=1)
    first, second = lend(pool, 2)
    pool.checkin(first)
    driver.fails_with(NOBODY_ANSWERS)
    driver.connections[0].is_dead = True
    clock.advance(60)
    fail(pool)
    assert driver.open_connections == [second.driver_connection]
    assert numbers_of(pool, "idle", "checked_out") == (0, 1)


def test_an_idle_one_beside_the_dead_one_is_closed_as_well(make_pool, driver, clock):
    pool = make_pool(size=2, max_overflow=0, breaker_failures=1)
    take_back(pool, lend(pool, 2))
    driver.fails_with(NOBODY_ANSWERS)
    driver.connections[-1].is_dead = True
    clock.advance(60)
    fail(pool)
    assert driver.open_connections == []
    assert numbers_of(pool, "idle") == (0,)


@pytest.mark.parametrize("number", [TOO_MANY_CONNECTIONS, 1203, 1226])
def test_a_server_that_is_full_is_asked_again(make_pool, driver, number):
    pool = make_pool(breaker_failures=2)
    driver.fails_with(number)
    fail(pool, times=5)
    assert numbers_of(pool, "failures", "refused", "breaker") == (5, 0, 0)


def test_a_server_that_is_back_is_found_after_a_while(make_pool, driver, clock):
    pool = make_pool(breaker_failures=1, breaker_retry_s=2)
    driver.fails_with(NOBODY_ANSWERS)
    fail(pool)
    driver.recovers()
    with pytest.raises(DatabaseAway):
        pool.checkout()
    clock.advance(2)
    assert use(pool).is_open
    assert numbers_of(pool, "breaker", "refused") == (0, 1)


def test_a_success_in_between_forgives_earlier_failures(make_pool, driver):
    pool = make_pool(breaker_failures=2)
    for _ in range(3):
        driver.fails_with(NOBODY_ANSWERS)
        fail(pool)
        driver.recovers()
        use(pool)
        pool.dispose()
    assert numbers_of(pool, "failures", "refused", "breaker_openings") == (3, 0, 0)


def test_a_probe_that_finds_the_server_full_is_made_again(make_pool, driver, clock):
    pool = make_pool(breaker_failures=1, breaker_retry_s=2)
    for number in (NOBODY_ANSWERS, TOO_MANY_CONNECTIONS):
        driver.fails_with(number)
        fail(pool)
        clock.advance(2)
    driver.recovers()
    assert use(pool).is_open


def test_a_probe_that_finds_all_in_use_is_made_again(make_pool, driver, clock):
    pool = make_pool(size=1, max_overflow=0, timeout_s=0.01, breaker_retry_s=2)
    lent = pool.checkout()
    for _ in range(pool.options.breaker_failures):
        pool.breaker.failed()
    clock.advance(2)
    with pytest.raises(PoolExhausted):
        pool.checkout()
    pool.checkin(lent)
    clock.advance(2)
    assert use(pool).is_open


@pytest.mark.parametrize(
    "error", [FakeDriver.ProgrammingError(1064), OSError(), KeyboardInterrupt()]
)
def test_a_probe_that_ends_in_another_way_is_made_again(
    make_pool, driver, clock, error
):
    pool = make_pool(breaker_failures=1, breaker_retry_s=2)
    driver.fails_with(NOBODY_ANSWERS)
    fail(pool)
    clock.advance(2)
    driver.error = error
    with pytest.raises(type(error)):
        pool.checkout()
    driver.recovers()
    clock.advance(2)
    assert use(pool).is_open


def test_a_connection_that_dies_as_soon_as_it_is_open_is_not_lent(
    make_pool, driver, clock, monkeypatch
):
    monkeypatch.setattr(pool_module, "ALIVE_S", 0)
    open_dead = partial(open_dead_connection, driver)
    pool = make_pool()
    monkeypatch.setattr(pool._pool, "_creator", open_dead)
    with pytest.raises(Unavailable, match="no connection"):
        pool.checkout()
    assert numbers_of(pool, "checked_out", "waiting") == (0, 0)
    assert driver.open_connections == []


def open_dead_connection(driver):
    connection = driver.open()
    connection.is_dead = True
    return connection


# --- dispose


def test_dispose_closes_what_is_idle(make_pool, driver):
    pool = make_pool()
    first, second, third = lend(pool, 3)
    take_back(pool, [first, second])
    pool.dispose()
    assert driver.open_connections == [third.driver_connection]
    assert numbers_of(pool, "idle", "checked_out") == (0, 1)


def test_dispose_keeps_count_of_what_is_lent(make_pool, driver):
    pool = make_pool(size=2, max_overflow=1, timeout_s=0.01)
    lent = lend(pool, 3)
    pool.checkin(lent.pop())
    pool.dispose()
    lent += lend(pool, 1)
    with pytest.raises(PoolExhausted):
        pool.checkout()
    take_back(pool, lent)
    assert driver.most_open == 3


def test_as_many_as_ever_can_be_lent_after_dispose(make_pool, driver):
    pool = make_pool(size=2, max_overflow=1, timeout_s=0.01)
    for _ in range(3):
        lent = lend(pool, 3)
        pool.checkin(lent.pop())
        pool.dispose()
        take_back(pool, lent)
        pool.dispose()
    take_back(pool, lend(pool, 3))
    assert driver.most_open == 3


def test_what_was_lent_during_dispose_is_lent_again(make_pool):
    pool = make_pool()
    lent = pool.checkout()
    connection = lent.driver_connection
    pool.dispose()
    pool.checkin(lent)
    assert use(pool) is connection


# --- without a size


def test_without_a_size_each_loan_is_a_connection_of_its_own(make_pool, driver):
    pool = make_pool(size=0)
    first, second = use(pool), use(pool)
    assert first is not second
    assert (first.rollbacks, first.is_open) == (1, False)
    assert driver.open_connections == []


def test_without_a_size_loans_are_counted_all_the_same(make_pool):
    pool = make_pool(size=0)
    lent = lend(pool, 3)
    assert numbers_of(pool, "checked_out", "idle", "opened") == (3, 0, 3)
    take_back(pool, lent)
    pool.dispose()
    assert numbers_of(pool, "checked_out", "idle", "invalidated") == (0, 0, 0)


def test_without_a_size_a_server_that_is_away_is_not_asked_again(make_pool, driver):
    pool = make_pool(size=0, breaker_failures=1)
    driver.fails_with(NOBODY_ANSWERS)
    fail(pool)
    with pytest.raises(DatabaseAway):
        pool.checkout()


# --- the pools of a process


def test_a_key_has_one_pool(make_pool, own_registry):
    first = pool_of("one", lambda ledger: make_pool())
    assert pool_of("one", lambda ledger: make_pool()) is first
    assert pool_of("two", lambda ledger: make_pool()) is not first


def test_all_pools_are_disposed_of_together(make_pool, driver, own_registry):
    for key in ("one", "two"):
        use(pool_of(key, lambda ledger: make_pool()))
    pool_module.dispose_all()
    assert len(driver.connections) == 2
    assert driver.open_connections == []


@pytest.fixture
def own_registry(monkeypatch, tmp_path, settings):
    settings.RUN_DIR = tmp_path
    monkeypatch.setattr(pool_module, "_pools", {})
    monkeypatch.setattr(ledger_module, "_own", None)
    yield
    ledger_module.leave_to_parent()


def test_a_new_process_asks_seldom_where_its_siblings_know_better(
    make_pool, own_registry, tmp_path, driver
):
    """Else each worker that is recycled in an outage lets all its threads wait."""
    sibling = Ledger(tmp_path, "sibling")
    sibling.set("breaker", STATES.index(OPEN))
    pool = pool_of("key", lambda ledger: make_pool())
    driver.fails_with(NOBODY_ANSWERS)
    fail(pool)
    with pytest.raises(DatabaseAway):
        pool.checkout()
    sibling.leave()


# --- the collector


def test_a_loan_may_be_collected_while_its_thread_counts(make_pool, monkeypatch):
    """Django's wrappers are in cycles: a dead thread's go at any time."""
    pool = make_pool()
    borrower = FakeDriver()
    borrower.itself = borrower
    weakref.finalize(borrower, pool.checkin, pool.checkout())
    del borrower
    collect_when_locked(pool, monkeypatch)
    thread = threading.Thread(target=use, args=[pool], daemon=True)
    thread.start()
    thread.join(timeout=60)  # a large heap is collected slowly
    assert not thread.is_alive()
    assert numbers_of(pool, "checked_out") == (0,)


def collect_when_locked(pool, monkeypatch):
    show = pool._show
    monkeypatch.setattr(pool, "_show", lambda: (gc.collect(), show()))
