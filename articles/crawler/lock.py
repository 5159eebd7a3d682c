"""A lock that can't outlive its holder."""

import contextlib
import fcntl


@contextlib.contextmanager
def only_one(path):
    """Yields whether nobody else on this host is in here; its end frees the place.

    However a process ends, the system unlocks what it has locked.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
