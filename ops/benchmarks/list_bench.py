"""A page of 20 cards from the cache against the same page tokenized on the fly."""

import gzip
import statistics

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from ops.benchmarks import material, server

LANGUAGE = "de"
CARDS, MOST_CARDS = 20, 100
ROUNDS = server.sized(10, 1)
GOAL, GOAL_OF_EMPTY = 100, 0.25
MOST_QUERIES, MOST_BYTES, MOST_BYTES_GZIPPED = 3, 100_000, 15_000
GZIP, GZIP_MAGIC = {"Accept-Encoding": "gzip"}, b"\x1f\x8b"


def run():
    """figure and baseline are the median milliseconds of a request under gunicorn.

    ``share_of_empty`` is the requests a second of the page against those of a view
    that does nothing, over one connection.
    """
    # More than a page, so that it has a link to the next one.
    material.store(LANGUAGE, MOST_CARDS + 1, material.cards)
    server.manage("pretokenize", "--verbosity", "0")
    with server.gunicorn(GUNICORN_WORKERS="1") as web:
        result = measure(web.client())
    result["queries"] = [count_queries(page(number)) for number in (CARDS, MOST_CARDS)]
    return {
        **result,
        "goal_reached": is_reached(result),
        "texts": material.source("newsweb"),
    }


def page(cards):
    return f"/api/articles/{query(cards)}"


def query(cards=CARDS):
    return f"?language={LANGUAGE}&page_size={cards}"


def is_reached(result):
    few, many = result["queries"]
    sent = result.get("bytes_sent_gzipped", result["bytes_gzipped"])
    return (
        result["ratio"] >= GOAL
        and result["share_of_empty"] >= GOAL_OF_EMPTY
        and few == many <= MOST_QUERIES
        and result["bytes"] <= MOST_BYTES
        and sent <= MOST_BYTES_GZIPPED
    )


def measure(client):
    body, _ = client.get(page(CARDS))
    on_the_fly, _ = client.get(f"/bench/on-the-fly/{query()}")
    figure, baseline, empty = median_ms(client)
    return {
        "figure": round(figure, 2),
        "baseline": round(baseline, 1),
        "ratio": round(baseline / figure, 1),
        "unit": "ms a page",
        "goal": GOAL,
        "share_of_empty": round(empty / figure, 3),
        "cards": body.count(b'"title_tokens":[[['),
        "same_tokens": body.count(b'"text":') == on_the_fly.count(b'"text":'),
        "bytes": len(body),
        **gzipped(client, body),
    }


def median_ms(client):
    """Milliseconds of the page, of the page on the fly and of a view that is empty.

    They take turns, so that a busy machine disturbs all of them.
    """
    on_the_fly = f"/bench/on-the-fly/{query()}"
    times = {page(CARDS): 30, on_the_fly: 2, "/bench/empty/": 30}
    rounds = [
        [client.median_ms(path, number) for path, number in times.items()]
        for _ in range(1 + ROUNDS)
    ][1:]  # the first one warms up
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def gzipped(client, body):
    """Bytes of the page gzipped here; those that the server sends, and its time."""
    sizes = {"bytes_gzipped": len(gzip.compress(body))}
    sent, _ = client.get(page(CARDS), **GZIP)
    if not sent.startswith(GZIP_MAGIC):  # the server does not compress
        return sizes
    median = client.median_ms(page(CARDS), times=300, warm_up=30, **GZIP)
    return {**sizes, "bytes_sent_gzipped": len(sent), "ms_gzipped": round(median, 2)}


# Here nobody needs the thread that writes down what is read.
@override_settings(TOKENIZATION_USAGE_THREAD=False, ALLOWED_HOSTS=["testserver"])
def count_queries(path):
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: status {answer.status_code}")
    return len(queries)
