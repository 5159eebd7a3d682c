"""What formats give: entries as they stand in a file, and lines that have none."""

from collections.abc import Iterator
from typing import NamedTuple


class Parsed(NamedTuple):
    """An entry before it is cleaned; place is its line, or its number in an index.

    pos and gender are as the file names them, or codes.
    """

    place: int
    headword: str
    pos: str
    gender: str
    translations: list[str]


class Unusable(NamedTuple):
    """A line, or an entry of an index, that nothing could be made of."""

    place: int
    reason: str


class LeftOut(NamedTuple):
    """One that is well made and not asked for, such as another language's."""

    place: int
    reason: str


Items = Iterator[Parsed | Unusable | LeftOut]
