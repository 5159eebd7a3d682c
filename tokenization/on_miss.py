"""Tokenizing for a reader who waits: seldom, little at a time, and never for long."""

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import lru_cache, partial

from django.conf import settings
from django.db import connection

from tokenization.backlog import fill_unclaimed, is_waiting
from zeeguu.base.connections import release

logger = logging.getLogger(__name__)

# Articles of a process that wait for their turn; those that come then are not queued.
QUEUE = 100


@lru_cache(maxsize=1)
def filler() -> "Filler | None":
    """The process's one Filler; None where readers never make it tokenize."""
    concurrency = settings.TOKENIZE_ON_MISS_CONCURRENCY
    budget_s = settings.TOKENIZE_ON_MISS_BUDGET_MS / 1000
    return Filler(concurrency, budget_s) if concurrency else None


def is_wanted(
    language: str, has_tokens: bool, retry_at: datetime | None, failed_with: str
) -> bool:
    """Whether a reader's article is to be filled; not when that has just failed."""
    if has_tokens or filler() is None:
        return False
    return not is_waiting(language, retry_at, failed_with)


class Filler:
    """Fills articles in threads of its own, at most ``concurrency`` at a time.

    And whatever else is tokenized for who waits. Each once at a time, whoever asks; of
    articles a claim sees to it across processes.
    """

    def __init__(self, concurrency: int, budget_s: float) -> None:
        self.concurrency = concurrency
        self.budget_s = budget_s
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="fill")
        self._lock = threading.Lock()
        self._underway: set[Hashable] = set()

    def fill(self, article_id: int, since: datetime) -> bool:
        """Have an article filled; return whether it has been, with tokens or an error.

        since is when the caller saw that it has none; see ``do`` for the rest.
        """
        return self.do(article_id, partial(_fill, article_id, since))

    def do(self, key: Hashable, work: Callable[[], bool]) -> bool:
        """Have work done that has a key of its own; return whether it has been.

        The caller waits at most budget_s, and not at all where others are before it.
        False means that somebody is doing it, or will soon: ask again.
        """
        future, is_next = self._submit(key, work)
        if future is None or not is_next:
            return False
        release()
        done, _ = wait([future], self.budget_s)
        return bool(done) and not future.exception() and future.result()

    def fill_later(self, article_id: int, since: datetime) -> bool:
        """Have an article filled without waiting for it; return whether it will be."""
        future, _ = self._submit(article_id, partial(_fill, article_id, since))
        return future is not None or article_id in self._underway

    def _submit(
        self, key: Hashable, work: Callable[[], bool]
    ) -> tuple[Future[bool] | None, bool]:
        """Return (future, whether its work begins at once); (None, False) if refused.

        What is underway already is refused, and what the queue has no room for.
        """
        with self._lock:
            if key in self._underway or len(self._underway) >= QUEUE:
                return None, False
            is_next = len(self._underway) < self.concurrency
            self._underway.add(key)
        future = self._threads.submit(self._do, key, work)
        future.add_done_callback(_log_failure)
        return future, is_next

    def _do(self, key: Hashable, work: Callable[[], bool]) -> bool:
        try:
            return work()
        finally:
            with self._lock:
                self._underway.discard(key)
            connection.close()  # this thread's own


def _fill(article_id: int, since: datetime) -> bool:
    return fill_unclaimed([article_id], since).filled > 0


def _log_failure(future: Future[bool]) -> None:
    # Mostly nobody waits for the answer any more.
    if error := future.exception():
        logger.error("An article was not filled", exc_info=error)
