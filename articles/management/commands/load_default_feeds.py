from typing import Any

from django.core.management.base import CommandParser

from articles import defaults, demo_site
from articles.commands import require_languages
from articles.languages import LANGUAGES
from zeeguu.base.commands import BaseCommand
from zeeguu.base.wording import counted


class Command(BaseCommand):
    help = (
        "Add well-known public news feeds, or the feeds of the built-in demo site;"
        " languages of ours, too, where they are not there yet."
        " Exit codes: 0 done, 2 unknown language."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the demo site's feeds")
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )

    def handle(
        self, *, demo: bool, language: list[str] | None, **options: Any
    ) -> str | None:
        feeds = demo_site.feeds() if demo else defaults.public_feeds()
        wanted = [f for f in feeds if not language or f["language"] in language]
        require_languages(language or {f["language"] for f in wanted}, LANGUAGES)
        # Those that came with a newer version, or were deleted, come first.
        defaults.load_languages(language or LANGUAGES)
        if demo:
            demo_site.move_feeds()
        added = defaults.load_feeds(wanted)
        return (
            f"{counted(added, 'feed')} added, {len(wanted) - added} were there already"
        )
