from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from articles import opml
from articles.commands import require_languages
from articles.models import Feed
from zeeguu.base.commands import BaseCommand
from zeeguu.base.wording import counted


class Command(BaseCommand):
    writes_result = True
    help = (
        "Write the active feeds as OPML, for other feed readers or import_opml."
        " Exit codes: 0 written, 2 could not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="else standard output")
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        parser.add_argument(
            "--all", action="store_true", help="those that are switched off, too"
        )

    def handle(
        self, *, file: Path, language: list[str] | None, all: bool, **options: Any
    ) -> str | None:
        require_languages(language or [])
        feeds = Feed.objects.all() if all else Feed.objects.active()
        feeds = feeds.select_related("language")
        feeds = feeds.order_by("language__name", "language_id", "title")
        if language:
            feeds = feeds.filter(language__in=language)
        text = opml.write(feeds)
        if file is None:
            return text.rstrip()
        try:
            file.write_text(text, "utf-8")
        except OSError as exc:
            raise CommandError(f"{file}: {exc.strerror}", returncode=2) from exc
        done = f"{counted(len(feeds), 'feed')} written to {file}"
        return None if self.is_quiet else done
