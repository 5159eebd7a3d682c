"""Tell of what is removed before a dictionary is loaded: it may take a minute."""

from collections.abc import Callable

from learners.dictionaries import store

# A line is written after so many entries.
TOLD_EVERY = 100_000


def remove_abandoned(write: Callable[[str], object]) -> None:
    """Remove what loads that were broken off have left, with a line now and then."""
    removed = told = 0
    for number in store.remove_abandoned():
        removed += number
        if removed // TOLD_EVERY > told:
            told = removed // TOLD_EVERY
            write(f"{removed:,} entries removed of what was broken off")
