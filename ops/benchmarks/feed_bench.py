"""A learner's feed against the list that is the same for everybody."""

import json
import os
import statistics
import time
from itertools import cycle

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.feed import candidates, pages, ranking
from learners.feed.pages import Asked
from learners.knowledge import store
from learners.knowledge.coverage import Measure
from learners.models import User
from ops.benchmarks import learner_rows, lexeme_sets, server

ARTICLES = int(os.environ.get("BENCH_ROWS", server.sized(20_000, 600)))
LEARNERS = int(os.environ.get("BENCH_LEARNERS", server.sized(100, 3)))
# The newest of all languages have the tokens that cards show.
LONG = server.sized(9_000, 600)
ASKING, ROUNDS, CALLS, RANKINGS = server.sized((5, 10, 50, 50), (2, 1, 3, 3))
LIST = f"/api/articles/?language={learner_rows.LANGUAGE}"
WORKERS = {"GUNICORN_WORKERS": "1", "TOKENIZER_PRELOAD": "none"}
# Learners may sign in and call as often as they like.
UNBOUND = {"SIGN_IN_RATE": "1000/min", "LEARNER_RATE": "100000/min"}
GOAL, GOAL_RANKING_MS, MOST_QUERIES = 0.6, 5, 3


def run() -> dict:
    """figure and baseline are requests a second of the feed and the list.

    Over one connection to gunicorn with one worker, in turns; learners ask one after
    the other. ``ranking_ms`` is the time for ranking all that a window has, and
    ``first_ms`` that of the first page of a process, which reads them. ``queries`` are
    those of a page of 20 and of one of 100, without authentication.
    """
    lexeme_sets.store(ARTICLES, LONG)
    emails = learner_rows.store(LEARNERS)
    learner = User.objects.get(email=emails[-1]).pk
    with server.gunicorn(**WORKERS, **UNBOUND) as web:
        client = web.client()
        asking = [learner_rows.token_of(client, email) for email in emails[-ASKING:]]
        body, first = client.get("/api/feed/", Authorization=asking[0])
        feed, everybody = per_second(client, asking)
    in_window, ranking_ms = time_ranking(learner)
    queries = [count_queries(learner, size) for size in (20, 100)]
    ratio = feed / everybody
    return {
        "figure": round(feed, 1),
        "baseline": round(everybody, 1),
        "ratio": round(ratio, 2),
        "unit": "requests a second",
        "goal": f"{GOAL} times the baseline, {GOAL_RANKING_MS} ms of ranking",
        "goal_reached": ratio >= GOAL
        and ranking_ms <= GOAL_RANKING_MS
        and max(queries) <= MOST_QUERIES,
        "ranking_ms": round(ranking_ms, 2),
        "ranked": in_window,
        "first_ms": round(first * 1000),
        "queries": queries,
        "cards": len(json.loads(body)["results"]),
        "learners": LEARNERS,
        "articles": ARTICLES,
    }


def per_second(client: server.Client, asking: list[str]) -> list[float]:
    """Requests a second of the feed and of the list, medians of several rounds."""
    tokens = cycle(asking)
    rounds = []
    for _ in range(1 + ROUNDS):
        feed = [
            client.get("/api/feed/", Authorization=next(tokens))[1]
            for _ in range(CALLS)
        ]
        everybody = [client.get(LIST)[1] for _ in range(CALLS)]
        rounds.append([1 / statistics.median(times) for times in (feed, everybody)])
    # The first one warms up.
    return [statistics.median(column) for column in zip(*rounds[1:], strict=True)]


def time_ranking(learner: int) -> tuple[int, float]:
    """How many are ranked, and the milliseconds that it takes."""
    window, _ = candidates.open_first((learner_rows.LANGUAGE, ()))
    sets = store.read(learner, learner_rows.LANGUAGE)
    times = []
    for _ in range(RANKINGS):
        started = time.perf_counter()
        measure = Measure(sets)
        ranking.ranked(window.articles, measure, ranking.Taste(), timezone.now())
        times.append(time.perf_counter() - started)
    return len(window.articles), statistics.median(times) * 1000


def count_queries(learner: int, size: int) -> int:
    pages.page(learner, Asked(), size)
    with CaptureQueriesContext(connection) as queries:
        pages.page(learner, Asked(), size)
    return len(queries)
