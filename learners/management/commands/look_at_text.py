import json
import sys
from dataclasses import asdict

from django.core.management.base import CommandError, CommandParser

from articles.addresses import normal_url, typed_address
from articles.languages import LANGUAGES
from learners.texts.fit import NotFit
from learners.texts.pages import language_of, look
from zeeguu.base.commands import BaseCommand


class Command(BaseCommand):
    writes_result = True
    needs_database = False
    help = (
        "Look at a page as a learner's own text is made of it, or tell the language of"
        " standard input; nothing is stored. Exit codes: 0 fine, 1 it can't be used,"
        " 2 could not start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", nargs="?", default="", help="address of a page")
        parser.add_argument("--language", default="", help="code of what it is in")

    def handle(self, *, url: str, language: str, **options: object) -> None:
        if language and language not in LANGUAGES:
            raise CommandError(f"There is no language {language}.", returncode=2)
        try:
            if url:
                found = asdict(look(normal_url(typed_address(url)), language))
            else:
                found = {"language": language_of(sys.stdin.read())}
        except NotFit as exc:
            told = {"field": exc.field, "error": str(exc)}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            raise CommandError(str(exc), returncode=1) from exc
        self.stdout.write(json.dumps(found, ensure_ascii=False))
