"""What is given to be stored, by whoever is above: nothing here knows how it came."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

from articles.text import ArticleText


class Prepared(Protocol):
    """The tokens of one text, ready to be stored, or why there are none."""

    @property
    def error(self) -> str: ...

    def save(self, article_id: int, fragment_ids: Sequence[int]) -> None:
        """Store them for an article; the ids are of its fragments, in order."""


# Called with texts and the code of their language; returns as many Prepared.
Prepare = Callable[[Sequence[ArticleText], str], Sequence[Prepared]]


class Report(Protocol):
    """What happened to one feed; see ``report.FeedReport``."""

    COUNTS: ClassVar[tuple[str, ...]]

    feed: int
    status: str
    found: int
    hidden: int
    left: int
    reasons: dict[str, Counter[str]]
    errors: list[dict[str, str]]
    seconds: float

    @property
    def has_new(self) -> bool: ...

    @property
    def lost_why(self) -> Counter[str]: ...

    @property
    def stored(self) -> int: ...

    @property
    def is_complete(self) -> bool: ...
