"""Feeds that have not changed: how many a second a crawl gets through."""

import tempfile
import time
from datetime import timedelta
from pathlib import Path

import httpx

from articles.models import Feed, FeedVisit
from ops.benchmarks import newspapers, server

FEEDS = server.sized(2000, 50)
GOAL = 200
PAGES = [{"title": "Nothing new", "path": "old.html"}]


def run():
    """figure is feeds a second, from the first visit's start to the last one's end.

    The baseline asks for the same feeds by bare httpx, and stores nothing.
    """
    with tempfile.TemporaryDirectory() as scratch, newspapers.serving(scratch) as base:
        url = newspapers.write_feed(Path(scratch), "feed", base, PAGES)
        modified = httpx.get(url).headers["last-modified"]
        urls = [f"{url}?{number}" for number in range(FEEDS)]
        Feed.objects.bulk_create(
            Feed(url=url, language_id="da", last_modified=modified) for url in urls
        )
        baseline = bare_rate(urls, modified)
        server.manage("crawl", "--verbosity", "0", **newspapers.allowed(base))
    visits = FeedVisit.objects.filter(status="unchanged").order_by("at")
    first, last = visits.first(), visits.last()
    took = last.at - first.at + timedelta(seconds=first.seconds)
    figure = visits.count() / took.total_seconds()
    return {
        "figure": round(figure),
        "baseline": round(baseline),
        "ratio": round(figure / baseline, 3),
        "unit": "unchanged feeds a second",
        "goal": GOAL,
        "goal_reached": figure >= GOAL and visits.count() == FEEDS,
        "feeds": visits.count(),
    }


def bare_rate(urls, modified):
    headers = {"If-Modified-Since": modified}
    with httpx.Client() as client:
        started = time.perf_counter()
        for url in urls:
            if client.get(url, headers=headers).status_code != 304:
                raise RuntimeError(f"{url} should not have changed")
        return len(urls) / (time.perf_counter() - started)
