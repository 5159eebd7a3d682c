"""The names of months in our languages, as dates have them: whole or shortened."""

import unicodedata

from articles.languages import Records, over_all

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
SHORTEST = 3
# Of a name that may have an ending of its own: Hungarian's novemberben.
LONG = 5


def month_number(word: str) -> int | None:
    """1 to 12 for a month's name, or a beginning that only one has; None for others."""
    if word in ROMAN:
        return ROMAN.index(word) + 1
    name = plain_letters(word)
    if len(name) < SHORTEST:
        return None
    found = {number for known, number in _numbers().items() if known.startswith(name)}
    found |= {
        number
        for known, number in _numbers().items()
        if len(known) >= LONG and name.startswith(known)
    }
    return found.pop() if len(found) == 1 else None


@over_all
def _numbers(languages: Records) -> dict[str, int]:
    """{name without accents: month} in all languages."""
    return {
        plain_letters(name): month
        for language in languages
        for month, names in enumerate(language.months.split(), 1)
        for name in names.split("/")
    }


def plain_letters(word: str) -> str:
    """A word in lower case, without accents; Polish ł, which has none, as l."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in letters if not unicodedata.combining(c))
