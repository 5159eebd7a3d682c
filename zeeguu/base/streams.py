"""Standard streams that are closed, full, or lead to somebody who reads no more.

Work goes on where nobody can hear of it; ``failure`` tells at the end why it was not
heard. Who reads no more (``| head``) has read enough: that is no failure.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from django.core.management.base import CommandError

from zeeguu.base.wording import in_words


class Output:
    """A stream to write to, which takes all and never fails."""

    def __init__(self, stream: TextIO | None) -> None:
        self.is_closed = stream is None
        self.stream = stream or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        self.failure = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        if self.is_closed:
            self.failure = "it is closed"
        with self._taking_all():
            self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._taking_all():
            self.stream.flush()

    @contextlib.contextmanager
    def _taking_all(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            if not isinstance(exc, BrokenPipeError):
                self.failure = in_words(exc)
            self._lead_nowhere()

    def _lead_nowhere(self) -> None:
        """Also for what is in Python's buffer, and for what writes to the number."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.stream.fileno())
        os.close(nowhere)


def prepare() -> None:
    """Make the standard output and error ones that take all.

    Numbers that are free are taken first: else the next file that is opened, such as a
    database, would get what is written to standard output.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout, sys.stderr = Output(sys.stdout), Output(sys.stderr)


def read_input() -> bytes:
    """All of standard input. Raises CommandError (exit code 2) where there is none."""
    if sys.stdin is None:
        raise CommandError("there is no standard input: it is closed", returncode=2)
    try:
        return sys.stdin.buffer.read()
    except OSError as exc:
        message = f"standard input can't be read: {in_words(exc)}"
        raise CommandError(message, returncode=2) from exc


def is_terminal() -> bool:
    """Whether somebody may be asked on standard input."""
    return sys.stdin is not None and sys.stdin.isatty()
