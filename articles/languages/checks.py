"""What is wrong with a value of a record: "" for nothing, else with the remedy.

Tables of all languages are made of them, so one record's fault would be everybody's.
"""

import codecs
import re
from collections.abc import Iterable

MONTHS = 12


def wrong_patterns(text: str) -> str:
    """Of alternatives of regular expressions, with "|" or line ends between them."""
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            pattern = re.compile(line)
            re.compile(f"(?:{line})")  # as it stands among others
        except re.error as exc:
            return f"{line!r} is no regular expression ({exc}); escape what is literal"
        if pattern.match(""):
            return (
                f"{line!r} matches an empty text, so everything;"
                " take out what is empty, such as a | at an end"
            )
        if pattern.groups:
            return f"{line!r} has a group that captures; write (?:…)"
    return ""


def wrong_abbreviations(text: str) -> str:
    """Of abbreviations with blanks between them."""
    wrong = [word for word in text.split() if not word.endswith(".")]
    return f"no stop at the end of {', '.join(wrong)}; write it" if wrong else ""


def wrong_replacements(text: str) -> str:
    """Of rules old/new with blanks between them."""
    for rule in text.split():
        old, stroke, new = rule.partition("/")
        if not old or not stroke or "/" in new or old == new:
            return f"{rule!r} is no old/new; write both sides, only new may be empty"
    return ""


def wrong_case(text: str) -> str:
    """Of words that are compared in lower case."""
    wrong = [word for word in text.split() if word != word.lower()]
    return f"capitals in {', '.join(wrong)}; write small letters" if wrong else ""


def wrong_months(text: str) -> str:
    """Of the names of the months, or none at all."""
    months = text.split()
    if len(months) not in {0, MONTHS}:
        return (
            f"{len(months)} months, not {MONTHS}; a blank stands between months,"
            " / between names of one"
        )
    if not all(name for month in months for name in month.split("/")):
        return "an empty name of a month; take out the / at its side"
    return ""


def wrong_encodings(rows: Iterable[tuple[str, str]]) -> str:
    """Of (codec, letters)."""
    for codec, letters in rows:
        try:
            codecs.lookup(codec)
        except LookupError:
            return f"Python knows no encoding {codec!r}; take one of its Standard ones"
        if not letters:
            return f"{codec!r} has no letters; name the language's outside ASCII"
    return ""


def wrong_stand_ins(pair: tuple[str, str]) -> str:
    """Of letters in old encodings, and the language's own."""
    one, other = map(len, pair)
    return "" if one == other else f"{one} letters for {other}; write pairs of letters"


def wrong_typical(pair: tuple[float, float] | None) -> str:
    """Of (share of rare words, words per sentence), by which others are divided."""
    if pair is None or (0 < pair[0] <= 1 and pair[1] > 0):
        return ""
    return f"{pair} is no share of 0 to 1 and a number of words; measure them"


def wrong_choice(value: str, choices: Iterable[str]) -> str:
    """Of a word that must be one of some."""
    known = sorted(choices)
    return "" if value in known else f"{value!r} is none of {', '.join(known)}"
