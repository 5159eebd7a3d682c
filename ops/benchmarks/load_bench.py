"""Sixty readers at once on MariaDB and gunicorn, as they are shipped and otherwise."""

import http.client
import json
import math
import multiprocessing
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, pairwise
from operator import itemgetter

from ops.benchmarks import material, server

LANGUAGE, ARTICLES = "de", server.sized(200, 20)
CLIENTS, PROCESSES = 60, 4
ROUNDS, ROUND_S, WARM_UP_S = server.sized((3, 10, 2), (1, 2, 1))
TOKEN = "of-the-bench"  # noqa: S105 - of a server that lives for this bench
POOLED, UNPOOLED, KEPT = "pooled", "unpooled", "kept"
RECYCLING = "recycling"
# What differs from the shipped configuration, whose workers live for a day.
WAYS = {
    POOLED: {},
    # All four are replaced while they are under load, as each of them is daily.
    RECYCLING: {"GUNICORN_MAX_AGE_S": str(WARM_UP_S + ROUND_S // 2)},
    UNPOOLED: {"DATABASE_POOL_SIZE": "0"},
    KEPT: {"BENCH_CONNECTIONS": "kept"},
}
GOAL, GOAL_ERRORS = 1, 0
GOAL_STALL, GOAL_GAP_MS = 3, 1000


def run():
    """figure and baseline are requests a second, with pooling and without.

    ``pooled`` is the shipped configuration, ``recycling`` the same with workers that
    are replaced during the measurement (``replaced`` of them). ``kept`` is Django's own
    backend, each of whose threads keeps its connection: no bound, no breaker. Latencies
    are in milliseconds, seen by clients that are on this machine too: longest_stall_ms
    is the slowest answer, longest_gap_ms the longest time in which none of the waiting
    was answered.
    """
    ids = material.store(LANGUAGE, ARTICLES, material.cards)
    server.manage("pretokenize", "--verbosity", "0")
    paths = mixture(ids)
    rounds, pools = {way: [] for way in WAYS}, {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way, environment in WAYS.items():
            # One server at a time: together they would use up MariaDB's connections.
            with server.gunicorn(HEALTH_TOKEN=TOKEN, **environment) as web:
                load(web.port, paths, WARM_UP_S)
                rounds[way].append(load(web.port, paths, ROUND_S))
                pools[way].append(connections(web))
    figures = {way: summary(found) for way, found in rounds.items()}
    ratio = figures[POOLED]["per_s"] / figures[UNPOOLED]["per_s"]
    errors = sum(figure["errors"] for figure in figures.values())
    replaced = sum(pool["workers"]["restarts_per_hour"] for pool in pools[RECYCLING])
    is_smooth = all(has_no_stall(figures[way]) for way in (POOLED, RECYCLING))
    pools = pools[POOLED]
    return {
        "figure": figures[POOLED]["per_s"],
        "baseline": figures[UNPOOLED]["per_s"],
        "ratio": round(ratio, 2),
        "unit": "requests a second",
        "goal": f"{GOAL} times the baseline, {GOAL_ERRORS} errors, no stall over"
        f" {GOAL_STALL} times p99, no gap over {GOAL_GAP_MS} ms",
        "goal_reached": ratio >= GOAL
        and errors == GOAL_ERRORS
        and is_smooth
        and replaced > 0,
        "clients": CLIENTS,
        "seconds": ROUNDS * ROUND_S,
        **figures,
        "replaced": replaced,
        "high_water": max(pool["total"]["high_water"] for pool in pools),
        "timeouts": pools[-1]["total"]["timeouts"],
        "threads_connected": max(pool["server"]["threads_connected"] for pool in pools),
        "texts": material.source("newsweb"),
    }


def mixture(ids):
    """What readers ask for: home pages, summaries and whole articles."""
    homes = ["/", f"/api/articles/?language={LANGUAGE}"]
    summaries = [f"/api/articles/{pk}/summary/" for pk in ids]
    details = [f"/api/articles/{pk}/" for pk in ids]
    many = ",".join(map(str, ids[:15]))
    return [
        path
        for summary, detail in zip(summaries, details, strict=True)
        for path in (*homes, summary, f"/api/articles/summaries/?ids={many}", detail)
    ]


def load(port, paths, seconds):
    """All clients ask for so long; returns (began, ended, status) of each request.

    In seconds of one clock; the status is 0 where there was no answer.
    """
    context = multiprocessing.get_context("fork")
    each = CLIENTS // PROCESSES
    jobs = [(port, paths[number:], each, seconds) for number in range(PROCESSES)]
    with context.Pool(PROCESSES) as processes:
        return [call for found in processes.map(ask_all, jobs) for call in found]


def ask_all(job):
    port, paths, clients, seconds = job
    ends = time.monotonic() + seconds
    with ThreadPoolExecutor(clients) as threads:
        found = [
            threads.submit(ask, port, paths[number * 7 :] + paths, ends)
            for number in range(clients)
        ]
        return [call for calls in found for call in calls.result()]


def ask(port, paths, ends):
    client, calls = server.Client(port), []
    for path in cycle(paths):
        if time.monotonic() > ends:
            client.close()
            return calls
        began = time.monotonic()
        try:
            status, _, _ = client.ask(path)
        except (OSError, http.client.HTTPException):
            client.close()  # it opens another one when it asks again
            status = 0
        calls.append((began, time.monotonic(), status))


def summary(rounds):
    """Figures of several rounds, each as load() returns it."""
    calls = [call for found in rounds for call in found]
    times = [1000 * (ended - began) for began, ended, _ in calls]
    cuts = statistics.quantiles(times, n=100)
    return {
        "per_s": round(len(calls) / (len(rounds) * ROUND_S), 1),
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "longest_stall_ms": round(max(times)),
        "longest_gap_ms": round(max(map(longest_gap_ms, rounds))),
        "errors": sum(status != 200 for _, _, status in calls),
    }


def longest_gap_ms(calls):
    """The longest time in which nobody was answered although somebody waited."""
    longest, waits_since = 0, math.inf
    latest_first = sorted(calls, key=itemgetter(1), reverse=True)
    for (began, ended, _), (_, before, _) in pairwise(latest_first):
        waits_since = min(waits_since, began)
        longest = max(longest, ended - max(before, waits_since))
    return 1000 * longest


def has_no_stall(figure):
    is_even = figure["longest_stall_ms"] <= GOAL_STALL * figure["p99_ms"]
    return is_even and figure["longest_gap_ms"] <= GOAL_GAP_MS


def connections(web):
    body, _ = web.client().get("/health/pool", Authorization=f"Bearer {TOKEN}")
    return json.loads(body)
