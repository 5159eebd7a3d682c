"""Who reads what: counted in memory, and written down now and then by a thread.

Requests only count. ``usage`` is the process's one counter.
"""

import atexit
import logging
import os
import threading
import time
from collections import Counter
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from articles.models import Language
from tokenization.models import CacheUse, TokenizationCache
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import DatabaseFailed

logger = logging.getLogger(__name__)

USAGE_FLUSH_S = 30
# Rows updated in one statement.
BATCH = 500


# By day, language code and column.
Uses = Counter[tuple[date, str, str]]


class Usage:
    """Hits and misses by day and language, and readings by article id.

    Whoever counts first in a process starts its thread; a forked child begins with
    nothing counted, since its parent writes what the parent counted.
    """

    def __init__(self) -> None:
        self.start_afresh()

    def start_afresh(self) -> None:
        # At the fork, another thread of the parent may have held the lock.
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._uses: Uses = Counter()
        self._reads: Counter[int] = Counter()

    def served(self, language: str, has_tokens: bool, number: int = 1) -> None:
        """Count articles of a language that were served with tokens, or without."""
        column = "hits" if has_tokens else "misses"
        with self._lock:
            self._uses[timezone.now().date(), language, column] += number
            self._ensure_thread()

    def read(self, article_id: int) -> None:
        """Count that an article, or its summary, was opened."""
        with self._lock:
            self._reads[article_id] += 1
            self._ensure_thread()

    def flush(self) -> None:
        """Write the counts; those that the database refuses stay for the next time."""
        with self._lock:
            uses, self._uses = self._uses, Counter()
            reads, self._reads = self._reads, Counter()
        try:
            write_uses(uses)
            write_reads(reads)
        except DatabaseFailed:
            logger.exception("The use of the cache was not written; it will be later")
        finally:
            with self._lock:
                self._uses.update(uses)
                self._reads.update(reads)

    def _ensure_thread(self) -> None:
        is_running = self._thread and self._thread.is_alive()
        if is_running or not settings.TOKENIZATION_USAGE_THREAD:
            return
        if self._thread is None:
            atexit.register(self._flush_and_disconnect)
        self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(USAGE_FLUSH_S)
            self._flush_and_disconnect()

    def _flush_and_disconnect(self) -> None:
        try:
            self.flush()
        finally:
            connection.close()


def write_uses(uses: Uses) -> None:
    """Add counts by (day, language code, column) to CacheUse; all of them or none.

    Takes what was written out of the counter. A language that is gone has no use.
    """
    if not uses:
        return
    known = set(Language.objects.values_list("code", flat=True))
    days = sorted({(day, code) for day, code, _ in uses if code in known})
    # Before the transaction: MariaDB locks a row that is there already, so that two
    # processes, both about to add to it, would wait for each other.
    CacheUse.objects.bulk_create(
        [CacheUse(day=day, language_id=code) for day, code in days],
        ignore_conflicts=True,
    )
    with transaction.atomic():
        for (day, code, column), number in sorted(uses.items()):
            rows = CacheUse.objects.filter(day=day, language=code)
            rows.update(**{column: F(column) + number})
    uses.clear()


def write_reads(reads: Counter[int]) -> None:
    """Add readings by article id to the cache's rows, where there are any.

    Takes what was written out of the counter. One transaction for each statement, so
    that two processes never wait for each other's rows.
    """
    now = timezone.now()
    for number in sorted(set(reads.values())):
        ids = sorted(pk for pk, count in reads.items() if count == number)
        for batch in in_slices(ids, BATCH):
            rows = TokenizationCache.objects.filter(pk__in=batch)
            rows.update(last_read_at=now, reads=F("reads") + number)
            for pk in batch:
                del reads[pk]


usage = Usage()
os.register_at_fork(after_in_child=usage.start_afresh)
