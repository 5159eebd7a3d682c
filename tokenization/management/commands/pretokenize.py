import logging
import os

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from tqdm import tqdm

from articles.management.commands.add_feed import require_languages
from tokenization import claims, services, tokenizer
from tokenization.backlog import (
    BACKLOG,
    LOWEST_PRIORITY,
    WorkerDied,
    backlog,
    fill_in_batches,
    waiting,
)
from tokenization.models import CacheState
from tokenization.states import ensure_marked
from tokenization.statistics import recount
from zeeguu.base.commands import STOPPED, BaseCommand
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.wording import in_words

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Tokenize articles whose tokens are missing, stale or due for another try;"
        " start it again after a stop and it goes on."
        " Exit codes: 0 all done, 1 some failed, 2 not started, 130 stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        which = parser.add_mutually_exclusive_group()
        for name, states, text in (
            ("--missing", [CacheState.MISSING], "only articles without tokens"),
            ("--stale", [CacheState.STALE], "only those with outdated tokens"),
            ("--all", list(CacheState), "all, fresh, failed and pruned ones too"),
        ):
            which.add_argument(
                name, action="store_const", const=states, dest="states", help=text
            )
        parser.add_argument(
            "--limit", type=int, metavar="N", help="only the newest N of them"
        )
        parser.add_argument(
            "--workers", type=int, default=1, metavar="N", help="processes (default 1)"
        )
        parser.add_argument(
            "--low-priority",
            action="store_true",
            help="let crawls and readers go before: for cron",
        )

    def handle(self, *, verbosity, **options):
        try:
            message = self._fill(verbosity=verbosity, **options)
        except KeyboardInterrupt as exc:
            message = "stopped; start again, and what is left will be done"
            raise CommandError(message, returncode=STOPPED) from exc
        except DatabaseFailed as exc:
            message = f"the database failed: {in_words(exc)}"
            raise CommandError(message, returncode=1) from exc
        return message if verbosity else None

    def _fill(self, *, language, states, verbosity, **options):
        require_numbers(options, limit=10**9, workers=256)
        require_models()
        require_languages(language or [])
        if options["low_priority"]:
            os.nice(LOWEST_PRIORITY)
        ensure_marked()
        todo = list(backlog(states or BACKLOG, language)[: options["limit"]])
        try:
            skipped = self._work_off(todo, verbosity, options["workers"])
        except WorkerDied as exc:
            raise CommandError(exc, returncode=1) from exc
        if verbosity:
            self._tell_what_is_left(skipped)
        return f"{len(todo) - skipped} articles tokenized"

    def _work_off(self, todo, verbosity, workers=1):
        """Fill (id, language) pairs; return how many were skipped.

        Raises WorkerDied, and CommandError (exit code 1) when some failed.
        """
        failed = skipped = 0
        with tqdm(
            total=len(todo), unit=" articles", disable=None if verbosity else True
        ) as bar:
            for done in fill_in_batches(todo, workers):
                self._show(done, bar, verbosity)
                failed, skipped = failed + len(done.errors), skipped + done.skipped
        if todo:
            recount()
        if failed:
            raise CommandError(f"{failed} of {len(todo)} articles failed", returncode=1)
        return skipped

    def _tell_what_is_left(self, skipped):
        if skipped:
            self.stdout.write(f"{skipped} articles were gone or in others' work")
        if number := claims.claimed().count():
            minutes = claims.LEASE.total_seconds() // 60
            self.stdout.write(
                f"{number} articles are in others' work, or were when these were"
                f" killed; they are free again in {minutes:.0f} minutes at the latest"
            )
        if number := waiting().count():
            self.stdout.write(
                f"{number} articles failed before and wait for another try"
            )

    def _show(self, done, bar, verbosity):
        for pk, error in done.errors.items():
            logger.error("Article %s was not tokenized: %s", pk, error)
        bar.update(done.filled + done.skipped)
        if bar.disable and verbosity:
            self.stdout.write(
                f"{done.language}: {done.filled} articles, {len(done.errors)} failed"
            )


def require_numbers(options, **most):
    """Raise CommandError (exit code 2) for an option that is not from 1 to its most."""
    for name, largest in most.items():
        number = options[name]
        if number is not None and not 1 <= number <= largest:
            option = f"--{name.replace('_', '-')} {number}"
            raise CommandError(f"{option}: use 1 to {largest}", returncode=2)


def require_models():
    """Raise CommandError (exit code 2) when there is nothing to tokenize with."""
    try:
        tokenizer.check(services.engine())
    except ImproperlyConfigured as exc:
        raise CommandError(exc, returncode=2) from exc
