"""A lock that can't outlive its holder."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from zeeguu.base import private


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[bool]:
    """Yields whether no other process of this host is in here; its end frees the place.

    However a process ends, the system unlocks what it has locked. Not flock: forked
    children would hold on to it for a moment when their parent is killed.
    """
    private.make_folder(path.parent)
    with open(path, "w", opener=private.opener) as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            yield False
        else:
            yield True
