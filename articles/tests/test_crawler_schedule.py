from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.crawler.judge.schedule import (
    LONGEST,
    SHORTEST,
    Outcome,
    freshness,
    next_visit,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def wait(shortest=SHORTEST, chance=0.0, **facts):
    return next_visit(Outcome(NOW, **facts), shortest, chance) - NOW


def every(gap, number=10):
    return tuple(NOW - gap * (place + 1) for place in range(number))


# --- how often a feed publishes


@pytest.mark.parametrize(
    "gap_h, hours", [(0.1, 0.25), (1, 0.5), (6, 3), (20, 10), (48, 24)]
)
def test_a_feed_is_visited_twice_for_each_of_its_articles(gap_h, hours):
    assert wait(published=every(HOUR * gap_h)) == HOUR * hours


def test_a_feed_that_went_quiet_is_visited_less_often():
    burst = tuple(NOW - timedelta(days=2, minutes=place) for place in range(100))
    assert wait(published=burst) == HOUR * 12


def test_a_feed_of_old_articles_only_is_visited_once_a_day():
    assert wait(published=every(timedelta(days=30))) == LONGEST


def test_a_feed_without_times_is_visited_as_often_as_may_be():
    assert wait() == SHORTEST


def test_a_feed_s_own_shortest_wait_holds():
    assert wait(shortest=2 * HOUR, published=every(HOUR)) == 2 * HOUR


def test_what_was_left_comes_soon():
    assert wait(published=every(20 * HOUR), unfinished=True) == SHORTEST


# --- failures and wishes


@pytest.mark.parametrize(
    "failures, hours", [(1, 2), (2, 4), (3, 8), (4, 16), (5, 24), (10**6, 24)]
)
def test_each_failure_doubles_the_wait_up_to_a_day(failures, hours):
    assert wait(shortest=HOUR, failures=failures) == HOUR * hours


@pytest.mark.parametrize("asked_h, hours", [(1, 2), (5, 5), (500, 24)])
def test_a_server_that_asks_for_more_time_gets_it_up_to_a_day(asked_h, hours):
    assert wait(shortest=HOUR, failures=1, asked=HOUR * asked_h) == HOUR * hours


def test_feeds_that_failed_together_come_back_one_by_one():
    waits = {wait(shortest=HOUR, failures=1, chance=n / 10) for n in range(10)}
    assert len(waits) == 10
    assert min(waits) == 2 * HOUR
    assert max(waits) < 2.5 * HOUR


@given(
    st.timedeltas(),
    st.floats(0, 1),
    st.lists(st.datetimes(timezones=st.just(UTC))),
    st.integers(0, 10**9),
    st.timedeltas(timedelta(0)),
    st.booleans(),
)
def test_whatever_happens_it_is_15_minutes_to_a_day(
    shortest, chance, published, failures, asked, unfinished
):
    visit = Outcome(NOW, tuple(published), failures, asked, unfinished)
    assert SHORTEST <= next_visit(visit, shortest, chance) - NOW <= LONGEST


# --- cache headers


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'Public, Max-Age="600"', "age": "100"}, 500),
        ({"cache-control": "max-age=60", "age": "900"}, 0),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=99999999999999999999"}, 86_400),
        ({"cache-control": "max-age=-1, ,=,"}, 0),
        (
            {
                "date": "Fri, 01 May 2026 12:00:00 GMT",
                "expires": "Fri, 01 May 2026 13:00:00 GMT",
            },
            3600,
        ),
        ({"expires": "Fri, 01 May 2026 13:00:00 GMT"}, 0),
        ({"date": "Fri, 01 May 2026 12:00:00 GMT", "expires": "0"}, 0),
        (
            {
                "cache-control": "max-age=60",
                "date": "Fri, 01 May 2026 12:00:00 GMT",
                "expires": "Fri, 01 May 2026 13:00:00 GMT",
            },
            60,
        ),
    ],
)
def test_cache_headers_tell_how_long_an_answer_is_fresh(headers, seconds):
    assert freshness(headers) == timedelta(seconds=seconds)
