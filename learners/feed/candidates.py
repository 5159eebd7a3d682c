"""The articles that a feed chooses from: windows of a language's list, newest first.

Each process keeps the newest for a while, for all learners alike. What is kept only
tells the order: whatever is shown is read anew, so an article that is hidden for all
is gone at once, and a new one comes within REFRESHED_S.
"""

import os
import re
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Max

from articles.models import Article
from learners.knowledge.coverage import Worth, by_worth
from tokenization import listing
from tokenization.lexemes import AT_ONCE, Word, unpacked, words_of
from tokenization.listing import Start, Wanted
from zeeguu.base.batches import in_slices

if TYPE_CHECKING:
    from pyroaring import BitMap

# Articles that are ranked together, and more that are kept for lists opened before.
WINDOW, SPARE = 500, 100
# How long what is newest is taken for it; how long while another thread looks.
REFRESHED_S, LONGEST_S = 20, 300
# Languages, with topics, whose newest are kept, and windows behind them: 10 MB each.
MOST_KEPT, MOST_OLDER, OLDER_S = 8, 2, 60
# More than a window between two places can have, whatever was published late.
MOST_BETWEEN = 5000


class Place(NamedTuple):
    """Where an article stands in a list, newest first."""

    published_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """What of an article decides where it stands in a feed.

    ``text`` is its title and summary in lower case, a blank before each word. ``worth``
    are its lexemes, those that help most first, and ``times`` how often it has each.
    """

    place: Place
    version: datetime | None
    text: str
    topics: frozenset[int]
    difficulty: float | None
    lexemes: "BitMap | None"
    worth: Sequence[int] = ()
    times: bytes = b""

    @property
    def id(self) -> int:
        return self.place.id


@dataclass(frozen=True, slots=True)
class Window:
    """Candidates, newest first; ``words`` are those of their lexemes."""

    articles: tuple[Candidate, ...] = ()
    has_older: bool = False
    words: Mapping[int, Word] = field(default_factory=dict)

    @property
    def end(self) -> Place | None:
        return self.articles[-1].place if self.articles else None

    def first(self, number: int) -> "Window":
        has_older = self.has_older or len(self.articles) > number
        return Window(self.articles[:number], has_older, self.words)


Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Opened:
    """Which articles an open list has: those that were there when it was opened.

    None of them has a larger id than newest_id; at is when the newest were read, in
    seconds, so that another process knows whether it has those.
    """

    newest_id: int
    at: float


def open_first(key: Key) -> tuple[Window, Opened]:
    """The newest of a list; key is a language and slugs of topics."""
    window, opened = _newest(key)
    return window.first(WINDOW), opened


def open_behind(key: Key, opened: Opened, start: Place) -> Window:
    """The window behind a place of an open list."""
    return _older(key, opened.newest_id, start, None, _slot())


def again(key: Key, opened: Opened, start: Place | None, end: Place) -> Window:
    """A window that was opened before and ends with a place, as it is now.

    start is None of the first one.
    """
    if start is None:
        window, _ = _newest(key, opened.at)
        if window.end and (window.end <= end or not window.has_older):
            return replace(window, articles=_between(window.articles, opened, end))
    return _older(key, opened.newest_id, start, end, _slot())


def _between(
    articles: Iterable[Candidate], opened: Opened, end: Place
) -> tuple[Candidate, ...]:
    newest_id = opened.newest_id
    return tuple(one for one in articles if one.id <= newest_id and one.place >= end)


