"""Ready answers are kept for their version, and never take more than their room."""

import threading

import pytest

from learners.dictionaries.ready import OVERHEAD_BYTES, Ready

pytestmark = pytest.mark.nodb


def test_an_answer_is_had_for_its_version_alone():
    ready = Ready(10_000)
    ready.put(1, "a", b"first")
    assert ready.get(1, "a") == b"first"
    assert ready.get(1, "b") is None
    assert ready.get(2, "a") is None


def test_another_version_takes_the_place_of_the_first():
    ready = Ready(2 * OVERHEAD_BYTES)
    ready.put(1, "a", b"x" * OVERHEAD_BYTES)
    ready.put(1, "b", b"y" * OVERHEAD_BYTES)
    assert ready.get(1, "a") is None
    assert ready.get(1, "b") == b"y" * OVERHEAD_BYTES


def test_what_was_asked_for_longest_ago_makes_room():
    ready = Ready(3 * OVERHEAD_BYTES)
    for key in (1, 2, 3):
        ready.put(key, "a", b"")
    ready.get(1, "a")
    ready.put(4, "a", b"")
    assert [key for key in (1, 2, 3, 4) if ready.get(key, "a") is not None] == [1, 3, 4]


def test_nothing_is_kept_that_is_larger_than_all_the_room():
    ready = Ready(OVERHEAD_BYTES)
    ready.put(1, "a", b"x")
    assert ready.get(1, "a") is None
    ready.put(2, "a", b"")
    assert ready.get(2, "a") == b""


def test_threads_together_take_no_more_than_the_room():
    ready = Ready(20 * OVERHEAD_BYTES)

    def work(start):
        for key in range(start, start + 500):
            ready.put(key % 60, "a", b"x" * (key % 900))
            ready.get(key % 7, "a")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [ready.get(key, "a") for key in range(60)]
    sizes = [len(one) + OVERHEAD_BYTES for one in kept if one is not None]
    assert 0 < sum(sizes) <= 20 * OVERHEAD_BYTES
