"""What a dictionary's file comes down to: rows, whatever its format."""

from typing import NamedTuple

# Between translations.
SEPARATOR = "; "


class Row(NamedTuple):
    """One entry; pos and gender may be "", translations are joined by SEPARATOR."""

    headword: str
    pos: str
    gender: str
    translations: str
