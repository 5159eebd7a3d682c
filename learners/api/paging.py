"""Pages of articles whose cost does not grow with the number of articles."""

from typing import Any

from rest_framework import pagination

from articles.models import Article
from tokenization import serving
from tokenization.listing import Seen
from tokenization.serving import CardRow, IsKnown, Served, Start, Wanted
from zeeguu.base.api import CursorPages
from zeeguu.base.ids import LARGEST_ID

PUBLISHED_AT = Article._meta.get_field("published_at")


class NewestPages(CursorPages):
    """Articles, newest or best first, as ``serving`` has them; ``served`` is the page.

    is_known tells whether the client has a version of it, see ``serving.page``.
    """

    ordering = ("-published_at", "-id")
    is_known: IsKnown | None = None
    served: Served[CardRow]

    def turn_to(self, wanted: Wanted, cursor: pagination.Cursor | None) -> None:
        is_reverse = bool(cursor and cursor.reverse)
        start = _start(cursor.position) if cursor else None
        self.served = serving.page(
            wanted, self.page_size, start, is_reverse, self.is_known
        )
        self.page = self.served.rows
        self.has_next, self.has_previous = self.served.has_older, self.served.has_newer

    def _link(self, row: CardRow, reverse: bool) -> str:
        start = self.served.start_at(row)
        told = [start.published_at, start.id]
        if seen := start.seen:
            told += [seen.newest_id, int(seen.is_asked)]
        position: Any = ",".join(map(str, told))  # a text, whatever stubs say
        return self.encode_cursor(pagination.Cursor(0, reverse, position))


def _start(position: Any) -> Start:
    """Raises ValueError and ValidationError, which a wrong cursor leads to."""
    published_at, *numbers = (position or "").split(",")
    # No article is beyond, and SQLite takes no larger number.
    pk, *told = (max(-LARGEST_ID, min(int(one), LARGEST_ID)) for one in numbers)
    at = PUBLISHED_AT.get_prep_value(published_at)
    if not told:
        return Start(at, pk)
    newest_id, is_asked = told
    return Start(at, pk, Seen(newest_id, bool(is_asked)))
