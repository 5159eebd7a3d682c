"""The head of an HTTP answer, its server's small slips put right as browsers do it.

What is right already stays as it is, byte for byte. Wherever a head might tell two
things about the body's length it stays too, for h11 to refuse, and after an answer that
was put right the connection is closed: nothing can hide behind it.
"""

import re
from collections.abc import Iterable

# As much as httpcore takes.
MOST_BYTES = 100 * 1024
END = re.compile(rb"\n\r*\n")
STATUS = re.compile(rb"HTTP/\d\.\d [1-9]\d\d(?: [^\0\n\v\f\r]*)?")
# Browsers pass over four bytes before it, such as a byte order mark.
LOOSE_STATUS = re.compile(
    rb"[\s\S]{0,4}?HTTP(?:/(\d{1,3})(?:\.(\d{1,3}))?)?[ \t]+([1-9]\d\d)(?!\d)",
    re.IGNORECASE,
)
START_BYTES = 16
NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")
# RFC 9110, section 5.5: a recipient refuses them, or takes them for a blank.
BREAKS = re.compile(rb"[\0\n\v\f\r]")
FRAMING = re.compile(rb"content\W*length|transfer\W*encoding", re.IGNORECASE)
CHUNKED = b"transfer-encoding:chunked"
CLOSE = b"Connection: close"


def mended_start(data: bytes) -> bytes | None:
    """The start of an answer with its heads put right; None while one has not ended.

    Interim answers (1xx) have heads of their own. What can't be an answer, or is too
    large, stays as it is.
    """
    done, rest = b"", data
    while can_begin_answer(start := rest.lstrip(b"\r\n")):
        end = END.search(rest, len(rest) - len(start))
        if not end:
            return data if len(data) > MOST_BYTES else None
        head, rest = rest[: end.end()], rest[end.end() :]
        done += mended(head)
        if not is_interim(head):
            break
    return done + rest


def can_begin_answer(start: bytes) -> bool:
    return len(start) < START_BYTES or b"HTTP" in start[:START_BYTES].upper()


def is_interim(head: bytes) -> bool:
    found = LOOSE_STATUS.match(head.lstrip(b"\r\n"))
    status = found[3] if found else b""
    return status.startswith(b"1") and status != b"101"


def mended(head: bytes) -> bytes:
    """One head, with the empty line at its end."""
    first, *lines = (line.rstrip(b"\r") for line in head.strip(b"\r\n").split(b"\n"))
    fields = mended_fields(lines)
    if fields is None:
        return head
    result = joined([mended_status(first), *fields])
    is_closed = fields[-1:] == [CLOSE]
    if result == head and (is_closed or not tells_length_twice(fields)):
        return head
    return joined([mended_status(first), *fields, *([] if is_closed else [CLOSE])])


def joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in [*lines, b""])


def mended_status(line: bytes) -> bytes:
    found = None if STATUS.fullmatch(line) else LOOSE_STATUS.match(line)
    if not found:
        return line
    version = int(found[1] or 1), int(found[2] or 0)
    return b"HTTP/1.%d %s" % (version > (1, 0), found[3])


def mended_fields(lines: Iterable[bytes]) -> list[bytes] | None:
    """The lines that are fields, and their continuations; None where that is unsafe."""
    fields: list[bytes] = []
    is_kept = False
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            name, colon, value = line.partition(b":")
            name, value = name.rstrip(b" \t"), BREAKS.sub(b" ", value)
            is_kept = bool(colon and NAME.fullmatch(name))
            if not is_kept and FRAMING.search(name):
                return None
            line = name + colon + value
            is_kept = is_kept and not is_idle(name.lower(), value, fields)
        if is_kept:
            fields.append(BREAKS.sub(b" ", line))
    return fields


def is_idle(name: bytes, value: bytes, before: list[bytes]) -> bool:
    """Whether a field says nothing about the length that would not be so anyway."""
    value = value.strip().lower()
    if name == b"content-length":
        return not value
    if name != b"transfer-encoding":
        return False
    known = {field.replace(b" ", b"").lower() for field in before}
    return value in (b"", b"identity") or (value == b"chunked" and CHUNKED in known)


def tells_length_twice(fields: list[bytes]) -> bool:
    names = {field.partition(b":")[0].lower() for field in fields}
    return {b"content-length", b"transfer-encoding"} <= names
