"""The command ``pretokenize`` with two processes against one, as its user runs it."""

import os
import time

from ops.benchmarks import material, server
from tokenization import services
from tokenization.models import TokenizationCache

LANGUAGES = ("da", "de", "fr", "ru", "sv")
ARTICLES = server.sized(2000, 50)
ROUNDS = server.sized(3, 1)
GOAL = 1.8


def run():
    """figure and baseline are seconds for all articles, net of the start-up.

    The start-up (Django, PyTorch, the models) is what the command takes for an article
    of each language: with nothing at all to do it loads neither PyTorch nor a model.
    Pairs are for one process and for two. ``cpu_s`` tells a busy machine from work that
    can't be shared: it stays the same when only the machine is in the way.
    """
    for language in LANGUAGES:
        material.store(language, ARTICLES // len(LANGUAGES))
    rounds = [[measure(workers) for workers in (1, 2)] for _ in range(ROUNDS)]
    one, two = (least(of_way) for of_way in zip(*rounds, strict=True))
    net = [way["wall_s"] - way["startup_s"] for way in (one, two)]
    ratio = net[0] / net[1]
    return {
        "figure": round(net[1], 2),
        "baseline": round(net[0], 2),
        "ratio": round(ratio, 2),
        "unit": f"s for {ARTICLES} articles, without start-up",
        "goal": GOAL,
        "goal_reached": ratio >= GOAL,
        "ratio_wall": round(one["wall_s"] / two["wall_s"], 2),
        **{name: [round(one[name], 2), round(two[name], 2)] for name in one},
        "articles_per_s": [round(ARTICLES / seconds, 1) for seconds in net],
        "walls_s": [[round(way["wall_s"], 1) for way in pair] for pair in rounds],
        "texts": material.source(),
    }


def measure(workers):
    startup_s, _ = timed(workers, limit=len(LANGUAGES))
    wall_s, cpu_s = timed(workers, limit=ARTICLES)
    return {"wall_s": wall_s, "startup_s": startup_s, "cpu_s": cpu_s}


def timed(workers, limit):
    """(Seconds, CPU seconds) of the command for so many articles, the cache empty."""
    services.delete(TokenizationCache.objects.all())
    options = ("--workers", str(workers), "--limit", str(limit), "--verbosity", "0")
    wall_s, cpu_s = time.perf_counter(), cpu_of_children_s()
    code = server.manage("pretokenize", *options)
    wall_s, cpu_s = time.perf_counter() - wall_s, cpu_of_children_s() - cpu_s
    filled = TokenizationCache.objects.filled().count()
    if code or filled != limit:
        raise RuntimeError(f"pretokenize ended with {code}, {filled} of {limit} filled")
    return wall_s, cpu_s


def cpu_of_children_s():
    times = os.times()
    return times.children_user + times.children_system


def least(runs):
    """The least of each figure over several runs: others only make it longer."""
    return {name: min(run[name] for run in runs) for name in runs[0]}
