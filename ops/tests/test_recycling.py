"""Which workers are replaced, and how: one at a time, the successor first."""

import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ops.gunicorn import recycling
from ops.gunicorn.recycling import Life, Limits, Recycling, own_mb
from ops.gunicorn.workers import AGED, GROWN, SERVED, Roster

LIMITS = Limits(growth_mb=100, age_s=1000, requests=5000, jitter=500)
NEVER = Limits(growth_mb=0, age_s=0, requests=0, jitter=500)


class Master:
    """What of gunicorn's Arbiter counts here. Its workers end when they are told to."""

    def __init__(self, directory, limits, workers=4):
        self.WORKERS, self.worker_age, self.num_workers = {}, 0, workers
        self.log = SimpleNamespace(info=lambda *args: None)
        self.told, self.boots = [], 0
        self.roster = Roster(directory)
        self.recycling = Recycling(self, limits)

    def manage_workers(self):
        while len(self.WORKERS) < self.num_workers:
            self.worker_age += 1
            worker = SimpleNamespace(age=self.worker_age, pid=self.worker_age)
            self.roster.starts(worker)
            self.recycling.starts(worker)
            self.WORKERS[worker.pid] = worker

    def kill_worker(self, pid, sig):
        self.told.append((pid, sig))

    def ready(self):
        for worker in self.WORKERS.values():
            worker.board.set_ready()


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=1000.0, own_mb={})
    monkeypatch.setattr(recycling.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(recycling, "own_mb", lambda pid: clock.own_mb.get(pid, 50.0))
    return clock


@pytest.fixture
def master(tmp_path, clock):
    master = Master(tmp_path, LIMITS)
    master.manage_workers()
    master.ready()
    return master


def look(master, clock):
    clock.now += recycling.LOOK_EVERY_S
    master.manage_workers()


def leave(master, pid):
    """What happens when gunicorn finds that a worker has ended."""
    del master.WORKERS[pid]
    master.manage_workers()


# --- a worker's limits


def life(limits=LIMITS, now=0):
    return Life(limits, now)


def test_a_young_worker_of_the_same_size_goes_on():
    young = life()
    assert [young.over(at, at, 50.0) for at in (1, 200, 700)] == [None] * 3


def test_growth_counts_from_the_size_after_warming_up():
    worker = life()
    sizes = [(0, 10.0), (99, 90.0), (100, 80.0), (300, 179.0), (400, 181.0)]
    found = [worker.over(1, requests, mb) for requests, mb in sizes]
    assert found == [None, None, None, None, GROWN]


def test_warming_up_is_no_excuse_for_a_leak():
    worker = life()
    assert worker.over(1, 0, 10.0) is None
    assert worker.over(1, 20, 209.0) is None
    assert worker.over(1, 30, 211.0) == GROWN


def test_a_leak_within_the_warming_up_is_no_size_to_start_from():
    worker = life()
    worker.over(1, 0, 10.0)
    assert worker.over(1, 100, 205.0) is None
    assert worker.over(1, 120, 211.0) == GROWN


def test_ages_are_spread_and_never_longer_than_said():
    ends = [
        next(at for at in range(1002) if life().over(at, 0, None)) for _ in range(20)
    ]
    assert 800 <= min(ends) < max(ends) <= 1000
    assert len(set(ends)) > 5


def test_requests_are_the_last_resort():
    assert life().over(1, 4999, 50.0) is None
    assert life().over(1, 5501, 50.0) == SERVED


def test_zero_is_without_limit():
    forever = life(NEVER)
    assert forever.over(1, 1, 10.0) is None
    assert forever.over(10**9, 10**9, 10.0**6) is None


def test_where_the_kernel_does_not_tell_age_and_requests_still_count():
    worker = life()
    assert worker.over(1, 100, None) is None
    assert worker.over(1001, 100, None) == AGED


def test_a_process_that_is_gone_has_no_size():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert own_mb(gone.pid) is None


GROWING = """
import os, sys
from ops.gunicorn.recycling import own_mb
shared = bytearray(os.urandom(1) * 50_000_000)
reading, writing = os.pipe()
if not os.fork():
    before = own_mb(os.getpid())
    own = bytearray(os.urandom(1) * 30_000_000)
    os.write(writing, f"{before} {own_mb(os.getpid())}".encode())
    os._exit(0)
os.wait()
sys.stdout.write(os.read(reading, 99).decode())
"""


def test_what_is_shared_with_the_master_is_not_a_workers_own():
    command = [sys.executable, "-c", GROWING]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    before, after = map(float, done.stdout.split())
    assert before < 25
    assert 29 < after - before < 35


# --- one at a time


def test_a_worker_leaves_when_its_successor_is_ready_and_not_before(master, clock):
    clock.own_mb[2] = 40.0
    look(master, clock)
    clock.own_mb[2] = 300.0
    look(master, clock)
    assert (set(master.WORKERS), master.told) == ({1, 2, 3, 4, 5}, [])
    look(master, clock)
    assert master.told == []
    master.ready()
    look(master, clock)
    look(master, clock)
    assert master.told == [(2, signal.SIGTERM)]
    assert master.WORKERS[2].recycled_for == GROWN
    leave(master, 2)
    assert (set(master.WORKERS), master.num_workers) == ({1, 3, 4, 5}, 4)


def test_four_that_are_due_at_once_leave_one_after_the_other(master, clock):
    clock.now += 2000
    for number in range(4):
        look(master, clock)
        master.ready()
        look(master, clock)
        assert len(master.told) == number + 1
        assert len(master.WORKERS) == 5
        leave(master, master.told[-1][0])
    assert {pid for pid, _ in master.told} == {1, 2, 3, 4}
    look(master, clock)
    assert set(master.WORKERS) == {5, 6, 7, 8}


def test_none_leaves_while_another_one_is_missing_or_not_ready(master, clock):
    clock.now += 2000
    leave(master, 3)
    assert master.num_workers == 4 and len(master.WORKERS) == 4
    look(master, clock)  # the one in its place is not ready
    assert master.num_workers == 4
    master.ready()
    look(master, clock)
    assert master.num_workers == 5


def test_a_successor_that_dies_has_a_successor(master, clock):
    clock.now += 2000
    look(master, clock)
    leave(master, 5)
    assert set(master.WORKERS) == {1, 2, 3, 4, 6}
    master.ready()
    look(master, clock)
    assert master.told == [(1, signal.SIGTERM)]


def test_one_that_dies_before_it_was_told_is_succeeded(master, clock):
    clock.now += 2000
    look(master, clock)
    leave(master, 1)
    assert (len(master.WORKERS), master.num_workers) == (4, 4)
    assert master.told == []


def test_a_reload_meanwhile_leaves_as_many_as_are_configured(master, clock):
    clock.now += 2000
    look(master, clock)
    # As gunicorn's reload does: the number is the configured one, and all are new.
    master.num_workers = 4
    master.recycling.begin_anew()
    master.WORKERS.clear()
    master.manage_workers()
    master.ready()
    look(master, clock)
    assert (len(master.WORKERS), master.num_workers) == (4, 4)


def test_memory_is_not_looked_at_all_the_time(master, clock, monkeypatch):
    looks = []
    monkeypatch.setattr(recycling, "own_mb", looks.append)
    for _ in range(20):
        clock.now += 0.1
        master.manage_workers()
    assert len(looks) == 4
