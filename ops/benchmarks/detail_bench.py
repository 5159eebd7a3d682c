"""One article, whole and as a summary, for many readers at once, against nothing."""

import multiprocessing
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from ops.benchmarks import material, server

LANGUAGE, ARTICLES = "de", server.sized(50, 10)
CONNECTIONS, PROCESSES = 15, 3
WORKERS = {"GUNICORN_WORKERS": "4", "GUNICORN_THREADS": "15"}
ROUNDS, ROUND_S, WARM_UP_S = server.sized((7, 4, 3), (1, 1, 0.5))
GOALS = {"detail": 0.45, "summary": 0.6}
EMPTY = ["/bench/empty/"]


def run() -> dict:
    """figure and baseline are requests a second of an article and of an empty view.

    ``share`` is what the views do of what the empty one does, the median of rounds in
    which they take turns, so that a busy machine disturbs all of them.
    """
    ids = material.store(LANGUAGE, ARTICLES)
    server.manage("pretokenize", "--verbosity", "0")
    paths = {
        "detail": [f"/api/articles/{pk}/" for pk in ids],
        "summary": [f"/api/articles/{pk}/summary/" for pk in ids],
        "empty": EMPTY,
    }
    with server.gunicorn(**WORKERS) as web:
        for mine in paths.values():
            per_s(web.port, mine, WARM_UP_S)
        rounds = [
            {name: per_s(web.port, mine, ROUND_S) for name, mine in paths.items()}
            for _ in range(ROUNDS)
        ]
        sizes = {
            f"{name}_bytes": len(web.client().get(paths[name][0])[0]) for name in GOALS
        }
    return {**summary(rounds), **sizes, "texts": material.source()}


def summary(rounds: list[dict[str, float]]) -> dict:
    """The result, of requests a second by name in each round."""
    figures = {
        name: statistics.median(found[name] for found in rounds) for name in rounds[0]
    }
    share = {
        name: statistics.median(found[name] / found["empty"] for found in rounds)
        for name in GOALS
    }
    return {
        "figure": round(figures["detail"], 1),
        "baseline": round(figures["empty"], 1),
        "ratio": round(share["detail"], 3),
        "unit": "requests a second",
        "goal": GOALS,
        "goal_reached": all(share[name] >= goal for name, goal in GOALS.items()),
        "connections": CONNECTIONS,
        "summaries": round(figures["summary"], 1),
        "share": {name: round(found, 3) for name, found in share.items()},
    }


def per_s(port: int, paths: list[str], seconds: float) -> float:
    """Requests a second of all connections together, each asking for one at a time."""
    context = multiprocessing.get_context("fork")
    each = CONNECTIONS // PROCESSES
    jobs = [
        (port, paths[number * 7 :] or paths, each, seconds)
        for number in range(PROCESSES)
    ]
    with context.Pool(PROCESSES) as processes:
        return sum(processes.map(ask_all, jobs)) / seconds


def ask_all(job: tuple[int, list[str], int, float]) -> int:
    """Ask over several connections for so long; return how many were answered."""
    port, paths, connections, seconds = job
    ends = time.monotonic() + seconds
    with ThreadPoolExecutor(connections) as threads:
        found = [threads.submit(ask, port, paths, ends) for _ in range(connections)]
        return sum(number.result() for number in found)


def ask(port: int, paths: list[str], ends: float) -> int:
    """Raises RuntimeError unless all answers are 200."""
    client = server.Client(port)
    for number, path in enumerate(cycle(paths)):
        if time.monotonic() > ends:
            client.close()
            return number
        client.get(path)
    raise AssertionError  # cycle ends only without paths
