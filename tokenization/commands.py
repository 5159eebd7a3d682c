"""What commands that tokenize have in common."""

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from tqdm import tqdm

from tokenization import services, tokenizer
from tokenization.backlog import Done, fill_in_batches
from tokenization.statistics import recount
from zeeguu.base.commands import STOPPED, BaseCommand, bar, database_failed, refusal
from zeeguu.base.connections import DatabaseFailed

logger = logging.getLogger(__name__)


def require_models() -> None:
    """Raise CommandError (exit code 2) when there is nothing to tokenize with."""
    try:
        tokenizer.check(services.engine())
    except ImproperlyConfigured as exc:
        raise refusal(str(exc)) from exc


class FillCommand(BaseCommand):
    """Fills the token cache by ``fill``, which returns what it has done, in words."""

    def handle(self, *, verbosity: int, **options: Any) -> str | None:
        try:
            message = self.fill(verbosity=verbosity, **options)
        except KeyboardInterrupt as exc:
            message = "stopped; start again, and what is left will be done"
            raise CommandError(message, returncode=STOPPED) from exc
        except DatabaseFailed as exc:
            raise database_failed(exc) from exc
        return message if verbosity else None

    def fill(self, *, verbosity: int, **options: Any) -> str:
        raise NotImplementedError

    def work_off(
        self, todo: list[tuple[int, str]], verbosity: int, workers: int = 1
    ) -> int:
        """Fill (id, language) pairs; return how many were skipped.

        Raises WorkerDied, and CommandError (exit code 1) when some failed.
        """
        failed = skipped = 0
        with bar(len(todo), "articles", verbosity) as shown:
            for done in fill_in_batches(todo, workers):
                self._show(done, shown, verbosity)
                failed, skipped = failed + len(done.errors), skipped + done.skipped
        if todo:
            recount()
        if failed:
            raise CommandError(f"{failed} of {len(todo)} articles failed", returncode=1)
        return skipped

    def _show(self, done: Done, shown: tqdm, verbosity: int) -> None:
        for pk, error in done.errors.items():
            logger.error("Article %s was not tokenized: %s", pk, error)
        shown.update(done.filled + done.skipped)
        if shown.disable and verbosity:
            self.stdout.write(
                f"{done.language}: {done.filled} articles, {len(done.errors)} failed"
            )
