import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from zeeguu.base import breaker as breaker_module
from zeeguu.base.breaker import CLOSED, HALF_OPEN, OPEN, Breaker, BreakerOpen


class Clock:
    """A ``time`` that only goes on when it is told to."""

    now_s = 1000.0

    def monotonic(self):
        return self.now_s

    def advance(self, seconds):
        self.now_s += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(breaker_module, "time", clock)
    return clock


def make_breaker(failures=3, retry_s=2, **options):
    return Breaker(failures, retry_s, **options)


def make_open_breaker(retry_s=2, **options):
    breaker = make_breaker(failures=1, retry_s=retry_s, **options)
    breaker.failed()
    return breaker


def make_half_open_breaker(clock, **options):
    breaker = make_open_breaker(**options)
    clock.advance(breaker.retry_s)
    breaker.enter()
    return breaker


def is_let_in(breaker):
    try:
        breaker.enter()
    except BreakerOpen:
        return False
    return True


def refusal_of(breaker):
    with pytest.raises(BreakerOpen) as caught:
        breaker.enter()
    return caught.value


# --- closed


def test_a_new_breaker_lets_everybody_in(clock):
    breaker = make_breaker()
    assert all(is_let_in(breaker) for _ in range(10))
    assert breaker.state == CLOSED


def test_one_failure_less_than_allowed_leaves_it_closed(clock):
    breaker = make_breaker(failures=3)
    breaker.failed()
    breaker.failed()
    assert breaker.state == CLOSED
    assert is_let_in(breaker)


def test_as_many_failures_in_a_row_as_allowed_open_it(clock):
    breaker = make_breaker(failures=3)
    for _ in range(3):
        breaker.failed()
    assert breaker.state == OPEN


def test_a_success_in_between_starts_the_count_again(clock):
    breaker = make_breaker(failures=3)
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.state == CLOSED


def test_a_call_that_tells_nothing_does_not_count(clock):
    breaker = make_breaker(failures=2)
    breaker.failed()
    breaker.left()
    breaker.left()
    assert breaker.state == CLOSED
    breaker.failed()
    assert breaker.state == OPEN


# --- open


def test_an_open_breaker_says_how_long_it_stays_open(clock):
    breaker = make_open_breaker(retry_s=2)
    assert refusal_of(breaker).wait_s == 2
    clock.advance(1.5)
    assert refusal_of(breaker).wait_s == 0.5


def test_it_refuses_until_the_very_end_of_its_time(clock):
    breaker = make_open_breaker(retry_s=2)
    clock.advance(1.999)
    assert not is_let_in(breaker)
    clock.advance(0.001)
    assert is_let_in(breaker)


def test_a_refused_call_does_not_prolong_the_time(clock):
    breaker = make_open_breaker(retry_s=2)
    clock.advance(1)
    refusal_of(breaker)
    clock.advance(1)
    assert is_let_in(breaker)


def test_a_call_that_left_does_not_change_an_open_breaker(clock):
    breaker = make_open_breaker(retry_s=2)
    clock.advance(1)
    breaker.left()
    assert refusal_of(breaker).wait_s == 1


def test_it_can_be_opened_for_as_long_as_the_server_asks_for(clock):
    breaker = make_breaker(retry_s=2)
    breaker.open(60)
    clock.advance(59)
    assert refusal_of(breaker).wait_s == 1
    clock.advance(1)
    assert is_let_in(breaker)


# --- half open: the probe


def test_only_one_call_probes(clock):
    breaker = make_half_open_breaker(clock)
    assert breaker.state == HALF_OPEN
    assert not is_let_in(breaker)


def test_a_probe_that_takes_long_makes_no_time_negative(clock):
    breaker = make_half_open_breaker(clock)
    clock.advance(30)
    assert refusal_of(breaker).wait_s == 0


def test_exactly_one_of_many_threads_probes(clock):
    breaker = make_open_breaker(retry_s=2)
    clock.now_s = GivesWay(clock.now_s + 2)
    assert sorted(enter_at_once(breaker, threads=20)) == [False] * 19 + [True]


class GivesWay(float):
    """Who looks at it lets all other threads go first, unless they wait for a lock."""

    def __rsub__(self, other):
        return GivesWay(other - float(self))

    def __le__(self, other):
        threading.Event().wait(0.01)
        return float(self) <= other


def enter_at_once(breaker, threads):
    """For each of the threads, which all begin together, whether it was let in."""
    barrier = threading.Barrier(threads)

    def enter(_):
        barrier.wait(timeout=10)
        return is_let_in(breaker)

    with ThreadPoolExecutor(threads) as executor:
        return list(executor.map(enter, range(threads)))


def test_a_probe_that_succeeds_closes_it(clock):
    breaker = make_half_open_breaker(clock)
    breaker.succeeded()
    assert breaker.state == CLOSED
    assert all(is_let_in(breaker) for _ in range(10))


def test_a_breaker_that_has_closed_allows_all_failures_again(clock):
    breaker = make_breaker(failures=2)
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.state == CLOSED


def test_a_probe_that_fails_opens_it_for_the_full_time(clock):
    breaker = make_half_open_breaker(clock, retry_s=2)
    clock.advance(30)
    breaker.failed()
    assert refusal_of(breaker).wait_s == 2


def test_one_failed_probe_is_enough_however_many_failures_are_allowed(clock):
    breaker = make_breaker(failures=3, retry_s=2)
    for _ in range(3):
        breaker.failed()
    clock.advance(2)
    breaker.enter()
    breaker.failed()
    assert breaker.state == OPEN


def test_each_time_that_is_over_brings_one_probe(clock):
    breaker = make_open_breaker(retry_s=2)
    for _ in range(3):
        clock.advance(2)
        assert [is_let_in(breaker), is_let_in(breaker)] == [True, False]
        breaker.failed()


def test_a_probe_that_tells_nothing_is_made_again_later(clock):
    breaker = make_half_open_breaker(clock, retry_s=2)
    breaker.left()
    assert refusal_of(breaker).wait_s == 2
    clock.advance(2)
    assert is_let_in(breaker)


# --- who is told


def test_each_change_is_told_once(clock):
    changes = []
    breaker = make_half_open_breaker(clock, on_change=changes.append)
    breaker.failed()
    clock.advance(2)
    breaker.enter()
    breaker.succeeded()
    assert changes == [OPEN, HALF_OPEN, OPEN, HALF_OPEN, CLOSED]


def test_what_changes_nothing_is_not_told(clock):
    changes = []
    breaker = make_open_breaker(on_change=changes.append)
    breaker.failed()
    is_let_in(breaker)
    breaker.succeeded()
    breaker.succeeded()
    breaker.left()
    assert changes == [OPEN, CLOSED]


def test_the_state_has_changed_when_it_is_told(clock):
    states = []
    breaker = make_breaker(failures=1, on_change=lambda _: states.append(breaker.state))
    breaker.failed()
    assert states == [OPEN]


def test_the_thread_that_caused_the_change_is_told(clock):
    told = []
    breaker = make_breaker(
        failures=1, on_change=lambda _: told.append(threading.current_thread())
    )
    thread = threading.Thread(target=breaker.failed)
    thread.start()
    thread.join()
    assert told == [thread]
