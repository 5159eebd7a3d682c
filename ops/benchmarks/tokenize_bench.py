"""Our engine's bulk call against Stanza's own, on texts as long as summaries."""

import statistics
import time

from django.conf import settings
from stanza.models.common.doc import Document

from ops.benchmarks import material, server
from ops.benchmarks.f1_bench import plain_pipeline, spans
from tokenization.stanza.engine import Engine

LANGUAGES = ("da", "de", "fr", "ru")
TEXTS = server.sized(100, 10)  # in each language
ROUNDS = server.sized(7, 1)
GOAL, GOAL_TO_BULK = 2, 0.95
MEGABYTE = 1_000_000
BYTES = server.sized(MEGABYTE, MEGABYTE // 10)


def run():
    """figure and baseline are milliseconds a text; the baseline is a call a text.

    ``bulk`` is Stanza's own bulk call. All three have one thread.
    """
    engine = Engine(settings.STANZA_RESOURCES_DIR)
    texts = {code: material.pieces(code)[:TEXTS] for code in LANGUAGES}
    ways = {code: ways_to_tokenize(engine, code) for code in LANGUAGES}
    rounds = [measure(ways, texts) for _ in range(1 + ROUNDS)][1:]  # one warms up
    figure, baseline, bulk = (
        statistics.median(seconds[way] for seconds in rounds)
        for way in ("engine", "one_by_one", "bulk")
    )
    number = sum(map(len, texts.values()))
    characters = sum(len(text) for of_code in texts.values() for text in of_code)
    return {
        "figure": round(1000 * figure / number, 3),
        "baseline": round(1000 * baseline / number, 3),
        "ratio": round(baseline / figure, 2),
        "unit": "ms a text",
        "goal": GOAL,
        "goal_reached": baseline / figure >= GOAL and bulk / figure >= GOAL_TO_BULK,
        "bulk": round(1000 * bulk / number, 3),
        "ratio_to_bulk": round(bulk / figure, 2),
        "goal_to_bulk": GOAL_TO_BULK,
        "texts": number,
        "characters_per_s": round(characters / figure),
        "megabyte_s": round(megabyte_s(engine, "de", texts["de"]), 2),
        "same_tokens": share_of_same(ways, texts),
    }


def ways_to_tokenize(engine, code):
    """Functions that tokenize a list of texts, by name."""
    pipeline = plain_pipeline(code)  # the engine takes over its own
    return {
        "engine": lambda texts: engine.tokenize(texts, code),
        "one_by_one": lambda texts: [pipeline(text) for text in texts],
        "bulk": lambda texts: pipeline.bulk_process(
            [Document([], text=text) for text in texts]
        ),
    }


def measure(ways, texts):
    """Seconds for all texts by each way; they take turns language by language."""
    seconds = dict.fromkeys(("engine", "one_by_one", "bulk"), 0)
    for code in LANGUAGES:
        for name, tokenize in ways[code].items():
            started = time.perf_counter()
            tokenize(texts[code])
            seconds[name] += time.perf_counter() - started
    return seconds


def megabyte_s(engine, code, texts):
    """Seconds for 1,000,000 bytes, taken from a call of BYTES of such texts."""
    size = sum(len(text.encode()) for text in texts)
    times = BYTES // size
    started = time.perf_counter()
    engine.tokenize(texts * times, code)
    return (time.perf_counter() - started) * MEGABYTE / (size * times)


def share_of_same(ways, texts):
    """Share of texts of which both make the same tokens, 0 to 1."""
    same = [
        ours == theirs
        for code in LANGUAGES
        for ours, theirs in zip(
            ways[code]["engine"](texts[code]),
            map(spans, ways[code]["one_by_one"](texts[code])),
            strict=True,
        )
    ]
    return statistics.mean(same)
