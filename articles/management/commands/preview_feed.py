import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from articles.addresses import normal_url, typed_address
from articles.commands import require_languages
from articles.crawler.feeds.parse import ParseError
from articles.crawler.preview import find_problems, look, summary
from articles.crawler.web.fetch import Fetcher, FetchError
from articles.models import Feed, Language
from zeeguu.base.commands import BaseCommand
from zeeguu.base.connections import release
from zeeguu.base.process_pool import KillablePool


class Command(BaseCommand):
    writes_result = True
    help = (
        "Look at a feed, or at a page that names some, without adding anything."
        " Exit codes: 0 fine, 1 it can't be used, 2 could not start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="address of a feed, or of a page that names it")
        parser.add_argument("--language", help="code of the language to expect")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *, url: str, language: str | None, **options: Any) -> None:
        require_languages([language] if language else [])
        codes = set(Language.objects.learnable().values_list("code", flat=True))
        url = normal_url(typed_address(url))
        added = Feed.objects.at(url).first()
        release()
        document, links, error, moved_to = look_apart(url)
        problems = [f"It is here already, as feed {added.pk}."] if added else []
        if moved_to and (moved := Feed.objects.at(moved_to).first()):
            problems.append(
                f"It moved to {moved_to} for good, which is here already, as feed"
                f" {moved.pk}."
            )
        if document:
            problems += find_problems(document, language or "", codes)
        found = summary(url, document, links, error, problems, moved_to)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            for line in lines(found):
                self.stdout.write(line)
        if not document and not links:
            raise CommandError(error, returncode=1)


def look_apart(url: str):
    """What ``look`` returns; what can't be fetched or read is an error there too."""

    with KillablePool(1) as pool, Fetcher() as fetcher:
        try:
            return look(fetcher, pool, url)
        except (FetchError, ParseError) as exc:
            return None, [], str(exc), ""


def lines(found):
    """A look for people's eyes, line by line."""
    if found["links"]:
        yield f"{found['url']} is no feed, and names these:"
        for link in found["links"]:
            yield f"  {link['url']}  {link['title']}".rstrip()
    elif not found["error"]:
        yield f"title: {found['title'] or '-'}"
        yield f"language: {found['language'] or '-'}"
        yield f"items: {found['found']}, of which the first are:"
        for item in found["items"]:
            yield f"  {(item['published_at'] or '-')[:16]:16}  {item['title']}"
            yield f"  {'':16}  {item['url']}"
    for problem in found["problems"]:
        yield f"problem: {problem}"
