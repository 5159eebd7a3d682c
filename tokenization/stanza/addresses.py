"""Addresses in a text, without the punctuation of the sentence around them.

The models' own code takes all up to the next blank for part of an address. Everything
here takes time that grows with the text's length alone, whatever it is made of.
"""

import re

from tokenization.stanza.spans import Span

# Where none of these is, there is no address; looking for them costs next to nothing.
HINTS = (
    "://",
    "@",
    "www.",
    "WWW.",
    ".com.",
    ".org.",
    ".net.",
    ".gov.",
    ".edu.",
    ".co.",
)
HINT = re.compile(
    r"(?P<url>(?:https?|ftp)://|www\.)|(?P<mail>@)|\.(?:gov|org|edu|net|com|co)\.",
    re.IGNORECASE,
)
# No address has these, but for words of other languages that are left as they are.
RUN = re.compile(r"[^\s\"<>«»“”„‟|]*")
# Further than an address reaches what the models' code makes one token.
REST = re.compile(r"[^\s\"]*")
LOCAL = re.compile(r"[\w.!#$%&*+/=?^`{|}~'-]")
DOMAIN = re.compile(r"@[^\W_](?:[\w-]*\w)?(?:\.[^\W_](?:[\w-]*\w)?)+")
HOST = re.compile(r"[a-zA-Z0-9.-]")
MAILTO = "mailto:"
NOT_FIRST = ".!#$%&*+/=?^`{|}~'-"
NOT_LAST = ".,;:!?…·\u037e\u0387'’‘‚›‹–—*"
PAIRS = {")": "(", "]": "[", "}": "{"}
PIECE = re.compile(r"\.+|[!?]+|\w+(?:['’-]\w+)*|.")


def find_addresses(text: str) -> list[Span]:
    """Spans of addresses, and of each mark glued to an address's end, in order."""
    if not any(hint in text for hint in HINTS):
        return []
    spans, position = [], 0
    for hint in HINT.finditer(text):
        if hint.start() < position:
            continue
        start, end = _address(text, hint, position)
        if start < end:
            rest = _run_end(REST, text, end)
            spans.append((start, end))
            spans += [piece.span() for piece in PIECE.finditer(text, end, rest)]
            position = rest
    return spans


def _address(text: str, hint: re.Match[str], position: int) -> Span:
    """(start, end) of the address around a hint, not before position; or of nothing."""
    if hint["mail"]:
        return _mail_address(text, hint.start(), position)
    start, least = hint.start(), hint.end() + 1
    if not hint["url"]:
        start, least = _first(text, start, position, HOST), hint.end() - 1
        if start == hint.start():
            return 0, 0
    end = _trimmed(text, start, _run_end(RUN, text, start))
    return (start, end) if end >= least else (0, 0)


def _mail_address(text: str, at: int, position: int) -> Span:
    domain, start = DOMAIN.match(text, at), _first(text, at, position, LOCAL)
    if not domain or start == at:
        return 0, 0
    if text.endswith(MAILTO, position, start):
        start -= len(MAILTO)
    return start, domain.end()


def _run_end(run: re.Pattern[str], text: str, start: int) -> int:
    found = run.match(text, start)
    return found.end() if found else start


def _first(text: str, end: int, position: int, allowed: re.Pattern[str]) -> int:
    """Where the characters before end begin that are all allowed."""
    start = end
    while start > position and allowed.match(text[start - 1]):
        start -= 1
    while start < end and text[start] in NOT_FIRST:
        start += 1
    return start


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of an address without what closes the sentence or a bracket around it."""
    surplus = {
        closing: text.count(closing, start, end) - text.count(opening, start, end)
        for closing, opening in PAIRS.items()
    }
    while end > start:
        last = text[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in NOT_LAST:
            break
        end -= 1
    return end
