"""Where visits take place: in threads that hold no connection between two of them."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connections

Given = ParamSpec("Given")
Made = TypeVar("Made")


class SameThread(Executor):
    """Does at once what it is given, for a crawl of one feed at a time."""

    def submit(
        self,
        function: Callable[Given, Made],
        /,
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Future[Made]:
        future: Future[Made] = Future()
        future.set_result(function(*args, **kwargs))
        return future


class Threads(ThreadPoolExecutor):
    """Threads; what has not begun when the context ends is given up."""

    def submit(
        self,
        function: Callable[Given, Made],
        /,
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Future[Made]:
        return super().submit(_and_close, partial(function, *args, **kwargs))

    def __exit__(self, *exc_info: object) -> None:
        self.shutdown(cancel_futures=True)


def _and_close(function: Callable[[], Made]) -> Made:
    try:
        return function()
    finally:
        connections.close_all()
