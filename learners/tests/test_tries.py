"""Counting tries to sign in: limits, who is spared, and what may go wrong."""

import multiprocessing
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from learners import tries
from learners.tries import FOR_ACCOUNT, IN_MEMORY, MOST_ADDRESSES, Tries
from zeeguu.tests.locks import is_locked_for_others

MOST, PERIOD_S = 3, 60
HOME, CAFE, OTHER = "192.0.2.1", "198.51.100.7", "203.0.113.9"
ADA, BOB = "ada@example.com", "bob@example.com"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["file", "memory"])
def counted(request, tmp_path, clock):
    path = tmp_path / "run" / "tries" if request.param == "file" else IN_MEMORY
    return Tries(path, "secret", MOST, PERIOD_S, clock)


def enter_often(counted, times, address=HOME, account=ADA):
    return [counted.enter(address, account) for _ in range(times)]


def enter_from_everywhere(counted, times, account=ADA):
    return [counted.enter(f"10.0.0.{n}", account) for n in range(times)]


def test_one_try_too_many_has_to_wait_until_the_first_is_forgotten(counted, clock):
    assert enter_often(counted, MOST) == [0, 0, 0]
    clock.now += 20
    assert counted.enter(HOME, ADA) == PERIOD_S - 20
    clock.now += PERIOD_S - 20
    assert counted.enter(HOME, ADA) == 0


def test_never_more_than_the_limit_in_any_period(counted, clock):
    allowed = []
    for _ in range(300):
        clock.now += 1
        if not counted.enter(HOME, ADA):
            allowed.append(clock.now)
    assert all(
        sum(at - PERIOD_S < one <= at for one in allowed) <= MOST for at in allowed
    )
    assert len(allowed) == 300 // PERIOD_S * MOST


def test_what_needs_no_account_is_counted_by_its_name_alone(counted, clock):
    assert [counted.count("reports", HOME) for _ in range(MOST)] == [0, 0, 0]
    assert counted.count("reports", HOME) == PERIOD_S
    assert counted.count("reports", CAFE) == counted.enter(HOME, ADA) == 0


def test_what_was_refused_is_not_counted(counted, clock):
    enter_often(counted, 100)
    clock.now += PERIOD_S
    assert counted.enter(HOME, ADA) == 0


def test_an_address_has_one_limit_for_all_accounts(counted):
    enter_often(counted, MOST)
    assert counted.enter(HOME, BOB) > 0
    assert counted.enter(CAFE, BOB) == 0


def test_one_address_alone_does_not_use_up_an_accounts_limit(counted):
    enter_often(counted, 100, OTHER)
    assert counted.enter(HOME, ADA) == 0


def test_many_addresses_together_do_and_get_a_time_to_wait(counted):
    waits = enter_from_everywhere(counted, 50)
    assert waits == [0] * FOR_ACCOUNT * MOST + [PERIOD_S] * (50 - FOR_ACCOUNT * MOST)
    assert counted.enter(HOME, BOB) == 0


def test_who_has_signed_in_from_an_address_before_is_not_kept_out(counted):
    counted.succeeded(HOME, ADA)
    enter_from_everywhere(counted, 50)
    assert counted.enter(CAFE, ADA) > 0
    assert enter_often(counted, MOST + 1) == [0] * MOST + [PERIOD_S]


def test_an_address_is_known_for_its_own_account_alone(counted):
    counted.succeeded(HOME, BOB)
    enter_from_everywhere(counted, 50)
    assert counted.enter(HOME, ADA) > 0


def test_the_latest_addresses_of_an_account_are_known(counted):
    for number in range(MOST_ADDRESSES + 1):
        counted.succeeded(f"192.0.2.{number}", ADA)
    counted.succeeded("192.0.2.1", ADA)
    counted.succeeded(CAFE, ADA)
    enter_from_everywhere(counted, 50)
    assert counted.enter("192.0.2.1", ADA) == counted.enter(CAFE, ADA) == 0
    assert counted.enter("192.0.2.2", ADA) > 0


def test_counts_of_before_the_systems_last_start_are_forgotten(counted, clock):
    enter_often(counted, MOST)
    clock.now = 5.0
    assert counted.enter(HOME, ADA) == 0


def test_a_clock_on_the_wall_may_jump(tmp_path, monkeypatch):
    counted = Tries(tmp_path / "tries", "secret", MOST, PERIOD_S)
    enter_often(counted, MOST)
    for now in (0, 4e9):
        monkeypatch.setattr("time.time", lambda now=now: now)
        assert counted.enter(HOME, ADA) > 0


def test_others_count_in_the_same_file_and_outlive_each_other(tmp_path, clock):
    def another():
        return Tries(tmp_path / "tries", "secret", MOST, PERIOD_S, clock)

    assert [another().enter(HOME, ADA) for _ in range(MOST + 1)][-1] == PERIOD_S


def test_many_threads_at_once_pass_as_often_as_one(counted):
    waits = []
    threads = [
        threading.Thread(target=lambda: waits.append(counted.enter(HOME, ADA)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0) == MOST
    assert len(waits) == 20


def test_the_file_is_its_owners_and_names_nobody(tmp_path, clock):
    path = tmp_path / "run" / "tries"
    Tries(path, "secret", MOST, PERIOD_S, clock).succeeded(HOME, ADA)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    content = path.read_bytes()
    assert ADA.encode() not in content
    assert HOME.encode() not in content


def test_the_file_does_not_grow_for_ever(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(tries, "MOST_TRIES", 10)
    path = tmp_path / "tries"
    enter_from_everywhere(Tries(path, "secret", MOST, PERIOD_S, clock), 50)
    database = sqlite3.connect(path)
    [(number,)] = database.execute("SELECT count(*) FROM tries").fetchall()
    database.close()
    assert number <= 12


def test_an_error_changes_nothing_and_the_next_try_goes_on(counted, monkeypatch):
    counted.enter(HOME, ADA)
    with monkeypatch.context() as patch:
        patch.setattr(counted, "_forget", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            counted.enter(HOME, ADA)
    assert enter_often(counted, MOST) == [0, 0, PERIOD_S]


PROCESSES, THREADS, CALLS, ADDRESSES = 3, 8, 10, 4
LIMIT = 10


def try_from_threads(path):
    """In a process of its own: what became of each try."""
    tries.LOCK_TIMEOUT_S = 60  # a busy machine is no reason to give up

    def enter(number):
        address = f"192.0.2.{number % ADDRESSES}"
        account = f"{threading.get_ident()}-{number}@example.com"
        try:
            wait_s = Tries(path, "secret", LIMIT, 600).enter(address, account)
        except (OSError, sqlite3.Error) as exc:
            return repr(exc)
        return "refused" if wait_s else address

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(enter, range(THREADS * CALLS)))


def test_threads_of_many_processes_pass_exactly_as_often_as_they_may(tmp_path):
    path = tmp_path / "tries"
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        results = pool.map(try_from_threads, [path] * PROCESSES, chunksize=1)
    outcomes = Counter(outcome for result in results for outcome in result)
    passed = {f"192.0.2.{number}": LIMIT for number in range(ADDRESSES)}
    refused = PROCESSES * THREADS * CALLS - ADDRESSES * LIMIT
    assert outcomes == {**passed, "refused": refused}
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_who_begins_a_try_takes_no_lock_from_another_thread(tmp_path):
    path = tmp_path / "tries"
    counted = Tries(path, "secret", MOST, PERIOD_S)
    with counted._transaction(), closing(counted._open()):
        assert is_locked_for_others(path)
