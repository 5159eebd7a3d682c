"""What is deleted when it is old, daily and after each crawl; other apps add theirs."""

from collections.abc import Callable

from articles.crawler.store import history

# Functions that delete what is too old or too much of something.
others: list[Callable[[], object]] = []


def clean() -> int:
    """Delete crawls' history that is too old, and others' rows; how many visits."""
    visits = history.prune()
    for prune in others:
        prune()
    return visits
