import logging
import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from articles.management.commands.add_feed import require_languages
from tokenization import services
from tokenization.backlog import (
    BACKLOG,
    LOWEST_PRIORITY,
    WorkerDied,
    backlog,
    fill_in_batches,
)
from tokenization.models import CacheState

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Tokenize articles whose tokens are missing, stale or due for another try;"
        " start it again after a stop and it goes on."
        " Exit codes: 0 all done, 1 some failed, 2 not started."
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

    def handle(self, *, language, states, verbosity, **options):
        check_options(options)
        require_languages(language or [])
        require_models()
        if options["low_priority"]:
            os.nice(LOWEST_PRIORITY)
        todo = list(backlog(states or BACKLOG, language)[: options["limit"]])
        failed = skipped = 0
        with tqdm(
            total=len(todo), unit=" articles", disable=None if verbosity else True
        ) as bar:
            try:
                for done in fill_in_batches(todo, options["workers"]):
                    self._show(done, bar, verbosity)
                    failed, skipped = failed + len(done.errors), skipped + done.skipped
            except WorkerDied as exc:
                raise CommandError(exc, returncode=1) from exc
        if failed:
            raise CommandError(f"{failed} of {len(todo)} articles failed", returncode=1)
        if skipped:
            self.stdout.write(f"{skipped} articles were gone or in others' work")
        return f"{len(todo) - skipped} articles tokenized"

    def _show(self, done, bar, verbosity):
        for pk, error in done.errors.items():
            logger.error("Article %s was not tokenized: %s", pk, error)
        bar.update(done.filled + done.skipped)
        if bar.disable and verbosity:
            self.stdout.write(
                f"{done.language}: {done.filled} articles, {len(done.errors)} failed"
            )


def check_options(options):
    for name in ("limit", "workers"):
        number = options[name]
        if number is not None and number < 1:
            raise CommandError(f"--{name} {number}: use 1 or more", returncode=2)


def require_models():
    """Raise CommandError (exit code 2) when there is nothing to tokenize with."""
    try:
        services.engine().languages()
    except (OSError, ValueError) as exc:
        raise CommandError(
            f"STANZA_RESOURCES_DIR={settings.STANZA_RESOURCES_DIR} has no readable"
            f" resources.json: {exc}",
            returncode=2,
        ) from exc
