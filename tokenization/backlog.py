"""What is still to be tokenized, and doing it in bulk, in one process or in several."""

import logging
import multiprocessing
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connections
from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone

from articles.models import Article
from tokenization import claims, services
from tokenization.models import CacheState, TokenizationCache
from zeeguu.base.batches import in_slices
from zeeguu.base.leases import claimed
from zeeguu.base.process_pool import start_worker

logger = logging.getLogger(__name__)

# Articles tokenized together: enough for the tokenizer to be quick, few enough that a
# stop costs little.
BATCH = 50
# Articles among which batches of one language are made. The newest come first, so that
# what readers see is done before what they don't.
WINDOW = 1000
# What a run without further wishes fills.
BACKLOG = (CacheState.MISSING, CacheState.STALE, CacheState.FAILED)
# For ``os.nice``: whatever else wants to run goes first.
LOWEST_PRIORITY = 19


# A language, ids of articles, and when these were listed.
Batch = tuple[str, list[int], datetime]


class WorkerDied(Exception):
    """A process of the pool was killed, most likely for want of memory."""


@dataclass(frozen=True)
class Done:
    """A batch that was worked off; ``errors`` are by article id.

    ``skipped`` articles are gone, or being filled by somebody else.
    """

    language: str
    filled: int
    skipped: int = 0
    errors: dict[int, str] = field(default_factory=dict)


def backlog(
    states: Collection[str], languages: Collection[str] | None = None
) -> QuerySet[Article, Any]:
    """Ids and languages of articles whose cache is in one of the states, newest first.

    Broken articles are never read, so they are never tokenized. A failed row waits for
    its ``retry_at`` and a claimed one for the claim's end, unless all states are asked
    for.
    """
    articles = Article.objects.listed()
    if languages:
        articles = articles.filter(language__in=languages)
    if set(states) != set(CacheState):
        articles = articles.filter(token_state__in=states)
        articles = articles.exclude(claimed("tokenization_cache__"))
        articles = articles.exclude(pk__in=waiting().values("pk"))
    return articles.newest_first().values_list("pk", "language_id")


def waiting() -> QuerySet:
    """Failed rows whose next try is not due yet; see ``is_waiting``."""
    failed = TokenizationCache.objects.in_state(CacheState.FAILED)
    rows = failed.filter(retry_at__gt=timezone.now())
    whens = (
        When(article__language=language, then=Value(version))
        for language, version in services.working_versions().items()
    )
    return rows.filter(failed_with=Case(*whens, default=Value("")))


def is_waiting(language: str, retry_at: datetime | None, failed_with: str) -> bool:
    """Whether a row of an article in that language has failed and is to be left alone.

    Not any more when something else tokenizes the language now, or something at all: a
    model may have been mended, or the article be in another language.
    """
    has_just_failed = retry_at is not None and retry_at > timezone.now()
    return has_just_failed and failed_with == services.working_version(language)


def fill_in_batches(
    todo: Iterable[tuple[int, str]], workers: int = 1
) -> Iterator[Done]:
    """Fill many stored articles, given as (id, language) pairs in order of urgency.

    Yields a Done after each batch. Only ids are held: bodies are large, and articles
    get deleted during a long run. With several workers, these are forked: they share
    the models loaded here, and never a database connection. Raises WorkerDied.
    """
    listed_at = timezone.now()
    batches = [(*batch, listed_at) for batch in _batches(list(todo))]
    if workers == 1 or len(batches) < 2:
        yield from map(_fill_batch, batches)
    else:
        yield from _in_processes(batches, min(workers, len(batches)))


def _batches(todo: list[tuple[int, str]]) -> Iterator[tuple[str, list[int]]]:
    """(language, ids) of what is tokenized together."""
    by_language = itemgetter(1)
    for window in in_slices(todo, WINDOW):
        of_languages = sorted(window, key=by_language)
        for language, pairs in groupby(of_languages, key=by_language):
            for pks in in_slices([pk for pk, _ in pairs], BATCH):
                yield language, pks


def _in_processes(batches: list[Batch], workers: int) -> Iterator[Done]:
    services.engine().preload({language for language, *_ in batches}, logger)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, start_worker, (os.getpid(),)) as pool:
        futures = {pool.submit(_fill_batch, batch): batch for batch in batches}
        try:
            for future in as_completed(futures):
                yield future.result()
                del futures[future]
        except BrokenProcessPool as exc:
            for _, pks, listed_at in futures.values():
                claims.release_since(pks, listed_at)
            raise WorkerDied(
                "a worker process was killed, perhaps for want of memory; start again"
                " with fewer --workers, and what is left will be done"
            ) from exc
        finally:
            pool.shutdown(cancel_futures=True)


def _fill_batch(batch: Batch) -> Done:
    language, pks, listed_at = batch
    return fill_unclaimed(pks, listed_at, language)


def fill_unclaimed(pks: Sequence[int], since: datetime, language: str = "") -> Done:
    """Fill articles of one language but those that somebody else has in hand.

    since is when the caller saw that they need it. Returns a Done.
    """
    lease = claims.new_lease()
    try:
        claimed = claims.claim(pks, since, lease)
        articles = Article.objects.in_bulk(claimed)
        errors = services.fill([articles[pk] for pk in claimed if pk in articles])
    finally:
        claims.release(pks, lease)
    return Done(language, len(claimed), len(pks) - len(claimed), errors)
