"""What all words of an article mean, for many readers at once, against nothing."""

import statistics
from functools import partial

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.dictionaries import glosses
from ops.benchmarks import detail_bench, material, server

LANGUAGE, ARTICLES = "de", server.sized(20, 3)
# Of about 60 words each: articles of 800 words.
PARAGRAPHS = 13
ROUNDS_OF_ALL = 2
GOAL, MOST_QUERIES, MOST_BYTES = 0.2, 2, 30_000


def run() -> dict:
    """figure and baseline are requests a second of glosses and of an empty view.

    Each process has made each article's glosses once, and has them ready: ``share`` is
    what it does then of what it does of the empty view. ``cold_per_s``, ``cold_share``
    and ``cold_ms`` are the same, and the time of one alone, where none are ever ready.
    ``bytes`` are those of the largest answer, gzipped.
    """
    texts = partial(material.articles, length=PARAGRAPHS)
    ids = material.store(LANGUAGE, ARTICLES, texts)
    server.manage("pretokenize", "--verbosity", "0")
    server.manage("load_dictionaries", "--verbosity", "0")
    paths = [f"/api/articles/{pk}/glosses/" for pk in ids]
    with server.gunicorn(**detail_bench.WORKERS) as web:
        found = compare(web.port, paths)
        largest = max(len(packed(web, path)) for path in paths)
    with server.gunicorn(**detail_bench.WORKERS, GLOSSES_CACHE_MB="0") as web:
        cold = compare(web.port, paths)
    with server.gunicorn(GUNICORN_WORKERS="1", GLOSSES_CACHE_MB="0") as web:
        cold_ms = web.client().median_ms(paths[0], len(paths), warm_up=3)
    most = max(map(count_queries, paths[:3]))
    return {
        **result(found, cold, most, largest),
        "connections": detail_bench.CONNECTIONS,
        "cold_ms": round(cold_ms, 1),
        "texts": material.source(),
    }


def result(found: dict, cold: dict, most: int, largest: int) -> dict:
    """Of ready glosses and of cold ones, the most queries and the most bytes."""
    is_reached = found["ratio"] >= GOAL and most <= MOST_QUERIES
    return {
        **found,
        "share": found["ratio"],
        "unit": "requests a second",
        "goal": GOAL,
        "goal_reached": is_reached and largest <= MOST_BYTES,
        "cold_per_s": cold["figure"],
        "cold_share": cold["ratio"],
        "cold_goal_reached": cold["ratio"] >= GOAL,
        "queries": most,
        "bytes": largest,
    }


def compare(port: int, paths: list[str]) -> dict:
    """Requests a second, the views in turn, so that a busy machine disturbs both."""
    calls = {"glosses": paths, "empty": detail_bench.EMPTY}
    for mine in calls.values():
        warm_up(port, mine)
    rounds = [
        {
            name: detail_bench.per_s(port, mine, detail_bench.ROUND_S)
            for name, mine in calls.items()
        }
        for _ in range(detail_bench.ROUNDS)
    ]
    return summary(rounds)


def warm_up(port: int, paths: list[str]) -> None:
    """Ask until each connection has asked for all of them, and so has each process."""
    left = ROUNDS_OF_ALL * detail_bench.CONNECTIONS * len(paths)
    while left > 0:
        seconds = detail_bench.WARM_UP_S
        left -= round(detail_bench.per_s(port, paths, seconds) * seconds)


def summary(rounds: list[dict[str, float]]) -> dict:
    middle = {
        name: statistics.median(found[name] for found in rounds) for name in rounds[0]
    }
    share = statistics.median(found["glosses"] / found["empty"] for found in rounds)
    return {
        "figure": round(middle["glosses"], 1),
        "baseline": round(middle["empty"], 1),
        "ratio": round(share, 3),
    }


def packed(web: server.Web, path: str) -> bytes:
    """An answer as it goes over the wire."""
    body, _ = web.client().get(path, **{"Accept-Encoding": "gzip"})
    return body


def count_queries(path: str) -> int:
    """Of a call that finds nothing ready."""
    client = Client(headers={"host": "127.0.0.1"})
    client.get(path)  # what a process remembers
    glosses.ready.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        status = client.get(path).status_code
    if status != 200:
        raise RuntimeError(f"{path}: status {status}")
    return len(queries)
