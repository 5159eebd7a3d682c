"""Pages of articles whose cost does not grow with the number of articles."""

from typing import Any

from rest_framework import pagination

from tokenization import serving
from tokenization.serving import CardRow, IsKnown, Served, Start, Wanted
from zeeguu.base.api import CursorPages


class NewestPages(CursorPages):
    """Articles, newest or best first, as ``serving`` has them; ``served`` is the page.

    is_known tells whether the client has a version of it, see ``serving.page``.
    """

    ordering = ("-published_at", "-id")
    is_known: IsKnown | None = None
    served: Served[CardRow]

    def turn_to(self, wanted: Wanted, cursor: pagination.Cursor | None) -> None:
        is_reverse = bool(cursor and cursor.reverse)
        start = Start.parse(str(cursor.position or "")) if cursor else None
        self.served = serving.page(
            wanted, self.page_size, start, is_reverse, self.is_known
        )
        self.page = self.served.rows
        self.has_next, self.has_previous = self.served.has_older, self.served.has_newer

    def _link(self, row: CardRow, reverse: bool) -> str:
        position: Any = str(self.served.start_at(row))  # a text, whatever stubs say
        return self.encode_cursor(pagination.Cursor(0, reverse, position))
