import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from learners.feed import candidates
from learners.feed.candidates import Opened, Window

DANISH = ("da", ())


@pytest.fixture
def reads(monkeypatch):
    """Reading takes until the test says so; how often it began."""
    begun, may_end = [], Event()

    def read(key, known):
        begun.append(key)
        may_end.wait(10)
        return Window(), Opened(len(begun), time.time())

    monkeypatch.setattr(candidates, "_read_newest", read)
    return begun, may_end


def test_of_many_that_ask_at_once_one_reads(reads):
    begun, may_end = reads
    with ThreadPoolExecutor(5) as threads:
        asking = [threads.submit(candidates.open_first, DANISH) for _ in range(5)]
        may_end.set()
        assert {one.result()[1].newest_id for one in asking} == {1}
    assert begun == [DANISH]


def test_nobody_waits_for_who_looks_again(reads, monkeypatch):
    begun, may_end = reads
    may_end.set()
    candidates.open_first(DANISH)
    monkeypatch.setattr(candidates, "REFRESHED_S", 0)
    may_end.clear()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(candidates.open_first, DANISH)
        while len(begun) < 2:
            pass
        assert candidates.open_first(DANISH)[1].newest_id == 1
        may_end.set()


def test_a_child_reads_although_its_parent_was_reading(reads):
    begun, may_end = reads
    with ThreadPoolExecutor(1) as threads:
        threads.submit(candidates.open_first, DANISH)
        while not begun:
            pass
        child = multiprocessing.get_context("fork").Process(target=in_child)
        child.start()
        may_end.set()
        child.join(10)
    assert child.exitcode == 0


def in_child():
    # Its own: the event that its parent waits for is another one here.
    candidates._read_newest = lambda key, known: (Window(), Opened(7, 1e12))
    assert candidates.open_first(DANISH)[1].newest_id == 7


def test_few_lists_are_kept(reads, monkeypatch):
    _, may_end = reads
    may_end.set()
    monkeypatch.setattr(candidates, "MOST_KEPT", 2)
    for topic in "abc":
        candidates.open_first(("da", (topic,)))
    assert len(candidates._kept) == 2
