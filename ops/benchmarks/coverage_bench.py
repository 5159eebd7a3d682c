"""How much of each of 2,000 articles a learner knows, from what cards' query reads."""

import statistics
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap

from learners.knowledge import store
from learners.knowledge.coverage import Measure
from ops.benchmarks import lexeme_sets, server
from tokenization import lexemes, listing, serving
from tokenization.listing import Wanted

ARTICLES, KNOWN = server.sized(2000, 40), server.sized(6000, 300)
ROUNDS = server.sized(31, 3)
GOAL_MS = 5


def run() -> dict:
    """figure is the milliseconds of the coverage of all of them, the median of rounds.

    baseline is what Python's own sets take, ready made. The sets come with what lists
    read of the articles, so that there is one query, ``read_ms`` long.
    """
    lexeme_sets.store(15 * ARTICLES, 0)
    columns = (*serving.columns_of(serving.CardRow, serving.TOKENS), "lexemes")
    with CaptureQueriesContext(connection) as queries:
        started = time.perf_counter()
        rows = listing.read(columns, Wanted(languages=("de",)), ARTICLES)
        read_ms = (time.perf_counter() - started) * 1000
    _, ids = lexeme_sets.make_sets(lexeme_sets.SETS)
    known = ids[:KNOWN]
    articles, mine = [row[-1] for row in rows], BitMap(known)
    shares = [found.share for found in coverages(articles, mine) if found]
    plain_known = set(known)
    plain = [set(lexemes.unpacked(each)) for each in articles]
    figure = median_ms(lambda: coverages(articles, mine))
    baseline = median_ms(
        lambda: [len(each & plain_known) / len(each) for each in plain]
    )
    return {
        "figure": round(figure, 2),
        "baseline": round(baseline, 2),
        "ratio": round(baseline / figure, 1),
        "unit": f"ms for {len(rows)} articles",
        "goal": GOAL_MS,
        "goal_reached": figure <= GOAL_MS and len(queries) == 1,
        "queries": len(queries),
        "read_ms": round(read_ms, 1),
        "bytes_a_set": round(statistics.mean(map(len, articles))),
        "mean_share": round(statistics.mean(shares), 3),
    }


def coverages(articles, known):
    """The Coverage of each of these packed sets, for who knows these lexemes."""
    nothing = dict.fromkeys(store.NAMES, BitMap())
    measure = Measure(store.Sets(**nothing | {"known": known}))
    return list(map(measure.of, articles))


def median_ms(work) -> float:
    """Of rounds of work, in this thread's own processor time: others are busy too."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.thread_time()
        work()
        seconds.append(time.thread_time() - started)
    return statistics.median(seconds) * 1000
