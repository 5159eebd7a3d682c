"""Dates as feeds write them, right or wrong, in our languages."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from articles.text import clean

LONGEST = 80
# The beginnings of months' names, without accents, in all our languages.
MONTHS = {
    stem: month
    for month, stems in enumerate(
        (
            *(
                "jan ene gen sty ian янв ιαν",
                "feb fev lut фев φεβ",
                "mar maa mrt мар μαρ",
            ),
            *("apr abr avr kwi апр απρ", "may mai maj mei mag маи мая μαι"),
            *("jun juin giu cze iun июн ιουν", "jul juil lug lip iul июл ιουλ"),
            *("aug ago aou sie авг αυγ", "sep set wrz sze сен σεπ"),
            *("oct okt ott out paz окт οκτ", "nov lis noi ноя νοε"),
            "dec dic des dez gru дек δεκ",
        ),
        1,
    )
    for stem in stems.split()
}
# Hours from UTC. Names that several zones have are North America's (RFC 822).
ZONES = {
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8},
    **{"PDT": -7, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MET": 1},
    **{"MEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "МСК": 3},
    **{"JST": 9, "KST": 9, "AEST": 10, "AEDT": 11},
}
YEAR, SHORT_YEAR = r"(?P<y>\d{4})(?!\d)", r"(?P<y>\d{4}|\d{2})(?!\d)"
MONTH, DAY = r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})"
WORD, GAP = r"(?P<word>[^\W\d_]{3,12})", r"[\W_]{1,3}(?:de[nl]? )?"
LATE = r"(?P<d>1[3-9]|2\d|3[01])"
PATTERNS = [
    re.compile(rf"(?<!\d){pattern}", re.IGNORECASE)
    for pattern in (
        rf"(?P<y>\d{{4}})[-/.] ?{MONTH}[-/.] ?{DAY}(?!\d)",
        rf"{DAY}[-.] ?{MONTH}[-.] ?{YEAR}",
        # With slashes, day and month come in either order: one must be above 12.
        rf"{LATE}/{MONTH}/{YEAR}",
        rf"{MONTH}/{LATE}/{YEAR}",
        rf"{DAY}(?:st|nd|rd|th)?{GAP}{WORD}{GAP}{SHORT_YEAR}",
        rf"(?P<y>\d{{4}}){GAP}{WORD}{GAP}{DAY}(?!\d)",
        rf"{WORD}{GAP}{DAY}(?:st|nd|rd|th)?, ?{YEAR}",
    )
]
CLOCK = re.compile(
    r"(?<![+\-\d])(?P<H>\d{1,2})[:.h](?P<M>\d{2})(?:[:.](?P<S>\d{2}))?(?:[.,]\d+)?"
    r"(?: ?(?P<half>[ap])\.?m\b)?",
    re.IGNORECASE,
)
OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?(?!\d)")
NAME = re.compile(r"[^\W\d_]+")


def moment(text):
    """The datetime (UTC) that a text tells, or None where it can't be told.

    A wrong name of the day does no harm; without a zone it is UTC, without a time
    midnight. Sources: RFC 822, RFC 3339, and what is found in the wild.
    """
    text = clean(text[:LONGEST])
    for pattern in PATTERNS:
        if found := pattern.search(text):
            try:
                return _utc(found.groupdict(), text[found.end() :])
            except (ValueError, OverflowError):  # such as the 31st of June
                return None
    return None


def _utc(date, rest):
    clock = CLOCK.search(rest)
    zone = _zone(rest[clock.end() :] if clock else rest)
    found = datetime(
        _year(date["y"]),
        _month(date["word"]) if "word" in date else int(date["m"]),
        int(date["d"]),
        *(_time(clock) if clock else ()),
        tzinfo=timezone(zone),
    )
    return found.astimezone(UTC)


def _year(digits):
    """Two digits as RFC 822's successors read them (RFC 5322, section 4.3)."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _month(word):
    """The number of a month by its name; raises ValueError."""
    letters = unicodedata.normalize("NFD", word.lower())
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    month = MONTHS.get(letters[:4]) or MONTHS.get(letters[:3])
    if month is None:
        raise ValueError(f"{word} is no month")
    return month


def _time(clock):
    hour = int(clock["H"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"] in "pP" else 0)
    # A leap second is none to Python.
    return hour, int(clock["M"]), min(int(clock["S"] or 0), 59)


def _zone(text):
    if offset := OFFSET.search(text):
        sign = -1 if offset[1] == "-" else 1
        return sign * timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    names = NAME.findall(text.upper())
    return timedelta(hours=next((ZONES[name] for name in names if name in ZONES), 0))
