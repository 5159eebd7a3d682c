"""What lemmas and lexemes cost: a crawl's time, a card's bytes, workers' memory."""

import gzip
import json
import statistics
import sys
import tempfile
from pathlib import Path

import orjson

from articles.models import Article, Feed
from ops.benchmarks import (
    crawl_bench,
    lemmas_memory,
    list_bench,
    material,
    newspapers,
    server,
)
from tokenization.models import TokenizationCache

PAGES = server.sized(300, 5)
ROUNDS = server.sized(3, 1)
WORKERS = 4
GOAL, GOAL_BYTES, GOAL_MIB = 1.25, 1.2, 40
WAYS = {
    "with": [sys.executable, "manage.py"],
    "without": [sys.executable, "-m", "ops.benchmarks.without_words"],
}


def run():
    """figure and baseline are processor seconds of a crawl, with and without words.

    ``bytes`` and ``bytes_gzipped`` are of a page of cards: with, without, and their
    ratio. ``workers_private_mib`` is what four processes take for themselves, all
    together, to make lemmas in all languages; ``workers_mib`` is that and what they
    share of the files; ``reader_mib`` is what a worker has that serves lists.
    """
    figure, baseline = crawls()
    sizes = sizes_of_cards()
    memory = memory_of_workers()
    return {
        "figure": round(figure, 1),
        "baseline": round(baseline, 1),
        "ratio": round(figure / baseline, 3),
        "unit": "processor seconds",
        "goal": GOAL,
        "pages": PAGES,
        **sizes,
        "goal_bytes": GOAL_BYTES,
        **memory,
        "goal_mib": GOAL_MIB,
        "goal_reached": figure / baseline <= GOAL
        and all(ratio <= GOAL_BYTES for *_, ratio in sizes.values())
        and memory["workers_private_mib"] <= GOAL_MIB
        and not memory["reader_imports_lemmas"],
    }


def crawls():
    """Processor seconds of a crawl by each way; they take turns."""
    # Nobody is to wait for files in the first round.
    server.manage("lemmas", "build", "--verbosity", "0")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pages = newspapers.write_pages(folder, PAGES)
        with newspapers.serving(folder) as base:
            rounds = [
                [crawl_s(folder, base, pages, way) for way in WAYS]
                for _ in range(ROUNDS)
            ]
    return [statistics.median(seconds) for seconds in zip(*rounds, strict=True)]


def crawl_s(folder, base, pages, way):
    crawl_bench.add_feeds(folder, base, pages)
    command = [*WAYS[way], "crawl", "--verbosity", "0"]
    seconds, _ = crawl_bench.processor_s(command, **newspapers.allowed(base))
    rows = TokenizationCache.objects
    made_by = rows.values_list("tokenizer", flat=True)
    if rows.exclude(error="").exists() or {
        " lemmas " in version for version in made_by
    } != {way == "with"}:
        raise RuntimeError(f"a crawl {way} words has made other tokens")
    Article.objects.all().delete()
    Feed.objects.all().delete()
    return seconds


def sizes_of_cards():
    """Bytes of a page of cards: with words, without, and the ratio; also gzipped."""
    material.store(list_bench.LANGUAGE, list_bench.CARDS, material.cards)
    server.manage("pretokenize", "--verbosity", "0")
    with server.gunicorn(GUNICORN_WORKERS="1") as web:
        body, _ = web.client().get(list_bench.page(list_bench.CARDS))
    bare = orjson.dumps(without_words(json.loads(body)))
    return {
        "bytes": compared(len(body), len(bare)),
        "bytes_gzipped": compared(len(gzip.compress(body)), len(gzip.compress(bare))),
    }


def compared(figure, baseline):
    return [figure, baseline, round(figure / baseline, 3)]


def without_words(answer):
    """JSON without the fields that words have brought."""
    if isinstance(answer, list):
        return [without_words(part) for part in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        name: without_words(part)
        for name, part in answer.items()
        if name != "lemma" and not name.startswith("mwe_")
    }


def memory_of_workers():
    """MiB that lemmas of all languages cost four processes; one that serves lists."""
    before, after = lemmas_memory.measure(WORKERS)
    with server.gunicorn(GUNICORN_WORKERS="1") as web:
        client = web.client()
        for _ in range(20):
            client.get(list_bench.page(list_bench.CARDS))
        said = json.loads(client.get("/bench/who/?module=simplemma")[0])
        reader = lemmas_memory.rollup(said["pid"])
    return {
        "workers_private_mib": round(after.private - before.private, 1),
        "workers_mib": round(after.pss - before.pss, 1),
        "reader_mib": round(reader.private, 1),
        "reader_imports_lemmas": bool(said["imported"]),
    }
