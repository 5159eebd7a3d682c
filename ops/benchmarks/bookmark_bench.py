"""Words saved by learners who read, many at once, against nothing."""

import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from django.forms import model_to_dict

from articles.models import Article
from learners.bookmarks.places import letters_of, text_of
from learners.models import Bookmark, User
from ops.benchmarks import detail_bench, learner_rows, lexeme_sets, material, server
from tokenization import services
from tokenization.stanza.tokens import sentences_of

LEARNERS = int(os.environ.get("BENCH_LEARNERS", server.sized(100, 2)))
ARTICLES = int(os.environ.get("BENCH_ROWS", server.sized(10_000, 150)))
LANGUAGE = learner_rows.LANGUAGE
# Articles that are read, and their paragraphs, of about 60 words each.
READ, PARAGRAPHS = server.sized((80, 13), (8, 4))
CONNECTIONS, PROCESSES = detail_bench.CONNECTIONS, detail_bench.PROCESSES
ROUNDS, ROUND_S, WARM_UP_S = server.sized((7, 4, 3), (1, 1, 0.5))
# Words of one learner more, and the lists that are asked for of them.
MANY, BATCH = server.sized((100_000, 1000), (200, 100))
LISTS = ("", "?language=da", "?starred=true", "?state=known", "?q=nothing", "?q=ord")
GOAL = 0.25

# A learner's header, and the bodies of calls that are left.
Caller = tuple[dict[str, str], list[dict[str, Any]]]
Job = tuple[int, list[Caller], float]


def run() -> dict:
    """figure and baseline are requests a second of words saved and of an empty view.

    Both are asked by the same learners with their tokens; ``ratio`` is the median of
    rounds in which they take turns. Each word is a new one to its learner: ``lost``
    tells how many are not there at the end. ``many_ms`` is what the slowest list takes
    of a learner who has 100,000.
    """
    lexeme_sets.store(ARTICLES, 0)
    emails = learner_rows.store(LEARNERS)
    ids = material.store(LANGUAGE, READ, partial(material.articles, length=PARAGRAPHS))
    services.fill(list(Article.objects.filter(pk__in=ids)))
    before = Bookmark.objects.count()
    with server.gunicorn(**detail_bench.WORKERS, **learner_rows.UNBOUNDED) as web:
        callers = _callers(web, emails, [tap for pk in ids for tap in taps(web, pk)])
        warm_up, *rounds = [
            (
                seconds,
                in_processes(save_all, web.port, callers, seconds),
                in_processes(ask_all, web.port, callers, seconds),
            )
            for seconds in (WARM_UP_S, *[ROUND_S] * ROUNDS)
        ]
        saved = sum(number for _, number, _ in (warm_up, *rounds))
        lost = before + saved - Bookmark.objects.count()
        slowest = many_ms(web, emails[-1])
    per_s = [{"done": a / s, "empty": b / s} for s, a, b in rounds]
    return {
        **summary(per_s),
        "lost": lost,
        "many_ms": slowest,
        "learners": LEARNERS,
        "articles": ARTICLES,
        "texts": material.source(),
    }


def taps(web: server.Web, pk: int) -> Iterator[dict[str, Any]]:
    """The bodies of calls for each word of an article, as a front end makes them."""
    article = json.loads(web.client().get(f"/api/articles/{pk}/")[0])
    for fragment in article["fragments"]:
        place = {"article": pk, "part": "body", "fragment": fragment["id"]}
        for sentence in sentences_of([fragment["tokens"]]):
            context = text_of(sentence)
            for token in sentence:
                facts = {"sentence": token["sent_i"], "token": token["token_i"]}
                if letters_of(token["text"]):
                    told = {"word": token["text"], "context": context}
                    yield {**place, **facts, **told, "translation": "word"}


