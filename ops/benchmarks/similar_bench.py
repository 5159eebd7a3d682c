"""Articles like one among 100,000, and whether they are on the same subject."""

import json
import os
import random
import re
import statistics
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.text import ArticleText
from ops.benchmarks import lexeme_sets, server
from tokenization import lexemes, services, similar

# The newest of all languages are long: those that are compared.
ARTICLES, LONG = server.sized(100_000, 600), server.sized(16_000, 100)
CALLS, WARM_UP = server.sized(200, 10), 5
GOAL_MS, MOST_QUERIES = 50, 3
# Articles of at least so many words are cut into so many pieces.
LEAST_WORDS, PIECES = 600, 4


def run() -> dict:
    """figure is the 95th of 100 times in milliseconds, under gunicorn with one worker.

    Each call asks for another article, so that nothing is known before; ``again`` are
    the same calls once more, and baseline those of an empty view. ``grown_mb`` is what
    the worker has grown by in the first calls, and ``processor_ms`` its time for one of
    them: of a busy machine that tells more. ``of_the_same`` tells how many of the
    three nearest pieces of newspapers' articles are of the same article, and of how
    many, where ../shared/newsweb is.
    """
    lexeme_sets.store(ARTICLES, LONG)
    ids = random.Random(3).sample(range(1, ARTICLES + 1), CALLS + WARM_UP)
    with CaptureQueriesContext(connection) as queries:
        similar.served(ids[-1])
    paths = [f"/api/articles/{pk}/similar/" for pk in ids]
    with server.gunicorn(GUNICORN_WORKERS="1", TOKENIZER_PRELOAD="none") as web:
        client = web.client()
        times(client, paths[CALLS:])
        before, spent = memory_mb(web.pid), processor_ms(web.pid)
        first = times(client, paths[:CALLS])
        grown = memory_mb(web.pid) - before
        spent = processor_ms(web.pid) - spent
        again, empty = (
            times(client, paths[:CALLS]),
            times(client, ["/bench/empty/"] * 50),
        )
    figure = p95(first)
    return {
        "figure": figure,
        "baseline": p95(empty),
        "ratio": round(figure / p95(empty), 1),
        "unit": "ms, p95",
        "goal": GOAL_MS,
        "goal_reached": figure <= GOAL_MS and len(queries) <= MOST_QUERIES,
        "articles": ARTICLES,
        "median": round(statistics.median(first), 1),
        "again": p95(again),
        "processor_ms": round(spent / CALLS, 1),
        "queries": len(queries),
        "grown_mb": round(grown, 1),
        "of_the_same": of_the_same(),
    }


def times(client, paths: list[str]) -> list[float]:
    return [client.get(path)[1] * 1000 for path in paths]


def p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=20)[-1], 1)


def memory_mb(master: int) -> float:
    """What the processes under a master have in memory."""
    statuses = "".join(_read(pid, "status") for pid in children(master))
    return sum(map(int, re.findall(r"VmRSS:\s+(\d+)", statuses))) / 1024


def processor_ms(master: int) -> float:
    """The time that the processes under a master have had so far."""
    stats = [_read(pid, "stat").rpartition(")")[2].split() for pid in children(master)]
    ticks = sum(int(user) + int(system) for *_, user, system in (s[:13] for s in stats))
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def children(master: int) -> list[str]:
    return _read(f"{master}/task/{master}", "children").split()


def _read(pid: str, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text("ascii")


# --- subjects


def of_the_same() -> list[int] | str:
    """[pieces of the same article among the first three, all of these]"""
    try:
        gold = json.loads((server.shared("newsweb") / "index.json").read_text("utf-8"))
    except server.MissingMaterial as exc:
        return str(exc)
    found = [of_language(gold, language) for language in ("de", "en")]
    return [sum(column) for column in zip(*found, strict=True)]


def of_language(gold: list[dict], language: str) -> tuple[int, int]:
    """Of the first piece of each article that is cut."""
    pieces = [
        (page["publisher"], place, text)
        for page in gold
        if page["language"] == language
        for place, text in enumerate(cut(page["paragraphs"]))
    ]
    sets = sets_of([text for *_, text in pieces], language)
    others = list(enumerate(sets))
    right = asked = 0
    for (name, place, _), (number, mine) in zip(pieces, others, strict=True):
        same = {n for n, (other, *_) in enumerate(pieces) if other == name}
        if place == 0 and len(same) == PIECES:
            rest = [other for other in others if other[0] != number]
            right += len(same & set(similar.nearest(mine, rest, 3)))
            asked += 3
    return right, asked


def cut(paragraphs: list[str]) -> list[ArticleText]:
    words = [len(paragraph.split()) for paragraph in paragraphs]
    number = PIECES if sum(words) >= LEAST_WORDS else 1
    pieces: list[list[tuple[str, str]]] = [[] for _ in range(number)]
    for place, paragraph in enumerate(paragraphs):
        piece = sum(words[:place]) * number // sum(words)
        pieces[min(piece, number - 1)].append(("p", paragraph))
    return [ArticleText("", "", tuple(piece)) for piece in pieces if piece]


def sets_of(texts: list[ArticleText], language: str) -> list[bytes]:
    ids: dict[str, int] = {}
    prepared = services.prepare(texts, language)
    return [
        lexemes.packed(ids.setdefault(lemma, len(ids)) for lemma in one.lemmas)
        for one in prepared
    ]
