"""What a crawl needs of whoever tokenizes: nothing here knows how that is done."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from articles.text import ArticleText


class Prepared(Protocol):
    """The tokens of one text, ready to be stored, or why there are none."""

    @property
    def error(self) -> str: ...

    def save(self, article_id: int, fragment_ids: list[int]) -> None:
        """Store them for an article; the ids are of its fragments, in order."""


# Called with texts and the code of their language; returns as many Prepared.
Prepare = Callable[[Iterable[ArticleText], str], Sequence[Prepared]]
