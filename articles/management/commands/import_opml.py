from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from articles import opml, services
from articles.commands import require_languages
from articles.language_names import LanguageNames
from articles.models import Feed
from zeeguu.base.commands import BaseCommand
from zeeguu.base.streams import read_input
from zeeguu.base.wording import of_fields

TITLE_CHARACTERS = Feed._meta.get_field("title").max_length


class Command(BaseCommand):
    help = (
        "Add the feeds of an OPML file; nothing is fetched. Exit codes: 0 all added or"
        " known already, 1 some refused, 2 could not start, or no feed in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="what another feed reader exported; - for standard input",
        )
        parser.add_argument(
            "--language", help="code, such as da, where the file tells no language"
        )

    def handle(self, *, file, language, **options):
        require_languages([language] if language else [])
        if str(file) == "-":
            file, body = "standard input", read_input()
        else:
            body = contents(file)
        try:
            outlines, lost = opml.read_all(body)
        except opml.OpmlError as exc:
            raise CommandError(f"{file}: {exc}", returncode=2) from exc
        if not outlines and not lost:
            raise CommandError(
                f"{file}: there are no feeds in it: no outline has an address (xmlUrl);"
                " export the list of feeds again, as OPML",
                returncode=2,
            )
        names = LanguageNames()
        counts = dict.fromkeys(("added", "known", "refused"), 0)
        for line in lost:
            counts["refused"] += 1
            self.tell_failure(f"refused: {line}")
        for outline in outlines:
            outcome, reason = place(outline, names, language)
            counts[outcome] += 1
            tell = self.tell_failure if outcome == "refused" else self.stdout.write
            tell(f"{outcome}: {outline.url}{reason}")
        summary = "{added} added, {known} known already, {refused} refused"
        if counts["refused"]:
            raise CommandError(summary.format(**counts), returncode=1)
        return summary.format(**counts)


def contents(file):
    try:
        return file.read_bytes()
    except OSError as exc:
        raise CommandError(f"{file}: {exc.strerror}", returncode=2) from exc


def place(outline, names, language):
    """Add an outline in the language that it names, else in the one given."""
    try:
        return add(outline, language_of(outline, names) or language)
    except UnknownLanguage as exc:
        known = ", ".join(sorted(names.codes))
        return "refused", f": language {exc} is not known; known are {known}"


class UnknownLanguage(Exception):
    """An outline is in a language that we do not have; the message is its name."""


def language_of(outline, names):
    """The code of the language that an outline's labels name, or None.

    The nearest label decides. Raises UnknownLanguage where that names another one.
    """
    for label in outline.labels:
        is_declared = label in outline.declared
        code = names.find(label, is_declared=is_declared)
        if code in names.codes:
            return code
        if code or is_declared:
            raise UnknownLanguage(label)
    return None


def add(outline, language):
    """Add a feed; return "added", "known" or "refused", and what there is to say."""
    if Feed.objects.at(outline.url).exists():
        return "known", ""
    if not language:
        return "refused", ": its language is not told; name it with: --language CODE"
    title = outline.title[:TITLE_CHARACTERS]
    feed = Feed(url=outline.url, language_id=language, title=title)
    try:
        feed.full_clean(validate_unique=False)
        services.check_address(feed.url, "any")
    except ValidationError as exc:
        return "refused", f": {of_fields(exc)}"
    _, created = Feed.objects.get_or_create(
        url=feed.url, defaults={"language_id": language, "title": title}
    )
    return ("added", f" ({language})") if created else ("known", "")
