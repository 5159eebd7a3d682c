from django.core.management.base import CommandError

from articles import retention
from articles.management.commands.add_feed import require_languages
from articles.management.commands.remove_feed import (
    add_consent,
    require_consent,
    with_bar,
)
from zeeguu.base.commands import BaseCommand
from zeeguu.base.wording import counted

# A hundred years; dates have an end.
MOST_DAYS = 36_500


class Command(BaseCommand):
    help = (
        "Delete articles that were published more than N days ago, with their tokens;"
        " crawls bring none of them again. What somebody needs stays."
        " Exit codes: 0 done, 1 the database failed, 2 not started, 130 stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument("--keep-days", type=int, metavar="N", required=True)
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        add_consent(parser)

    def handle(self, *, keep_days, language, dry_run, yes, verbosity, **options):
        if not 1 <= keep_days <= MOST_DAYS:
            message = f"--keep-days {keep_days}: use 1 to {MOST_DAYS}"
            raise CommandError(message, returncode=2)
        require_languages(language or [])
        old = retention.published_before(retention.days_ago(keep_days), language or ())
        needed = old.filter(retention.needed()).count()
        number = old.count() - needed
        kept = f", {needed} kept because they are needed" if needed else ""
        if dry_run:
            return f"{counted(number, 'article')} would be deleted{kept}"
        if number:
            age = counted(keep_days, "day")
            require_consent(
                f"delete {counted(number, 'article')} older than {age}", yes
            )
        gone = with_bar(retention.prune(old), number, verbosity)
        return f"{counted(gone, 'article')} deleted{kept}" if verbosity else None
