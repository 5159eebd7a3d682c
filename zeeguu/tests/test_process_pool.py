import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest
from django.conf import settings

from zeeguu.base import process_pool
from zeeguu.base.process_pool import Failed, KillablePool, Killed

pytestmark = pytest.mark.nodb

loaded = []
PARENT = """
import os, time
from zeeguu.base.process_pool import KillablePool
with KillablePool(1) as pool:
    print(pool.run(os.getpid, timeout_s=5), flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def pool():
    with KillablePool(1) as pool:
        yield pool


def add(a, b):
    return a + b


def spin():
    while True:
        time.sleep(0)


def fill(megabytes):
    return len(bytearray(megabytes * 1_000_000))


def test_it_returns_what_the_function_returns(pool):
    assert pool.run(add, [1], [2], timeout_s=5) == [1, 2]


def test_it_works_in_another_process(pool):
    assert pool.run(os.getpid, timeout_s=5) != os.getpid()


def test_it_raises_what_the_function_raises(pool):
    with pytest.raises(ValueError, match="invalid literal"):
        pool.run(int, "x", timeout_s=5)


def test_what_takes_too_long_is_killed_and_the_next_goes_on(pool):
    with pytest.raises(Killed, match="took longer than 0.2 s"):
        pool.run(spin, timeout_s=0.2)
    assert pool.run(add, 1, 2, timeout_s=5) == 3


def test_a_process_that_dies_is_replaced(pool):
    with pytest.raises(Killed, match="its process died"):
        pool.run(os._exit, 3, timeout_s=5)
    assert pool.run(add, 1, 2, timeout_s=5) == 3


def test_what_needs_too_much_memory_is_ended_and_the_next_may_need_it(pool):
    with pytest.raises(Killed, match="needed more than 100 MB of memory"):
        pool.run(fill, 300, timeout_s=5, memory_mb=100)
    assert pool.run(fill, 300, timeout_s=5) == 300_000_000


class Demanding(Exception):
    """Can't be rebuilt from its args: its __init__ wants more."""

    def __init__(self, first, second):
        super().__init__(first)


class Unspeakable(Exception):
    def __repr__(self):
        raise ValueError("no words")


class Trap:
    """Can be pickled, but not rebuilt."""

    def __reduce__(self):
        return (int, ("x",))


def raises(exc_type, *args):
    raise exc_type(*args)


def raises_with_a_lock():
    raise ValueError(threading.Lock())


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


CAN_NOT_COME = {
    "a library's wish to end": (raises, SystemExit, 0),
    "an interrupt": (raises, KeyboardInterrupt),
    "a generator's end": (raises, GeneratorExit),
    "an exception that wants more": (raises, Demanding, 1, 2),
    "an exception that holds a lock": (raises_with_a_lock,),
    "an exception that can't be told": (raises, Unspeakable, print),
    "a result that can't be rebuilt": (Trap,),
}


@pytest.mark.parametrize("call", CAN_NOT_COME.values(), ids=CAN_NOT_COME)
def test_what_can_not_be_brought_here_is_described(pool, call):
    with pytest.raises((Failed, Unspeakable)):
        pool.run(*call, timeout_s=5)
    assert pool.run(add, 1, 2, timeout_s=5) == 3


@pytest.mark.parametrize("call", [(threading.Lock,), (nested, 100_000)])
def test_a_result_that_can_not_be_pickled_costs_only_itself(pool, call):
    before = pool.run(os.getpid, timeout_s=5)
    with pytest.raises((TypeError, RecursionError)):
        pool.run(*call, timeout_s=5)
    assert pool.run(os.getpid, timeout_s=5) == before


def test_an_exception_tells_where_it_was_raised(pool):
    with pytest.raises(KeyError) as caught:
        pool.run(raises, KeyError, "x", timeout_s=5)
    assert "in raises" in caught.value.__notes__[0]


def test_a_pool_that_breaks_is_begun_anew():
    with KillablePool(1) as pool:
        # What the system may do when memory is short: nobody's task is to blame.
        idle = pool.run(os.getpid, timeout_s=5)
        os.kill(idle, signal.SIGKILL)
        end = time.monotonic() + 10
        while is_alive(idle):
            assert time.monotonic() < end
            time.sleep(0.05)
        found = {pool_pid(pool) for _ in range(2)} - {None}
        assert found and idle not in found


def test_a_pool_that_breaks_at_work_answers_all_who_wait():
    with KillablePool(1) as pool:
        first = pool._pool
        with ThreadPoolExecutor(2) as threads:
            waiting = [threads.submit(pool.run, time.sleep, 60, timeout_s=60)]
            waiting += [threads.submit(pool.run, add, 1, 2, timeout_s=60)]
            while len(pool._limits) < 2:
                time.sleep(0.01)
            first._pool_manager.handle_broken_pool(BrokenProcessPool("for the test"))
            for future in waiting:
                with pytest.raises(Killed, match="the pool broke"):
                    future.result(timeout=10)
        assert pool.run(add, 1, 2, timeout_s=5) == 3


def test_a_process_that_hangs_before_its_work_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(process_pool, "GRACE_S", 0)
    with KillablePool(1) as pool:
        pid = pool.run(os.getpid, timeout_s=5)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(Killed, match="the pool broke"):
            pool.run(add, 1, 2, timeout_s=0.5)
        assert pool.run(add, 1, 2, timeout_s=5) == 3


def pool_pid(pool):
    """The id of the pool's process; None where the call was lost with the old one."""
    try:
        return pool.run(os.getpid, timeout_s=5)
    except Killed:
        return None


def test_its_processes_share_what_was_loaded_before():
    loaded.append("a model")
    with KillablePool(1) as pool:
        assert pool.run(loaded.copy, timeout_s=5) == ["a model"]


def test_its_processes_end_with_their_parent():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=settings.BASE_DIR, stdout=subprocess.PIPE
    )
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    end = time.monotonic() + 10
    while is_alive(child):
        assert time.monotonic() < end
        time.sleep(0.1)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().split()[2] != "Z"
