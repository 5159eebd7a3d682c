"""Files as somebody brings them: packed or not, in some encoding, and never trusted.

However large a file, a line or what is packed in it: no more than a line is held.
"""

import io
import os
import stat
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path
from typing import IO, Any

from zeeguu.base.wording import in_words

GZIP = b"\x1f\x8b"
BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
SAMPLE = 64 * 1024
# Text is packed to a tenth, and dictionaries that repeat much to a thirtieth.
MOST_TIMES, INFLATED_ANYWAY = 200, 64 * 1024 * 1024
# What an undecodable byte becomes.
LOST = "\ufffd"
DAMAGED = "it is cut off or damaged; bring it again"


class FileError(Exception):
    """A file can't be used; the message names it, and says what to do."""


class Counted(io.RawIOBase):
    """A file that knows how many of its bytes were read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.done = file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        self.done += len(data)
        return len(data)


class Inflated(io.RawIOBase):
    """What is packed in a file; raises FileError where that is far too much."""

    def __init__(self, packed: Counted, path: Path) -> None:
        self.packed, self.path, self.size = packed, path, 0
        self.file = GzipFile(fileobj=io.BufferedReader(packed))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.file.read(len(buffer))
        except (EOFError, OSError, zlib.error) as exc:
            raise FileError(f"{self.path}: {DAMAGED}") from exc
        buffer[: len(data)] = data
        self.size += len(data)
        if self.size > max(INFLATED_ANYWAY, MOST_TIMES * self.packed.done):
            times = f"more than {MOST_TIMES} times its size"
            raise FileError(f"{self.path}: it unpacks to {times}: no dictionary does")
        return len(data)


class Source:
    """A file that is open: its bytes, unpacked, and how far it was read."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path, self.size = path, os.fstat(file.fileno()).st_size
        self.is_packed = file.read(2) == GZIP
        file.seek(0)
        self.counted = Counted(file)
        raw = Inflated(self.counted, path) if self.is_packed else self.counted
        self.bytes = io.BufferedReader(raw, SAMPLE)

    @property
    def done(self) -> int:
        return self.counted.done

    def sample(self) -> bytes:
        """The first bytes, which stay to be read."""
        return self.bytes.peek(SAMPLE)[:SAMPLE]

    def text(self, encoding: str | None = None) -> io.TextIOWrapper:
        """What the file says; raises FileError where its encoding is not known."""
        encoding = encoding or encoding_of(self.path, self.sample())
        return io.TextIOWrapper(self.bytes, encoding, "replace", newline="\n")


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a file to read; raises FileError where that can't be."""
    try:
        # Who writes into a pipe may take for ever.
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise FileError(f"{path}: it is no file; name the dictionary's own")
        file = path.open("rb")
    except OSError as exc:
        raise FileError(f"{path}: {in_words(exc)}") from exc
    with file:
        source = Source(path, file)
        if not source.size:
            raise FileError(f"{path}: it is empty")
        yield source


def encoding_of(path: Path, sample: bytes) -> str:
    """UTF-8, or what a mark at the beginning says; raises FileError for all else."""
    for mark, encoding in BOMS.items():
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        remedy = "if it is UTF-16, add: --encoding utf-16-le"
        raise FileError(f"{path}: it is no text; {remedy}")
    try:
        # The last letter may be cut.
        sample[: sample.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError as exc:
        remedy = "name its encoding, such as: --encoding cp1252"
        raise FileError(f"{path}: it is not UTF-8; {remedy}") from exc
    return "utf-8"


def lines(text: io.TextIOWrapper, longest: int) -> Iterator[tuple[int, str | None]]:
    """The lines with their numbers, from 1; None for one that is too long."""
    number = 0
    while line := text.readline(longest + 1):
        number += 1
        is_long = len(line) > longest and not line.endswith("\n")
        while line and is_long and not line.endswith("\n"):
            line = text.readline(longest)
        yield number, None if is_long else line.rstrip("\r\n")


@contextmanager
def spooled(path: Path) -> Iterator[IO[bytes]]:
    """A file to read anywhere in; what is packed is unpacked beside, for a while."""
    with opened(path) as source:
        if not source.is_packed:
            with path.open("rb") as plain:
                yield plain
            return
        with tempfile.TemporaryFile() as unpacked:
            while data := source.bytes.read(SAMPLE):
                unpacked.write(data)
            yield unpacked


def beside(path: Path, ends: Iterable[str], others: Sequence[str]) -> Path:
    """The file of the same name but for its end, which is another one.

    Raises FileError where there is none with any of them.
    """
    stem = next((path.name.removesuffix(e) for e in ends if path.name.endswith(e)), "")
    there = [path.with_name(stem + end) for end in others]
    for other in there:
        if other.exists():
            return other
    raise FileError(f"{path}: {there[0].name} is missing beside it")