class _Kept:
    """The newest of a list, and when they were read; one thread reads at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept = (Window(), Opened(0, 0))

    def get(self, key: Key, since: float) -> tuple[Window, Opened]:
        if self._is_new(since):
            return self.kept
        at = self.kept[1].at
        may_wait = at < since or time.time() - at > LONGEST_S
        if not self.lock.acquire(blocking=may_wait):
            return self.kept  # somebody else is looking
        try:
            if not self._is_new(since):
                self.kept = _read_newest(key, self.kept[0])
            return self.kept
        finally:
            self.lock.release()

    def _is_new(self, since: float) -> bool:
        at = self.kept[1].at
        return at >= since and 0 <= time.time() - at < REFRESHED_S


_kept: OrderedDict[Key, _Kept] = OrderedDict()
_lock = threading.Lock()


def _newest(key: Key, since: float = 0) -> tuple[Window, Opened]:
    """The newest as they are now, or were REFRESHED_S ago, but not before since."""
    with _lock:
        kept = _kept.setdefault(key, _Kept())
        _kept.move_to_end(key)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return kept.get(key, since)


def forget() -> None:
    """Read all anew; also in a child, whose parent may have held a lock."""
    global _lock  # the old one may be held for ever
    _lock = threading.Lock()
    _kept.clear()
    _older.cache_clear()


os.register_at_fork(after_in_child=forget)


def _slot() -> int:
    return int(time.monotonic() / OLDER_S)


Versions = dict[Place, datetime | None]


def _read_newest(key: Key, known: Window) -> tuple[Window, Opened]:
    at = time.time()
    versions = _versions(key, WINDOW + SPARE + 1)
    # Afterwards: none of these must count as one that came later.
    newest_id = Article.objects.aggregate(last=Max("pk"))["last"] or 0
    return _filled(known, versions, WINDOW + SPARE), Opened(newest_id, at)


@lru_cache(maxsize=MOST_OLDER)
def _older(
    key: Key, newest_id: int, start: Place | None, end: Place | None, _: int
) -> Window:
    """A window that begins behind a place and has an end, or as many as it may."""
    most = MOST_BETWEEN if end else WINDOW + SPARE
    found = _versions(key, most, start, end)
    versions = {
        place: version
        for place, version in found.items()
        if place.id <= newest_id and (end is None or place >= end)
    }
    window = _filled(Window(), versions, MOST_BETWEEN if end else WINDOW)
    # Those that came later take up room in what is read.
    return replace(window, has_older=window.has_older or len(found) == most)


def _versions(
    key: Key, most: int, start: Place | None = None, end: Place | None = None
) -> Versions:
    """When the tokens of some articles were made, newest articles first; one query."""
    language, topics = key
    since = end.published_at if end else None
    wanted = Wanted(languages=(language,), topics=topics, since=since)
    columns = ("published_at", "id", "refreshed_at")
    begin = Start(*start) if start else None
    found = listing.read(columns, wanted, most, begin)
    return {Place(at, pk): version for at, pk, version in found}


def _filled(known: Window, versions: Versions, most: int) -> Window:
    """The first of some places as a window; known ones are not looked at anew.

    Two queries, and more for words that are not known.
    """
    has_older, versions = len(versions) > most, dict(islice(versions.items(), most))
    before = {one.place: one for one in known.articles}
    new = [
        place
        for place, version in versions.items()
        if place not in before or before[place].version != version
    ]
    rows = _facts([place.id for place in new])
    sets = [row.lexemes for row in rows.values()]
    sets += [one.lexemes for place, one in before.items() if place in versions]
    words = _words(known.words, sets)
    for place in new:
        before.pop(place, None)
        if row := rows.get(place.id):
            before[place] = _candidate(place, versions[place], row, words)
    articles = (before[place] for place in versions if place in before)
    return Window(tuple(articles), has_older, words)


class _Facts(NamedTuple):
    title: str
    summary: str
    difficulty: float | None
    lexemes: "BitMap | None"
    counts: bytes | None
    topics: frozenset[int]


def _facts(ids: list[int]) -> dict[int, _Facts]:
    columns = ("id", "title", "summary", "difficulty", "lexemes", "lexeme_counts")
    pairs = Article.topics.through.objects.filter(article__in=ids)
    topics: dict[int, set[int]] = {}
    for article, topic in pairs.values_list("article", "topic") if ids else ():
        topics.setdefault(article, set()).add(topic)
    return {
        pk: _Facts(
            title,
            summary,
            difficulty,
            unpacked(bytes(packed)) if packed else None,
            counts,
            frozenset(topics.get(pk, ())),
        )
        for pk, title, summary, difficulty, packed, counts in listing.read_by_id(
            columns, ids
        )
    }


def _words(
    known: Mapping[int, Word], sets: Iterable["BitMap | None"]
) -> Mapping[int, Word]:
    """The words of all these lexemes."""
    lexemes = {lexeme for one in sets if one for lexeme in one}
    words = {pk: word for pk, word in known.items() if pk in lexemes}
    for some in in_slices(sorted(lexemes - words.keys()), AT_ONCE):
        words |= words_of(some)
    return words


def _candidate(
    place: Place, version: datetime | None, facts: _Facts, words: Mapping[int, Word]
) -> Candidate:
    counts = facts.counts or b""
    lexemes = facts.lexemes or ()
    often = dict(zip(lexemes, counts, strict=False))
    found = {
        one: Worth(*words[one], often.get(one, 1)) for one in lexemes if one in words
    }
    order = sorted(found, key=lambda one: by_worth(found[one]))
    return Candidate(
        place,
        version,
        in_lower_case(f"{facts.title} {facts.summary}"),
        facts.topics,
        facts.difficulty,
        facts.lexemes,
        array("I", order),
        bytes(found[one].times for one in order),
    )


def in_lower_case(text: str) -> str:
    """The words of a text in any case, with a blank before each."""
    return "".join(f" {word}" for word in re.findall(r"\w+", text.casefold()))
