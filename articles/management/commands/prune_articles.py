from typing import Any

from django.core.management.base import CommandParser

from articles import retention
from articles.commands import require_languages
from zeeguu.base.commands import (
    MOST_DAYS,
    BaseCommand,
    add_consent,
    deleted_with_bar,
    require_consent,
    require_numbers,
)
from zeeguu.base.wording import counted


class Command(BaseCommand):
    help = (
        "Delete articles that were published more than N days ago, with their tokens;"
        " crawls bring none of them again. What somebody needs stays."
        " Exit codes: 0 done, 1 the database failed, 2 not started, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-days", type=int, metavar="N", required=True)
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        add_consent(parser)

    def handle(
        self,
        *,
        keep_days: int,
        language: list[str] | None,
        dry_run: bool,
        yes: bool,
        verbosity: int,
        **options: Any,
    ) -> str | None:
        require_numbers({"keep_days": keep_days}, keep_days=MOST_DAYS)
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
        gone = deleted_with_bar(retention.prune(old), number, verbosity, "article")
        return f"{counted(gone, 'article')} deleted{kept}" if verbosity else None
