"""Answers of learners who practise, many at once, against nothing."""

import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from learners.models import Bookmark, Review
from ops.benchmarks import (
    bookmark_bench,
    detail_bench,
    learner_rows,
    lexeme_sets,
    server,
)

LEARNERS = int(os.environ.get("BENCH_LEARNERS", server.sized(100, 2)))
ARTICLES = int(os.environ.get("BENCH_ROWS", server.sized(10_000, 150)))
# Connections that practise at once, each cards of its own, of as many learners as
# there are; and how often a card is forgotten.
CONNECTIONS, PROCESSES = detail_bench.CONNECTIONS, detail_bench.PROCESSES
CARDS = server.sized(6, 1)
RATINGS = ("good", "good", "good", "good", "again")


def run() -> dict:
    """figure and baseline are requests a second of answers and of an empty view.

    Both are asked by the same learners with their tokens; ``ratio`` is the median of
    rounds in which they take turns. All answers that were
    said to count are there at the end: ``lost`` tells how many are not.
    """
    lexeme_sets.store(ARTICLES, 0)
    emails = learner_rows.store(LEARNERS)
    with server.gunicorn(**detail_bench.WORKERS, **learner_rows.UNBOUNDED) as web:
        callers = _callers(web, emails)
        # Each card is new once.
        done = [answers_per_s(web.port, callers, detail_bench.WARM_UP_S)[1]]
        empty_per_s(web.port, callers, detail_bench.WARM_UP_S)
        rounds = []
        for _ in range(detail_bench.ROUNDS):
            per_s, number = answers_per_s(web.port, callers, detail_bench.ROUND_S)
            done.append(number)
            empty = empty_per_s(web.port, callers, detail_bench.ROUND_S)
            rounds.append({"done": per_s, "empty": empty})
    lost = sum(done) - Review.objects.count()
    return {
        **bookmark_bench.summary(rounds),
        "learners": LEARNERS,
        "articles": ARTICLES,
        "lost": lost,
    }


def _callers(web: server.Web, emails: list[str]) -> list[tuple[str, list[int]]]:
    """For each connection a learner's header, and bookmarks to practise."""
    learners = emails[:CONNECTIONS]
    tokens = {email: learner_rows.token_of(web.client(), email) for email in learners}
    callers = []
    for place in range(CONNECTIONS):
        email = learners[place % len(learners)]
        first = place // len(learners) * CARDS
        saved = Bookmark.objects.filter(learner__email=email).order_by("pk")
        ids = saved.values_list("pk", flat=True)[first : first + CARDS]
        callers.append((tokens[email], list(ids)))
    return callers


def answers_per_s(
    port: int, callers: list[tuple[str, list[int]]], seconds: float
) -> tuple[float, int]:
    """Answers a second of all connections together, and how many counted."""
    context = multiprocessing.get_context("fork")
    jobs = [(port, callers[number::PROCESSES], seconds) for number in range(PROCESSES)]
    with context.Pool(PROCESSES) as processes:
        number = sum(processes.map(practise_all, jobs))
    return number / seconds, number


def empty_per_s(
    port: int, callers: list[tuple[str, list[int]]], seconds: float
) -> float:
    """Answers a second of an empty view, to the same learners."""
    headers: list[bookmark_bench.Caller] = [
        ({"Authorization": token}, []) for token, _ in callers
    ]
    asked = bookmark_bench.in_processes(bookmark_bench.ask_all, port, headers, seconds)
    return asked / seconds


def practise_all(job: tuple[int, list[tuple[str, list[int]]], float]) -> int:
    port, callers, seconds = job
    with ThreadPoolExecutor(len(callers)) as threads:
        found = [threads.submit(practise, port, *one, seconds) for one in callers]
        return sum(number.result() for number in found)


def practise(port: int, token: str, bookmarks: list[int], seconds: float) -> int:
    """Answer one card after the other; raises RuntimeError where one does not count."""
    client, header = server.Client(port), {"Authorization": token}
    made = [
        client.post("/api/practice/cards/", {"bookmark": pk}, **header)
        for pk in bookmarks
    ]
    cards = {card["id"]: card for card in made}
    ends, number = time.monotonic() + seconds, 0
    for rating, pk in zip(cycle(RATINGS), cycle(cards), strict=False):
        if time.monotonic() > ends:
            break
        last = cards[pk]["last_review"]
        facts = {"card": pk, "rating": rating, "last_review": last}
        cards[pk] = client.post("/api/practice/reviews/", facts, **header)["card"]
        number += 1
    client.close()
    return number
