from django.core.management.base import CommandError
from tqdm import tqdm

from articles import retention
from articles.management.commands.add_feed import require_languages
from articles.management.commands.remove_feed import (
    add_consent,
    require_consent,
)
from zeeguu.commands import BaseCommand
from zeeguu.connections import DatabaseFailed
from zeeguu.wording import counted, in_words

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
            days = "1 day" if keep_days == 1 else f"{keep_days} days"
            require_consent(
                f"delete {counted(number, 'article')} older than {days}", yes
            )
        gone = delete(old, number, verbosity)
        return f"{counted(gone, 'article')} deleted{kept}" if verbosity else None


def delete(old, number: int, verbosity: int) -> int:
    """Delete with a bar; return how many. Raises CommandError (exit code 1)."""
    gone = 0
    with tqdm(
        total=number, unit=" articles", disable=None if verbosity else True
    ) as bar:
        try:
            for rows in retention.prune(old):
                gone += rows
                bar.update(rows)
        except DatabaseFailed as exc:
            why = f"the database failed: {in_words(exc)}"
            message = f"{why}; {counted(gone, 'article')} deleted until then"
            raise CommandError(message, returncode=1) from exc
    return gone
