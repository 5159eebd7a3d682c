"""Positions in a feed as text, signed: whatever can be read was written here."""

from datetime import datetime

from django.core import signing

from learners.feed.candidates import Opened, Place
from learners.feed.pages import Position

SALT = "learners.feed"


def written(at: Position) -> str:
    """A Position as part of an address."""
    served = sorted(at.served)
    # Differences are short, and much the same.
    steps = [pk - before for before, pk in zip([0, *served], served, strict=False)]
    places = [_told(at.start), _told(at.end)]
    opened = (at.opened.newest_id, at.opened.at)
    facts = [at.language, *opened, *places, at.has_older, steps]
    return signing.dumps(facts, salt=SALT, compress=True)


def read(text: str) -> Position:
    """What was written; raises ValueError for what was not."""
    try:
        return _read(signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError) as exc:
        raise ValueError("not a position of a feed") from exc


def _told(place: Place | None) -> list | None:
    return [place.published_at.isoformat(), place.id] if place else None


def _read(facts: list) -> Position:
    language, newest_id, at, start, end, has_older, steps = facts
    served, pk = set(), 0
    for step in steps:
        served.add(pk := pk + step)
    opened = Opened(newest_id, at)
    places = _place(start), _place(end)
    return Position(language, opened, *places, has_older, frozenset(served))


def _place(told: list | None) -> Place | None:
    if told is None:
        return None
    return Place(datetime.fromisoformat(told[0]), told[1])
