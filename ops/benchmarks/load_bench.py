"""Sixty readers at once on MariaDB, with pooled connections and without."""

import json
import multiprocessing
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from ops.benchmarks import material, server

LANGUAGE, ARTICLES = "de", 200
CLIENTS, PROCESSES = 60, 4
ROUNDS, ROUND_S, WARM_UP_S = server.sized((3, 10, 2), (1, 2, 1))
TOKEN = "of-the-bench"  # noqa: S105 - of a server that lives for this bench
POOLED, UNPOOLED, KEPT = "pooled", "unpooled", "kept"
WAYS = {
    POOLED: {},
    UNPOOLED: {"DATABASE_POOL_SIZE": "0"},
    KEPT: {"BENCH_CONNECTIONS": "kept"},
}
GOAL, GOAL_ERRORS = 1, 0


def run():
    """figure and baseline are requests a second, with pooling and without.

    ``kept`` is Django's own backend, each of whose threads keeps its connection: no
    bound, no breaker. Latencies are in milliseconds, seen by clients that are on this
    machine too.
    """
    ids = material.store(LANGUAGE, ARTICLES, material.cards)
    server.manage("pretokenize", "--verbosity", "0")
    paths = mixture(ids)
    calls, pools = {way: [] for way in WAYS}, []
    for _ in range(ROUNDS):
        for way, environment in WAYS.items():
            # One server at a time: together they would use up MariaDB's connections.
            with gunicorn(environment) as web:
                load(web.port, paths, WARM_UP_S)
                calls[way] += load(web.port, paths, ROUND_S)
                if way == POOLED:
                    pools.append(connections(web))
    figures = {way: summary(found) for way, found in calls.items()}
    ratio = figures[POOLED]["per_s"] / figures[UNPOOLED]["per_s"]
    errors = sum(figure["errors"] for figure in figures.values())
    return {
        "figure": figures[POOLED]["per_s"],
        "baseline": figures[UNPOOLED]["per_s"],
        "ratio": round(ratio, 2),
        "unit": "requests a second",
        "goal": GOAL,
        "goal_reached": ratio >= GOAL and errors == GOAL_ERRORS,
        "clients": CLIENTS,
        "seconds": ROUNDS * ROUND_S,
        **figures,
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


def gunicorn(environment):
    return server.gunicorn(
        GUNICORN_WORKERS="4",
        GUNICORN_THREADS="15",
        HEALTH_TOKEN=TOKEN,
        TOKENIZER_PRELOAD="none",
        **environment,
    )


def load(port, paths, seconds):
    """All clients ask for so long; returns (milliseconds, status) of each request."""
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
        status, _, seconds = client.ask(path)
        calls.append((1000 * seconds, status))


def summary(calls):
    times = [ms for ms, _ in calls]
    cuts = statistics.quantiles(times, n=100)
    return {
        "per_s": round(len(calls) / (ROUNDS * ROUND_S), 1),
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "errors": sum(status != 200 for _, status in calls),
    }


def connections(web):
    body, _ = web.client().get("/health/pool", Authorization=f"Bearer {TOKEN}")
    return json.loads(body)
