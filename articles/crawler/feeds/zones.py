"""Time zones as dates name them."""

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Hours from UTC. Names that several zones have are North America's (RFC 822).
HOURS = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
    "ADT": -3,
    "NST": -3.5,
    "NDT": -2.5,
    "BRT": -3,
    "ART": -3,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "MET": 1,
    "MEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "OEZ": 2,
    "OESZ": 3,
    "MSK": 3,
    "МСК": 3,
    "SAST": 2,
    "SGT": 8,
    "HKT": 8,
    "JST": 9,
    "KST": 9,
    "AWST": 8,
    "ACST": 9.5,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
}
# Summer or winter is the date's to tell. These may be words elsewhere in a text.
PLACES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Halifax",
    "Eastern": "America/New_York",
    "Central": "America/Chicago",
    "Mountain": "America/Denver",
    "Pacific": "America/Los_Angeles",
}
# A full stop within letters' abbreviation: E.T., E.S.T., U.S.
DOT = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z]\b)")
BEHIND_CLOCK = re.compile(
    r"[\s,]*\(?(?:(?P<short>[ECMPA]T)\b"
    r"|(?:US\.?\s)?(?P<long>(?i:Eastern|Central|Mountain|Pacific))"
    r"(?:(?i:\s(?:standard\s|daylight\s)?time\b)|(?=\s*(?:[.,)|]|\Z))))"
)
OFFSET = re.compile(r"([+\u2212-])(\d{1,2})(?::?(\d{2}))?(?!\d)")
# The tz database's: an area and one or two places.
AREA = re.compile(
    r"\b(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian"
    r"|Pacific|US|Canada|Brazil|Etc)(?:/[\w+-]{2,40}){1,2}"
)
NAME = re.compile(r"[^\W\d_]+")


def zone(text: str) -> tzinfo:
    """The zone that a text behind a time of day tells; UTC where it tells none.

    Raises ValueError for an offset that no zone has.
    """
    # Before offsets: Etc/GMT+3 has one, of the other sign.
    if (found := AREA.search(text)) and not OFFSET.search(text[: found.start()]):
        return _place(found[0])
    if offset := OFFSET.search(text):
        hours = int(offset[2]) + int(offset[3] or 0) / 60
        return _fixed(hours if offset[1] == "+" else -hours)
    text = DOT.sub("", text)
    if found := BEHIND_CLOCK.match(text):
        return _place(PLACES[found["short"] or found["long"].capitalize()])
    return _fixed(next(filter(None, map(_hours, _names(text))), 0))


def _names(text: str) -> list[str]:
    """The words of a text; only the first may be a zone's in small letters."""
    names = NAME.findall(text)
    return [name.upper() for name in names[:1]] + names[1:]


def _hours(name: str) -> float | None:
    return HOURS.get(name)


def _fixed(hours: float) -> timezone:
    return timezone(timedelta(hours=hours))


def _place(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # such as a directory's name
        return _fixed(0)
