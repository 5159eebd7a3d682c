from typing import Any

from django.core.management.base import CommandParser

from articles.commands import require_languages
from articles.search import engines
from tokenization.rebuilding import rebuild, to_rebuild
from zeeguu.base.commands import BaseCommand, bar, database_failed
from zeeguu.base.connections import DatabaseFailed


class Command(BaseCommand):
    help = (
        "Write what articles are found by (missing and outdated, or all), from their"
        " texts and tokens; start it again after a stop and it goes on."
        " Exit codes: 0 done, 1 the database failed, 2 not started, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        parser.add_argument(
            "--all", action="store_true", help="also what is as it should be"
        )
        parser.add_argument(
            "--optimize",
            action="store_true",
            help="afterwards have the database make its index anew, without what was"
            " deleted; nothing can be stored meanwhile",
        )

    def handle(
        self,
        *,
        language: list[str] | None,
        all: bool,
        optimize: bool,
        verbosity: int,
        **options: Any,
    ) -> str:
        require_languages(language or [])
        done = 0
        try:
            ids = list(to_rebuild(language, all).values_list("pk", flat=True))
            with bar(len(ids), "articles", verbosity) as shown:
                for number in rebuild(ids):
                    done += number
                    shown.update(number)
            if optimize:
                engines.optimize()
        except DatabaseFailed as exc:
            rest = f"{done} articles were written until then; start it again"
            raise database_failed(exc, rest) from exc
        return f"{done} articles written"
