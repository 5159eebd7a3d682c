"""Dates as feeds write them, right or wrong, in our languages."""

import re
from datetime import UTC, datetime, timedelta

from articles.crawler.feeds.months import month_number
from articles.crawler.feeds.zones import zone
from articles.text import clean

LONGEST = 80
# Seconds since 1970 that are times of news, and what they may be counted in.
UNIX = re.compile(r"(\d{9,10}|\d{12,13}|\d{16})(?:\.\d{1,9})?")
EARLIEST_S, LATEST_S = 631_152_000, 4_102_444_800  # the years 1990 and 2100
PER_SECOND = {9: 1, 10: 1, 12: 1000, 13: 1000, 16: 1_000_000}

# No date begins inside a number or a time of day.
START = r"(?<!\d)(?<!\d[:.])"
YEAR = r"(?P<y>\d{4})(?!\d)"
# Not an hour: "5 Nov 10:00" tells no year.
SHORT_YEAR = r"(?P<y>\d{4}|\d{2})(?!\d|[:.h]\d| ?[ap]\.? ?m\b)"
MONTH, DAY = r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})(?!\d)"
# Of an ordinal: 1st, 1er, 1º, 1ο, 5-én, 5-го, 1:a.
ENDING = r"(?:[:.-]?[^\W\d_]{1,3}(?![^\W\d_])|\.?[º°ª])?"
WORD = r"(?P<word>[^\W\d_]{1,14})"
GAP = r"[\W_]{1,3}(?:(?:den|del|de|di|du|of|the|του)[\W_]{1,2}|d['’])?"
LATE = r"(?P<d>1[3-9]|2\d|3[01])"
CLOCK_INSIDE = r"[ ,]{1,2}(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?: ?[A-Z]{2,5})?)"
PATTERNS = [
    re.compile(f"{START}{pattern}", re.IGNORECASE)
    for pattern in (
        rf"(?P<y>\d{{4}})[-/.] ?{MONTH}[-/.] ?{DAY}",
        # ISO 8601 without its marks.
        r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=T?\d{4}(?:\d\d)?(?!\d)|\Z|\s|T)",
        rf"{DAY}[-.] ?{MONTH}[-.] ?{YEAR}",
        # With slashes, day and month come in either order: one must be above 12, or
        # both are the same.
        rf"{LATE}/{MONTH}/{SHORT_YEAR}",
        rf"{MONTH}/{LATE}/{SHORT_YEAR}",
        rf"(?P<d>0?(?P<m>\d{{1,2}}))/0?(?P=m)/{SHORT_YEAR}",
        rf"{YEAR}{GAP}{WORD}{GAP}{DAY}",
        rf"{DAY}{ENDING}{GAP}{WORD}{GAP}{SHORT_YEAR}",
        rf"{DAY}{WORD}(?P<y>\d{{4}})(?!\d)",
        rf"{WORD}{GAP}{DAY}{ENDING},? {YEAR}",
        rf"{WORD} {{1,2}}{DAY}{CLOCK_INSIDE} {YEAR}",
        # Last, since times of day look like it: 11.50.44.
        rf"{DAY}\.{MONTH}\.(?P<y>\d\d)(?![\d.:])",
    )
]
HALVES = {
    "am": 0,
    "pm": 12,
    "πμ": 0,
    "μμ": 12,
    "de": 0,
    "du": 12,
    "fm": 0,
    "em": 12,
    "дп": 0,
    "пп": 12,
}
HALF = r"(?:[ap]\.? ?m|[πμ]\.? ?μ|d[eu]\.|[fe]\.?m|[дп]\.? ?п)(?![^\W\d_])\.?"
CLOCK = re.compile(
    rf"(?<![+\-\u2212\d])(?:(?P<before>d[eu]\.) ?)?(?P<H>\d{{1,2}})"
    rf"(?:(?:[:.]| ?h ?)(?P<M>\d{{2}})(?!\d)(?:(?:[:.]| ?min ?)(?P<S>\d{{2}})(?!\d))?"
    rf"(?:[.,]\d+)?(?: ?(?P<half>{HALF}))?| ?(?P<whole>{HALF})| ?(?:h|uhr)\b)",
    re.IGNORECASE,
)
# Directly behind a date, as ISO 8601 has it without its marks.
BARE_CLOCK = re.compile(r"[T ]?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?!\d)")
# In front of a date a full stop may be another date's.
# ("3 em" and "3 am" are words as well.)
EARLIER_CLOCK = re.compile(
    r"(?<![+\-\d.])\d{1,2}(?:[:h]\d{2}| ?(?:[ap]\.m\b|[AP]\.?M\b|pm\b)).*"
    r"|\bkl\. ?\d{1,2}\.\d{2}.*"
)


def moment(text: str) -> datetime | None:
    """The datetime (UTC) that a text tells, or None where it can't be told.

    A wrong name of the day does no harm; without a zone it is UTC, without a time
    midnight. Sources: RFC 822, RFC 3339, and what is found in the wild.
    """
    text = clean(text[:LONGEST])
    if found := UNIX.fullmatch(text):
        return _from_unix(found[1])
    for pattern in PATTERNS:
        for found in pattern.finditer(text):
            date = found.groupdict()
            if "word" in date:
                date["m"] = month_number(date["word"])
            if date["m"]:
                return _utc(date, text[: found.start()], text[found.end() :])
    return None


def _from_unix(digits: str) -> datetime | None:
    seconds = int(digits) / PER_SECOND[len(digits)]
    if EARLIEST_S <= seconds < LATEST_S:
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    return None


def _utc(date: dict, before: str, behind: str) -> datetime | None:
    """The time of a date, by the texts before and behind it; None where there is none.

    Such as the 31st of June, or 25 o'clock.
    """
    try:
        year = _year(date["y"])
        day = datetime(year, int(date["m"]), int(date["d"]), tzinfo=UTC)
        clock, rest = _clock(date, before, behind)
        return (day + clock).replace(tzinfo=zone(rest)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    """Two digits as RFC 822's successors read them (RFC 5322, section 4.3)."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _clock(date: dict, before: str, behind: str) -> tuple[timedelta, str]:
    """The time of day, and the text behind it; midnight where no one tells it."""
    if inside := date.get("clock"):
        behind = inside
    if bare := BARE_CLOCK.match(behind):
        return _since_midnight(bare.groupdict()), behind[bare.end() :]
    if clock := CLOCK.search(behind):
        return _since_midnight(clock.groupdict()), behind[clock.end() :]
    earlier = EARLIER_CLOCK.search(before)
    if earlier and (clock := CLOCK.search(earlier[0])):
        return _since_midnight(clock.groupdict()), earlier[0][clock.end() :] + behind
    return timedelta(), behind


def _since_midnight(clock: dict) -> timedelta:
    """The time from midnight; raises ValueError where no day has such an hour."""
    hour, minute = int(clock["H"]), int(clock["M"] or 0)
    half = clock.get("half") or clock.get("whole") or clock.get("before")
    if half and hour <= 12:
        hour = hour % 12 + HALVES[re.sub(r"[\W_]", "", half.lower())]
    # A leap second is none to Python; the day's end is the next one's beginning.
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise ValueError(f"{hour}:{minute} is no time of day")
    seconds = min(int(clock["S"] or 0), 59)
    return timedelta(hours=hour, minutes=minute, seconds=seconds)
