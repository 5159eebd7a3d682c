import os

from django.core.management.base import CommandError, CommandParser

from articles.commands import require_languages
from tokenization import claims
from tokenization.backlog import (
    BACKLOG,
    LOWEST_PRIORITY,
    WorkerDied,
    backlog,
    waiting,
)
from tokenization.commands import FillCommand, require_models
from tokenization.models import CacheState, TokenizationCache
from tokenization.states import ensure_marked
from zeeguu.base.commands import MOST, require_numbers


class Command(FillCommand):
    help = (
        "Tokenize articles whose tokens are missing, stale or due for another try;"
        " start it again after a stop and it goes on."
        " Exit codes: 0 all done, 1 some failed, 2 not started, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
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

    def fill(self, *, language, states, verbosity, **options):
        require_numbers(options, limit=MOST, workers=256)
        require_models()
        require_languages(language or [])
        if options["low_priority"]:
            os.nice(LOWEST_PRIORITY)
        ensure_marked()
        todo = list(backlog(states or BACKLOG, language)[: options["limit"]])
        try:
            skipped = self.work_off(todo, verbosity, options["workers"])
        except WorkerDied as exc:
            raise CommandError(exc, returncode=1) from exc
        if verbosity:
            self._tell_what_is_left(skipped)
        return f"{len(todo) - skipped} articles tokenized"

    def _tell_what_is_left(self, skipped):
        if skipped:
            self.stdout.write(f"{skipped} articles were gone or in others' work")
        if number := TokenizationCache.objects.claimed().count():
            minutes = claims.LEASE.total_seconds() // 60
            self.stdout.write(
                f"{number} articles are in others' work, or were when these were"
                f" killed; they are free again in {minutes:.0f} minutes at the latest"
            )
        if number := waiting().count():
            self.stdout.write(
                f"{number} articles failed before and wait for another try"
            )
