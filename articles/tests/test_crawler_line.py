from datetime import UTC, datetime, timedelta

import pytest

from articles.crawler.line import DueLine, Line, spread
from articles.models import Feed

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Stop:
    is_asked = False


def feed(name, waited_min=0):
    """A feed whose host is its name's first letter, overdue for so many minutes."""
    due = NOW - timedelta(minutes=waited_min)
    return Feed(
        pk=ord(name[0]) * 100 + int(name[1:]),
        url=f"http://{name[0]}/{name}",
        next_fetch_at=due,
    )


def names(feeds):
    return [feed.url.rsplit("/", 1)[1] for feed in feeds]


def one_of_each(host):
    return 1


def taken(line):
    """What can be taken from a line before anything is left."""
    return names(iter(line.take, None))


def test_who_has_waited_for_longest_is_first_whatever_the_ids():
    feeds = [feed("a1", 5), feed("b1", 90), feed("c1", 30)]
    assert names(spread(feeds)) == ["b1", "c1", "a1"]


def test_of_one_host_too_who_has_waited_for_longest_is_first():
    feeds = [feed("a1", 5), feed("a2", 90), feed("b1", 50)]
    assert names(spread(feeds)) == ["a2", "b1", "a1"]


def test_feeds_of_one_host_are_apart_where_all_have_waited_for_the_same_time():
    feeds = [feed(name) for name in ("a1", "a2", "a3", "b1", "c1")]
    assert names(spread(feeds)) == ["a1", "b1", "c1", "a2", "a3"]


def test_to_be_apart_puts_no_feed_behind_those_that_wait_since_much_later():
    feeds = [feed("a1", 300), feed("a2", 299), feed("a3", 298)]
    feeds += [feed("b1", 10), feed("c1", 9)]
    assert names(spread(feeds)) == ["a1", "a2", "a3", "b1", "c1"]


def test_a_feed_whose_host_has_no_room_lets_others_go_first():
    line = Line([feed("a1", 9), feed("a2", 8), feed("b1", 1)], one_of_each)
    first = line.take()
    assert names([first, line.take()]) == ["a1", "b1"]
    assert line.take() is None
    assert not line.is_over
    line.leave(first)
    assert taken(line) == ["a2"]
    assert line.is_over


def test_a_host_with_room_for_more_has_more_visits_at_a_time():
    line = Line([feed(name) for name in ("a1", "a2", "a3")], lambda host: 2)
    assert taken(line) == ["a1", "a2"]


@pytest.mark.parametrize(
    "pause_s, order", [(0, ["a1", "c1", "b1"]), (60, ["a1", "b1"])]
)
def test_a_line_that_goes_on_looks_every_so_often_for_who_is_due(pause_s, order):
    due = [feed("a1", 3), feed("b1", 1)]
    line = DueLine(lambda: due, one_of_each, Stop, pause_s)
    found = [line.take()]
    due.append(feed("c1", 2))
    found += iter(line.take, None)
    assert names(found)[: len(order)] == order


def test_a_feed_under_way_is_not_taken_again_though_it_is_found():
    due = [feed("a1")]
    line = DueLine(lambda: due, lambda host: 9, Stop, 0)
    assert taken(line) == ["a1"]


def test_a_line_that_is_to_stop_gives_no_more():
    stop = Stop()
    line = DueLine(lambda: [feed("a1")], one_of_each, stop, 0)
    assert not line.is_over
    stop.is_asked = True
    assert (line.take(), line.is_over) == (None, True)
