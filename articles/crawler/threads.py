"""Where visits take place: in threads that hold no connection between two of them."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from django.db import connections


class SameThread(Executor):
    """Does at once what it is given, for a crawl of one feed at a time."""

    def submit(self, function: Callable, *args: Any) -> Future:
        future = Future()
        future.set_result(function(*args))
        return future


class Threads(ThreadPoolExecutor):
    """Threads; what has not begun when the context ends is given up."""

    def submit(self, function: Callable, *args: Any) -> Future:
        return super().submit(_and_close, function, *args)

    def __exit__(self, *exc_info):
        self.shutdown(cancel_futures=True)


def _and_close(function: Callable, *args: Any) -> Any:
    try:
        return function(*args)
    finally:
        connections.close_all()
