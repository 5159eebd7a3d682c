"""What people read, as they would say it."""

import re
import socket
import ssl

from django.core.exceptions import ValidationError


def of_address(url: str, error: str) -> str:
    """An error with the address that it is about, which it may name itself."""
    return error if url in error else f"{url}: {error}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 feed, 2 feeds, no feeds at all is 0 feeds."""
    is_plain = not noun.endswith("y") or noun[-2] in "aeiou"  # a day, but a copy
    plural = f"{noun}s" if is_plain else f"{noun[:-1]}ies"
    return f"{number:,} {noun if number == 1 else plural}"


def of_fields(exc: ValidationError) -> str:
    """What is wrong with which fields of a model."""
    return "; ".join(
        f"{field}: {' '.join(messages)}" for field, messages in exc.message_dict.items()
    )


# How systems and libraries write an error's number, its place and its family.
NOISE = re.compile(
    r"\[Errno -?\d+\] |\[SSL[^\]]*\] | ?\(_ssl\.c:\d+\)|^\(\d+, *|^\d+: |[.\s]+$"
)
NAMES = {
    socket.EAI_NONAME: "there is no such name",
    socket.EAI_AGAIN: "the name servers do not answer just now",
}


def in_words(exc: BaseException) -> str:
    """What an error says, without numbers, quotes of data, or names of classes."""
    for cause in reversed(chain(exc)):
        if isinstance(cause, socket.gaierror) and cause.errno in NAMES:
            return NAMES[cause.errno]
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, OSError) and cause.strerror:
            return _small(NOISE.sub("", cause.strerror))
    # What a database's driver says is (number, text).
    is_numbered = len(exc.args) > 1 and isinstance(exc.args[0], int)
    text = str(exc.args[1] if is_numbered else exc).strip()
    return NOISE.sub("", text) or "no reason was given"


def chain(exc: BaseException) -> list[BaseException]:
    """An error and what it came from, the deepest last."""
    found = [exc]
    while (cause := found[-1].__cause__ or found[-1].__context__) and len(found) < 20:
        found.append(cause)
    return found


def _small(text: str) -> str:
    """To go on with after a colon; words in capitals stay."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