def _callers(web: server.Web, emails: list[str], taps: list[dict]) -> list[Caller]:
    """For each connection a learner's header and words that only it saves."""
    taps = list({(one["word"], one["context"]): one for one in taps}.values())
    learners = emails[:CONNECTIONS]
    tokens = {email: learner_rows.token_of(web.client(), email) for email in learners}
    shares = -(-CONNECTIONS // len(learners))
    return [
        (
            {"Authorization": tokens[learners[place % len(learners)]]},
            taps[place // len(learners) :: shares],
        )
        for place in range(CONNECTIONS)
    ]


def in_processes(
    work: Callable[[Job], list[int]], port: int, callers: list[Caller], seconds: float
) -> int:
    """How many calls were answered in that time; those saved are not left."""
    context = multiprocessing.get_context("fork")
    jobs: list[Job] = [
        (port, callers[number::PROCESSES], seconds) for number in range(PROCESSES)
    ]
    with context.Pool(PROCESSES) as processes:
        found = processes.map(work, jobs)
    if work is save_all:
        for number, numbers in enumerate(found):
            for (_, left), done in zip(
                callers[number::PROCESSES], numbers, strict=True
            ):
                del left[:done]
    return sum(map(sum, found))


def save_all(job: Job) -> list[int]:
    return _at_once(save, job)


def ask_all(job: Job) -> list[int]:
    return _at_once(ask, job)


def _at_once(work: Callable[..., int], job: Job) -> list[int]:
    port, callers, seconds = job
    ends = time.monotonic() + seconds
    with ThreadPoolExecutor(len(callers)) as threads:
        found = [
            threads.submit(work, port, header, left, ends) for header, left in callers
        ]
        return [number.result() for number in found]


def save(port: int, header: dict, taps: list[dict], ends: float) -> int:
    """Save one word after the other; raises RuntimeError where one is not new."""
    client = server.Client(port)
    for number, tap in enumerate(taps):
        if time.monotonic() > ends:
            return number
        status, body, _ = client.ask("/api/bookmarks/", tap, **header)
        if status != 201:
            raise RuntimeError(f"{tap}: status {status}: {body[:200]!r}")
    raise RuntimeError("there are no more words to save")


def ask(port: int, header: dict, taps: list[dict], ends: float) -> int:
    """Ask for nothing, as somebody; raises RuntimeError unless all answers are 200."""
    client, number = server.Client(port), 0
    while time.monotonic() < ends:
        client.get("/bench/empty/", **header)
        number += 1
    return number


def many_ms(web: server.Web, email: str) -> dict[str, float]:
    """Milliseconds of lists of a learner who gets 100,000 words."""
    learner = User.objects.get(email=email)
    words = list(Bookmark.objects.filter(learner=learner)[:100])
    for start in range(0, MANY, BATCH):
        Bookmark.objects.bulk_create(
            _again(words[number % len(words)], number)
            for number in range(start, min(start + BATCH, MANY))
        )
    header = {"Authorization": learner_rows.token_of(web.client(), email)}
    return {
        query: round(
            web.client().median_ms(f"/api/bookmarks/{query}", 10, 2, **header), 1
        )
        for query in LISTS
    }


def _again(word: Bookmark, number: int) -> Bookmark:
    """A word once more, in another context, some minutes before."""
    facts = model_to_dict(word, exclude=["id"])
    for name in ("learner", "language", "lexeme", "to", "article", "text"):
        facts[f"{name}_id"] = facts.pop(name)
    at = word.created_at - timedelta(minutes=number)
    return Bookmark(**{**facts, "key": f"many {number}", "created_at": at})


def summary(rounds: list[dict[str, float]]) -> dict:
    """The result, of requests a second by name in each round."""
    middle = {
        name: statistics.median(found[name] for found in rounds) for name in rounds[0]
    }
    share = statistics.median(found["done"] / found["empty"] for found in rounds)
    return {
        "figure": round(middle["done"], 1),
        "baseline": round(middle["empty"], 1),
        "ratio": round(share, 3),
        "unit": "requests a second",
        "goal": GOAL,
        "goal_reached": share >= GOAL,
        "connections": CONNECTIONS,
    }
