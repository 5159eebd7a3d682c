"""Who is asked, and whether just now: breakers, places, and one call for one question.

Knows no database. A process has one Desk, which all its threads share.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import NamedTuple

from learners.dictionaries.providers import shapes
from learners.dictionaries.providers.errors import (
    Busy,
    NoProvider,
    ProviderError,
    Unanswered,
)
from learners.dictionaries.providers.provider import Provider, Question, Task
from learners.dictionaries.providers.trouble import Trouble
from zeeguu.base.breaker import CLOSED, Breaker, BreakerOpen

logger = logging.getLogger(__name__)

# When all places are taken, seconds.
FULL_S = 2.0


class Answer(NamedTuple):
    """What was said, as plain text, and by whom: the name of a provider."""

    text: str
    provider: str


class Guarded:
    """A provider behind a breaker: who failed lately is not asked."""

    def __init__(self, provider: Provider, breaker: Breaker, trouble: Trouble) -> None:
        self.provider, self.breaker, self.trouble = provider, breaker, trouble

    def answer(self, question: Question) -> str:
        """Its answer as plain text; raises ProviderError."""
        try:
            self.breaker.enter()
        except BreakerOpen as exc:
            raise Busy(f"{self.provider.title}: {exc}", exc.wait_s) from None
        try:
            said = self.provider.answer(question)
            text = shapes.plain(self.provider.title, said, question)
        except Unanswered:
            self._is_well()
            raise
        except ProviderError as exc:
            self._failed(exc)
            raise
        except BaseException:  # whatever it was: a probe is not for ever
            self.breaker.left()
            raise
        self._is_well()
        return text

    def _is_well(self) -> None:
        self.breaker.succeeded()
        self.trouble.is_over(self.provider.name)

    def _failed(self, exc: ProviderError) -> None:
        if isinstance(exc, Busy):
            self.breaker.open(exc.wait_s)
        else:
            self.breaker.failed()
        logger.warning("No answer of a provider: %s", exc)
        if self.breaker.state != CLOSED:
            self.trouble.note(self.provider.name, str(exc))


class Desk:
    """Asks ``providers``, the first one first, and the next one where that fails.

    At most ``places`` threads are busy with it at a time; others are sent away at once.
    All who ask the same at the same time get the answer of one call.
    """

    def __init__(self, providers: Iterable[Guarded], places: int) -> None:
        self.providers = tuple(providers)
        self._places = threading.BoundedSemaphore(places)
        self._lock = threading.Lock()
        self._running: dict[Question, Future[Answer]] = {}

    def of_task(self, task: Task) -> list[Provider]:
        """Those who can do it, in order."""
        all_of_them = (one.provider for one in self.providers)
        return [provider for provider in all_of_them if task in provider.tasks]

    def ask(self, question: Question) -> Answer:
        """The first answer there is.

        Raises NoProvider, or a ProviderError that has everybody's reason.
        """
        if not self.of_task(question.task):
            raise NoProvider(f"Nobody is configured to {question.task} sentences.")
        with self._place():
            with self._lock:
                future = self._running.get(question)
                is_first = future is None
                future = self._running.setdefault(question, future or Future())
            if is_first:
                self._run(question, future)
            return future.result()  # whoever runs it has an end

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy("Others are asking just now", FULL_S)
        try:
            yield
        finally:
            self._places.release()

    def _run(self, question: Question, future: Future[Answer]) -> None:
        try:
            future.set_result(self._first_answer(question))
        except BaseException as exc:  # noqa: BLE001 - raised to all who wait
            future.set_exception(exc)
        finally:
            with self._lock:
                del self._running[question]

    def _first_answer(self, question: Question) -> Answer:
        errors: list[ProviderError] = []
        for one in self.providers:
            if question.task in one.provider.tasks:
                try:
                    return Answer(one.answer(question), one.provider.name)
                except ProviderError as exc:
                    errors.append(exc)
        raise all_told(errors)


def all_told(errors: list[ProviderError]) -> ProviderError:
    """An error with all reasons, which are of one whose cause may pass, if there is."""
    passing = [exc for exc in errors if not isinstance(exc, Unanswered)]
    kind, told = (passing or errors)[-1], "; ".join(map(str, errors))
    if len(errors) == 1:
        return kind
    if isinstance(kind, Busy):
        return Busy(told, kind.wait_s)
    return type(kind)(told)
