import sys
from collections.abc import Iterable, Iterator

from django.core.management.base import CommandError
from tqdm import tqdm

from articles import removal
from articles.models import Feed
from zeeguu.base.commands import BaseCommand
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.ids import is_id
from zeeguu.base.streams import is_terminal
from zeeguu.base.wording import counted, in_words


class Command(BaseCommand):
    help = (
        "Delete feeds, with their articles where told to: these are forgotten, and a"
        " feed that is added again begins anew. Killed, it goes on when run again."
        " Exit codes: 0 done, 1 the database failed, 2 refused, 130 stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "feed", nargs="+", metavar="ID|URL", help="its number, or its address"
        )
        parser.add_argument(
            "--with-articles", action="store_true", help="else only feeds without any"
        )
        add_consent(parser)

    def handle(self, *, feed, with_articles, dry_run, yes, verbosity, **options):
        feeds = [find(one) for one in feed]
        counts = {feed: feed.articles.count() for feed in feeds}
        what = "; ".join(
            f"{name(feed)} with {counted(n, 'article')}" for feed, n in counts.items()
        )
        if any(counts.values()) and not with_articles:
            raise CommandError(
                f"{what}: add --with-articles to delete these too, or pause it"
                " in the admin to keep them",
                returncode=2,
            )
        if dry_run:
            return f"{what} would be deleted"
        require_consent(f"delete {what}", yes)
        delete(feeds, sum(counts.values()), verbosity, only_empty=not with_articles)
        return f"deleted: {what}" if verbosity else None


def find(text: str) -> Feed:
    """The feed of an id or an address. Raises CommandError (exit code 2)."""
    if is_id(text):
        feed = Feed.objects.filter(pk=text).first()
    else:
        feed = Feed.objects.at(text).first()
    if feed is None:
        raise CommandError(f"there is no feed {text}", returncode=2)
    return feed


def delete(feeds, number: int, verbosity: int, only_empty: bool = False) -> int:
    """Delete feeds with a bar; return how many articles went.

    Raises CommandError: exit code 1 where the database failed, 2 where only_empty is
    wanted and an article came just now.
    """
    remedy = "run it again, and it goes on"
    return with_bar(_removed(feeds, only_empty), number, verbosity, remedy)


def _removed(feeds, only_empty: bool) -> Iterator[int]:
    for feed in feeds:
        if only_empty and not removal.remove_if_empty(feed):
            raise CommandError(f"{name(feed)} has articles now", returncode=2)
        yield from removal.remove(feed)


def name(feed: Feed) -> str:
    return f"feed {feed.pk} ({feed})"


# --- for all commands that delete


def with_bar(
    batches: Iterable[int], number: int, verbosity: int, remedy: str = ""
) -> int:
    """Delete articles as batches say how many go, of number; return how many went.

    Raises CommandError (exit code 1) where the database failed, with the remedy, or how
    many were deleted until then.
    """
    gone, is_off = 0, None if verbosity else True
    with tqdm(total=number, unit=" articles", disable=is_off) as bar:
        try:
            for rows in batches:
                gone += rows
                bar.update(rows)
        except DatabaseFailed as exc:
            rest = remedy or f"{counted(gone, 'article')} deleted until then"
            message = f"the database failed: {in_words(exc)}; {rest}"
            raise CommandError(message, returncode=1) from exc
    return gone


def add_consent(parser) -> None:
    """Add the options --dry-run and --yes."""
    parser.add_argument("--dry-run", action="store_true", help="only count")
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def require_consent(what: str, yes: bool) -> None:
    """Ask on a terminal; raise CommandError (exit code 2) unless it is meant."""
    if yes:
        return
    if not is_terminal():
        raise CommandError(f"to {what}, add --yes", returncode=2)
    sys.stderr.write(f"{what[0].upper()}{what[1:]}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was deleted", returncode=2)
