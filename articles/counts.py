"""Counts of large tables, counted by one process for all, and never in anybody's way.

A count may use a fiftieth of the time: what took 2 seconds is good for 100. Where it is
older, one process counts anew, and the others go on with what there is. What is counted
in a moment is counted each time, so that small databases always tell the truth.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Count, Model
from django.utils import timezone
from django.utils.timesince import timesince

from articles.models import Article, KeptCount
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.leases import new_lease

logger = logging.getLogger(__name__)
# {name: until when, by the monotonic clock}, this process's own.
quick: dict[str, float] = {}

# How many times as long as it took a count is good.
GOOD_FOR = 50
# What takes less is not worth keeping; what takes more no request waits for.
MOMENT_S, PATIENCE_S = 0.05, 0.1
# How long a process counts without a question what it has counted in a moment.
QUICK_FOR_S = 60
# Articles from which on nobody counts before it is known how long that takes.
MANY = 10_000
# A process that was killed holds a count up no longer, nor does one that failed.
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Counted:
    """What was counted, and when; None, and None, before the first time."""

    value: Any
    at: datetime | None

    @property
    def age(self) -> str:
        return age(self.at)


def age(at: datetime | None) -> str:
    """How old a count is, for people."""
    if at is None:
        return "being counted: look again in a moment"
    if timezone.now() - at < timedelta(minutes=1):
        return "counted just now"
    return f"counted {timesince(at, depth=1)} ago"


def counted(name: str, count: Callable[[], Any], anew: bool = False) -> Counted:
    """What ``count`` returns, as JSON has it, or what it returned a while ago.

    One name is one count. anew: count now, however long it takes.
    """
    if anew or connection.in_atomic_block:  # others don't see what this one has changed
        return _count(name, count)
    if time.monotonic() < quick.get(name, 0):
        return _count(name, count, is_kept=False)
    kept = KeptCount.objects.filter(pk=name).first()
    if kept is None and not _are_many():
        return _count(name, count, is_kept=False)
    if kept and _is_good(kept):
        return Counted(kept.value, kept.at)
    lease = new_lease(LEASE)
    if _claim(name, lease):
        if kept and kept.at and kept.seconds < PATIENCE_S:
            return _count_claimed(name, count, lease)
        args = (name, count, lease)
        threading.Thread(target=_count_apart, args=args, daemon=True).start()
    return Counted(kept.value, kept.at) if kept else Counted(None, None)


def _are_many() -> bool:
    return Article.objects.order_by("pk").values("pk")[MANY : MANY + 1].exists()


def _is_good(kept: KeptCount) -> bool:
    good_for = timedelta(seconds=GOOD_FOR * kept.seconds)
    return kept.at is not None and timezone.now() < kept.at + good_for


def _claim(name: str, lease: datetime) -> bool:
    """Whether the caller is the one to count, until its lease is over."""
    KeptCount.objects.bulk_create([KeptCount(name=name)], ignore_conflicts=True)
    return bool(KeptCount.objects.filter(pk=name).claim(lease))


def _count_claimed(name: str, count: Callable[[], Any], lease: datetime) -> Counted:
    found = _count(name, count)
    KeptCount.objects.filter(pk=name).give_up(lease)
    return found


def _count(name: str, count: Callable[[], Any], is_kept: bool = True) -> Counted:
    at, began = timezone.now(), time.perf_counter()
    value = json.loads(json.dumps(count(), cls=DjangoJSONEncoder))
    seconds = time.perf_counter() - began
    if seconds > MOMENT_S:
        quick.pop(name, None)
    else:
        quick[name] = time.monotonic() + QUICK_FOR_S
    if not connection.in_atomic_block and (is_kept or seconds > MOMENT_S):
        facts = {"value": value, "at": at, "seconds": seconds}
        KeptCount.objects.update_or_create(name=name, defaults=facts)
    return Counted(value, at)


def _count_apart(name: str, count: Callable[[], Any], lease: datetime) -> None:
    """In a thread, with a connection of its own. One that failed keeps its claim."""
    try:
        _count_claimed(name, count, lease)
    except DatabaseFailed:
        logger.exception("%s: not counted; another try follows", name)
    finally:
        connection.close()


# --- what is counted


def by_state(anew: bool = False) -> Counted:
    """Articles as rows of {"language", "broken", "token_state", "articles"}."""
    return counted("articles by state", _by_state, anew)


def _by_state() -> list[Any]:
    groups = Article.objects.order_by().values("broken", "token_state", "language")
    return list(groups.annotate(articles=Count("pk")))


def by_language(listed_only: bool = False) -> Counted:
    """{language code: articles}"""
    found = by_state()
    if found.value is None:
        return found
    sums: dict[str, int] = {}
    for row in found.value:
        if not (listed_only and row["broken"]):
            code = row["language"]
            sums[code] = sums.get(code, 0) + row["articles"]
    return Counted(sums, found.at)


def by_feed() -> Counted:
    """{feed id, as a text: articles}"""
    return counted("articles by feed", lambda: _groups(Article, "feed"))


def by_topic() -> Counted:
    """{topic id, as a text: articles}"""
    topics = Article.topics.through
    return counted("articles by topic", lambda: _groups(topics, "topic"))


def _groups(model: type[Model], field: str) -> dict[Any, int]:
    groups = model._default_manager.order_by().values_list(field)
    return dict(groups.annotate(n=Count("pk")))
