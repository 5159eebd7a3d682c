"""When a feed is visited next. Decisions only: no clock, no database, no chance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=1)
# Visits for each article that a feed publishes: at once, but seldom in vain.
VISITS_PER_ARTICLE = 2
# What was published before that tells little about the pace of today.
PACE_OVER = timedelta(days=7)
# Of a wait, at random, so that feeds that failed together don't come back together.
JITTER = 0.2


@dataclass(frozen=True)
class Outcome:
    """What is known at the end of a visit.

    published are the times of the feed's articles; asked is the least wait that the
    server has asked for, by ``Retry-After``, cache headers or ttl. unfinished: some of
    it waits for the next visit.
    """

    at: datetime
    published: tuple[datetime, ...] = ()
    failures: int = 0
    asked: timedelta = timedelta(0)
    unfinished: bool = False


def next_visit(
    visit: Outcome, shortest: timedelta = SHORTEST, chance: float = 0.0
) -> datetime:
    """Return when to come again, SHORTEST to LONGEST from ``visit.at``.

    shortest is the feed's own least wait; chance, 0 to 1, spreads those that would
    come at once.
    """
    shortest = max(SHORTEST, min(shortest, LONGEST))
    if visit.failures:
        wait: timedelta = shortest * 2 ** min(visit.failures, 10)
    elif visit.unfinished:
        wait = shortest
    else:
        wait = max(shortest, pace(visit.published, visit.at) / VISITS_PER_ARTICLE)
    wait = min(wait, LONGEST) * (1 + JITTER * chance)
    return visit.at + min(max(wait, visit.asked), LONGEST)


def pace(published: Iterable[datetime], now: datetime) -> timedelta:
    """Mean time between the articles of the last days; half the time since the last
    one where that is more, for a feed that has gone quiet.

    Without any times SHORTEST; where all are old LONGEST.
    """
    recent = sorted(at for at in published if now - PACE_OVER < at <= now)
    if not recent:
        return LONGEST * VISITS_PER_ARTICLE if published else SHORTEST
    return max((now - recent[0]) / len(recent), (now - recent[-1]) / 2)


def freshness(headers: Mapping[str, str]) -> timedelta:
    """How long an answer says it stays fresh, a timedelta; zero where it doesn't.

    Source: RFC 9111, sections 4.2 and 5.2.2.
    """
    control = headers.get("cache-control", "").lower()
    directives = dict(
        part.strip().partition("=")[::2] for part in control.split(",") if part.strip()
    )
    if directives.keys() & {"no-cache", "no-store"}:
        return timedelta(0)
    age = _number(directives.get("max-age", ""))
    if age is not None:
        return _bounded(age - (_number(headers.get("age", "")) or 0))
    expires, date = _time(headers.get("expires")), _time(headers.get("date"))
    if not expires or not date:
        return timedelta(0)
    return _bounded((expires - date).total_seconds())


def _number(text: str) -> int | None:
    text = text.strip('" ')
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _bounded(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0), LONGEST.total_seconds()))


def _time(header: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(header or "")
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
