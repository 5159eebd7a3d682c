from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles.models import Feed, Language


class Command(BaseCommand):
    help = "Add a feed to crawl. Exit codes: 0 added or known already, 2 refused."

    def add_arguments(self, parser):
        parser.add_argument("url", help="address of the RSS or Atom feed")
        parser.add_argument("--language", required=True, help="code, such as da")
        parser.add_argument("--title", default="", help="else the feed's own title")

    def handle(self, *, url, language, title, **options):
        require_languages([language])
        feed = Feed(url=url, language_id=language, title=title)
        try:
            feed.full_clean(validate_unique=False)
        except ValidationError as exc:
            raise CommandError(f"{url}: {describe(exc)}", returncode=2) from exc
        feed, created = Feed.objects.get_or_create(
            url=url, defaults={"language_id": language, "title": title}
        )
        if not created:
            return f"Feed {feed.pk} has this address already: {feed}"
        return f"Feed {feed.pk} added; crawl it with: manage.py crawl --feed {feed.pk}"


def require_languages(codes):
    """Raise CommandError (exit code 2) for a code that is not a language's.

    Also where the database can't be read: every command asks this first.
    """
    try:
        known = set(Language.objects.values_list("code", flat=True))
    except DatabaseError as exc:
        raise CommandError(
            f"the database can't be read: {exc}; is it there, and migrated with:"
            " manage.py migrate",
            returncode=2,
        ) from exc
    if unknown := sorted(set(codes) - known):
        raise CommandError(
            f"unknown language {', '.join(unknown)}; known: {', '.join(sorted(known))}",
            returncode=2,
        )


def describe(exc):
    return "; ".join(
        f"{field}: {' '.join(messages)}" for field, messages in exc.message_dict.items()
    )
