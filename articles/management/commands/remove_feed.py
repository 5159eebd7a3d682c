from typing import Any

from django.core.management.base import CommandParser

from articles.commands import name_of, remove_feeds
from articles.models import Feed
from zeeguu.base.commands import BaseCommand, add_consent, refusal, require_consent
from zeeguu.base.ids import is_id
from zeeguu.base.wording import counted


class Command(BaseCommand):
    help = (
        "Delete feeds, with their articles where told to: these are forgotten, and a"
        " feed that is added again begins anew. Killed, it goes on when run again."
        " Exit codes: 0 done, 1 the database failed, 2 refused, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "feed", nargs="+", metavar="ID|URL", help="its number, or its address"
        )
        parser.add_argument(
            "--with-articles", action="store_true", help="else only feeds without any"
        )
        add_consent(parser)

    def handle(
        self,
        *,
        feed: list[str],
        with_articles: bool,
        dry_run: bool,
        yes: bool,
        verbosity: int,
        **options: Any,
    ) -> str | None:
        feeds = [find(one) for one in feed]
        counts = {feed: feed.articles.count() for feed in feeds}
        what = "; ".join(
            f"{name_of(feed)} with {counted(n, 'article')}"
            for feed, n in counts.items()
        )
        if any(counts.values()) and not with_articles:
            raise refusal(
                f"{what}: add --with-articles to delete these too, or pause it"
                " in the admin to keep them"
            )
        if dry_run:
            return f"{what} would be deleted"
        require_consent(f"delete {what}", yes)
        number = sum(counts.values())
        remove_feeds(feeds, number, verbosity, only_empty=not with_articles)
        return f"deleted: {what}" if verbosity else None


def find(text: str) -> Feed:
    """The feed of an id or an address. Raises CommandError (exit code 2)."""
    if is_id(text):
        feed = Feed.objects.filter(pk=text).first()
    else:
        feed = Feed.objects.at(text).first()
    if feed is None:
        raise refusal(f"there is no feed {text}")
    return feed
