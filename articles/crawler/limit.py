"""An end for work on hostile documents: a time limit around parsers."""

import signal
import threading
from contextlib import contextmanager


class TimeIsUp(BaseException):
    """Not an Exception: parsers that catch everything must not catch this."""


@contextmanager
def time_limit(seconds):
    """Raise TimeIsUp in the body once it has taken that many seconds.

    By SIGALRM, which also ends a regular expression that never would; so it works in
    the main thread, where the crawl command runs, and does nothing in others.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _raise)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raise(signum, frame):
    raise TimeIsUp
