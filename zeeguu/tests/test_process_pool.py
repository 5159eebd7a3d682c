import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from zeeguu.process_pool import KillablePool, Killed

pytestmark = pytest.mark.nodb

loaded = []
PARENT = """
import os, time
from zeeguu.process_pool import KillablePool
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
