"""The validators of HTTP: what a server gave goes back as it came, or not at all.

Text stands for bytes here, one character for each, as in latin-1. Source: RFC 9110,
sections 8.8 and 13.1.
"""

import re

import httpx

# The fields of Feed that keep them, and how much fits into each.
FIELDS = {"etag": ("etag", 500), "last-modified": ("last_modified", 100)}
# Neither blanks at the ends nor control characters, but any byte above them.
SENDABLE = re.compile(
    r"[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?"
)
# To conditions: bad request, precondition failed, too large, header too large.
COMPLAINTS = {400, 412, 413, 431}


def given(headers: httpx.Headers) -> dict[str, str]:
    """The validators of an answer by field of Feed; "" for what can't be sent back."""
    return {
        field: _only(headers, name, longest)
        for name, (field, longest) in FIELDS.items()
    }


def _only(headers: httpx.Headers, name: str, longest: int) -> str:
    raw = {value for key, value in headers.raw if key.lower() == name.encode()}
    text = raw.pop().decode("latin-1") if len(raw) == 1 else ""
    return text if is_sendable(text, longest) else ""


def is_sendable(text: str, longest: int) -> bool:
    """Whether a stored validator is whole, and a server can be sent it.

    One as long as its column may have been cut. "*" would ask for no answer at all.
    """
    return len(text) < longest and text != "*" and bool(SENDABLE.fullmatch(text))


def conditions(etag: str, last_modified: str) -> dict[str, bytes]:
    """The request headers that ask for changes only, by what is stored."""
    stored = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    limits = [longest for _, longest in FIELDS.values()]
    return {
        name: text.encode("latin-1")
        for (name, text), longest in zip(stored.items(), limits, strict=True)
        if is_sendable(text, longest)
    }
