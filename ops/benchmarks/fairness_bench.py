"""Far more due feeds than there is time for: who waits, and for how long at most."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import SimpleNamespace

import httpx
from django.db.models import F
from django.utils import timezone

from articles.crawler.line import spread
from articles.crawler.run import Crawl
from articles.crawler.web.fetch import Page
from articles.crawler.web.hosts import HostBudget
from articles.models import Feed, FeedVisit

IS_SMALL = os.environ.get("BENCH_SMOKE", "") not in ("", "0")
# Each feed is due every 15 minutes, which is three runs; there is time for 18 in them.
FEEDS, HOSTS, AT_A_RUN = 30, 12, 6
RUNS = 12 if IS_SMALL else 40
RUN_EVERY = timedelta(minutes=5)
# Times the wait between two visits where each feed gets its share of the time.
GOAL = 2


def run() -> dict:
    """figure and baseline are the longest wait of a feed beyond its time, in minutes.

    In the order of a crawl against the order of ids, in the same number of runs with
    time for a few feeds each. Visits are real but for the download; time is moved on.
    """
    figure, visits = overloaded(spread)
    baseline, visits_by_id = overloaded(by_id)
    share = FEEDS / AT_A_RUN * RUN_EVERY.total_seconds() / 60
    return {
        "figure": round(figure, 1),
        "baseline": round(baseline, 1),
        "ratio": round(figure / baseline, 3),
        "unit": "minutes of the longest wait, beyond the time at which a visit is due",
        "goal": round(GOAL * share),
        "goal_reached": figure <= GOAL * share and min(visits) > 0,
        "visits": [min(visits), max(visits)],
        "visits_by_id": [min(visits_by_id), max(visits_by_id)],
        "feeds": FEEDS,
        "runs": RUNS,
    }


def by_id(feeds: Iterable[Feed]) -> list[Feed]:
    return sorted(feeds, key=lambda feed: feed.pk)


def overloaded(order: Callable) -> tuple[float, list[int]]:
    """The longest wait in minutes, and how often each feed was visited."""
    begin()
    longest, visits = timedelta(0), Counter(dict.fromkeys(range(FEEDS), 0))
    crawl = Crawl(SimpleNamespace(get=unchanged, budget=HostBudget({})), None, None)
    for _ in range(RUNS):
        Feed.objects.update(next_fetch_at=F("next_fetch_at") - RUN_EVERY)
        due = order(Feed.objects.active().due())
        longest = max([longest, *(timezone.now() - feed.next_fetch_at for feed in due)])
        for feed in due[:AT_A_RUN]:
            crawl.visit(feed)
            visits[int(feed.title)] += 1
    return longest.total_seconds() / 60, list(visits.values())


def begin() -> None:
    FeedVisit.objects.all().delete()
    Feed.objects.all().delete()
    for number in range(FEEDS):
        url = f"https://{number % HOSTS}.example.com/{number}"
        Feed.objects.create(title=str(number), url=url, language_id="da")


def unchanged(url: str, **validators: str) -> Page:
    return Page(url, 304, None, httpx.Headers())
