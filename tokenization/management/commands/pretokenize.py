import logging
from itertools import groupby
from operator import itemgetter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from articles.management.commands.add_feed import require_languages
from tokenization import services
from tokenization.models import CacheState

logger = logging.getLogger(__name__)

BACKLOG = (CacheState.MISSING, CacheState.STALE, CacheState.FAILED)


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
            ("--all", list(CacheState), "all, fresh ones too"),
        ):
            which.add_argument(
                name, action="store_const", const=states, dest="states", help=text
            )

    def handle(self, *, language, states, verbosity, **options):
        require_languages(language or [])
        require_models()
        todo = list(services.backlog(states or BACKLOG, language))
        failed = 0
        with tqdm(
            total=len(todo), unit=" articles", disable=None if verbosity else True
        ) as bar:
            batches = groupby(services.fill_in_batches(todo), key=itemgetter(0))
            for code, of_language in batches:
                failed += self._follow(code, of_language, bar, verbosity)
        if failed:
            raise CommandError(f"{failed} of {len(todo)} articles failed", returncode=1)
        return f"{len(todo)} articles tokenized"

    def _follow(self, code, batches, bar, verbosity):
        done = failed = 0
        for _, number, errors in batches:
            for pk, error in errors.items():
                logger.error("Article %s was not tokenized: %s", pk, error)
            done, failed = done + number, failed + len(errors)
            bar.update(number)
        if bar.disable and verbosity:
            self.stdout.write(f"{code}: {done} articles, {failed} failed")
        return failed


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
