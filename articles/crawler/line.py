"""Whose turn it is: the feed that has waited for longest, if its host has room."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Protocol
from urllib.parse import urlsplit

from articles.models import Feed

# A host's budget is one of requests a minute.
APART = timedelta(minutes=1)


def host_of(feed: Feed) -> str:
    return urlsplit(feed.url).hostname or ""


def spread(feeds: Iterable[Feed]) -> list[Feed]:
    """The feeds, the most overdue first, and those of one host apart.

    For each of its host's that is before it, a feed stands back as if it had waited
    for APART less; what has waited for longer than that goes first all the same.
    """
    latest: dict[str, datetime] = {}
    places = []
    for feed in sorted(feeds, key=attrgetter("next_fetch_at", "pk")):
        host, at = host_of(feed), feed.next_fetch_at
        latest[host] = max(at, latest[host] + APART) if host in latest else at
        places.append((latest[host], feed))
    return [feed for _, feed in sorted(places, key=itemgetter(0))]


class Line:
    """Feeds in the order of their visits; who takes one leaves it when it is done.

    room(host) is how many of a host's feeds may be visited at a time. Not for threads.
    """

    def __init__(self, feeds: Iterable[Feed], room: Callable[[str], int]) -> None:
        self.waiting, self.room = spread(feeds), room
        self.under_way: dict[int, str] = {}

    @property
    def is_over(self) -> bool:
        """Whether none will come any more."""
        return not self.waiting

    def take(self) -> Feed | None:
        """The feed that is next, or None where none can be visited just now."""
        hosts = Counter(self.under_way.values())
        for place, feed in enumerate(self.waiting):
            host = host_of(feed)
            if hosts[host] < max(1, self.room(host)):
                self.under_way[feed.pk] = host
                return self.waiting.pop(place)
        return None

    def leave(self, feed: Feed) -> None:
        del self.under_way[feed.pk]


class Stop(Protocol):
    """Whoever may ask for an end, at any time."""

    is_asked: bool


class DueLine(Line):
    """A line that goes on: every pause_s seconds find() tells which feeds are due.

    stop.is_asked ends it.
    """

    def __init__(
        self,
        find: Callable[[], list[Feed]],
        room: Callable[[str], int],
        stop: Stop,
        pause_s: float,
    ) -> None:
        super().__init__((), room)
        self.find, self.stop, self.pause_s = find, stop, pause_s
        self.found_at = float("-inf")

    @property
    def is_over(self) -> bool:
        return self.stop.is_asked

    def take(self) -> Feed | None:
        if time.monotonic() - self.found_at >= self.pause_s:
            # Those under way are claimed, but perhaps only in a moment.
            found = [feed for feed in self.find() if feed.pk not in self.under_way]
            self.waiting, self.found_at = spread(found), time.monotonic()
        return None if self.is_over else super().take()
