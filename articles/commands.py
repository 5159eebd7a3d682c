"""What commands of several apps say and ask about languages, and how feeds go."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from articles import removal
from articles.models import Feed, Language
from zeeguu.base.commands import deleted_with_bar, refusal
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.wording import in_words


def require_languages(codes: Iterable[str], or_new: Collection[str] = ()) -> None:
    """Raise CommandError (exit code 2) for a code that is not a language's.

    or_new are codes that need not be in the table yet. Also raised where the database
    can't be read: every command asks this first.
    """
    try:
        known = {*Language.objects.learnable().values_list("code", flat=True), *or_new}
    except DatabaseFailed as exc:
        raise refusal(
            f"the database can't be read: {in_words(exc)}; is it there, and"
            " migrated with: manage.py migrate"
        ) from exc
    if unknown := sorted(set(codes) - known):
        raise refusal(
            f"unknown language {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )


def remove_feeds(
    feeds: Sequence[Feed], number: int, verbosity: int, only_empty: bool = False
) -> int:
    """Delete feeds with a bar; return how many articles went.

    Raises CommandError: exit code 1 where the database failed, 2 where only_empty is
    wanted and an article came just now.
    """
    remedy = "run it again, and it goes on"
    removed = _removed(feeds, only_empty)
    return deleted_with_bar(removed, number, verbosity, "article", remedy)


def _removed(feeds: Sequence[Feed], only_empty: bool) -> Iterator[int]:
    for feed in feeds:
        if only_empty and not removal.remove_if_empty(feed):
            raise refusal(f"{name_of(feed)} has articles now")
        yield from removal.remove(feed)


def name_of(feed: Feed) -> str:
    """Such as: feed 3 (Politiken)."""
    return f"feed {feed.pk} ({feed})"
