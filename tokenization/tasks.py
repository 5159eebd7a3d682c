"""The tokenizer's work as Celery tasks."""

import os
from concurrent.futures import ThreadPoolExecutor

from celery import shared_task
from django.db import connection

from tokenization.backlog import BACKLOG, LOWEST_PRIORITY, backlog, fill_in_batches
from tokenization.states import ensure_marked
from tokenization.statistics import recount


@shared_task(name="tokenization.refill")
def refill(limit: int = 1000) -> dict[str, int]:
    """Fill the newest articles of the backlog; return how many, and how many failed.

    A thread of its own does it at low priority, since a process can't raise its own
    again: crawls and readers go before.
    """
    with ThreadPoolExecutor(1, initializer=os.nice, initargs=(LOWEST_PRIORITY,)) as one:
        return one.submit(_refill, limit).result()


def _refill(limit: int) -> dict[str, int]:
    try:
        ensure_marked()
        done = list(fill_in_batches(backlog(BACKLOG)[:limit]))
        if done:
            recount()
    finally:
        connection.close()  # this thread's own
    return {
        "filled": sum(batch.filled for batch in done),
        "failed": sum(len(batch.errors) for batch in done),
    }
