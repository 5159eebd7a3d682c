"""What front ends say has happened, as they say it: cut to fit, and never refused."""

import reprlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.text import clean
from learners.readings.models import Activity
from zeeguu.base.ids import LARGEST_ID, is_id

# Of one call; what is more is dropped.
MOST = 100
LONGEST_EXTRA = 2000
LONGEST = {"event": 100, "value": 500, "extra": LONGEST_EXTRA, "platform": 20}
# Whose clock is farther from ours is not believed.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)


def store(learner: int, told: object) -> int:
    """Store activities, one or a list of them, of anything; return how many.

    Each is a dict with "event" and, if one likes, "value", "extra", "article", "at" and
    "platform". What is none of that is dropped. One query.
    """
    several = told if isinstance(told, list) else [told]
    rows = [
        Activity(learner_id=learner, **facts)
        for one in several[:MOST]
        if (facts := _facts(one))
    ]
    if rows:
        Activity.objects.bulk_create(rows)
    return len(rows)


def _facts(told: object) -> dict[str, Any]:
    """The columns of an activity; {} of what is none."""
    if not isinstance(told, Mapping):
        return {}
    texts = {name: _text(told.get(name))[:most] for name, most in LONGEST.items()}
    if not texts["event"]:
        return {}
    number, at = _number(told.get("article")), _time(told.get("at"))
    return {**texts, "article_number": number, "said_at": at}


def _text(value: object) -> str:
    """A value as one line without what no database takes; "" of none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        try:
            value = orjson.dumps(value).decode()
        except orjson.JSONEncodeError:
            value = reprlib.repr(value)  # too deep, or of what orjson has not
    # Cut before too: looking through a huge text takes its time.
    return clean(value[: 4 * LONGEST_EXTRA])


def _number(value: object) -> int | None:
    if isinstance(value, str) and is_id(value):
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= LARGEST_ID else None  # type: ignore[operator, return-value]


def _time(value: object) -> datetime | None:
    """When it was by the front end's clock; without a zone, in UTC."""
    try:
        at = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if EARLIEST <= at <= timezone.now() + AHEAD else None
