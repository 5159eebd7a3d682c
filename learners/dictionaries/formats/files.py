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

from learners.dictionaries.escapes import without_escapes
from zeeguu.base.wording import in_words

GZIP = b"\x1f\x8b"
UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
SAMPLE = 64 * 1024
# Text is packed to a tenth, and dictionaries that repeat much to a thirtieth.
MOST_TIMES, INFLATED_ANYWAY = 200, 64 * 1024 * 1024
# What an undecodable byte becomes.
LOST = "\ufffd"
DAMAGED = "it is cut off or damaged; bring it again"
# How files begin that people take for text, and what to do with them.
UNPACK, AS_CSV = "unpack it first", "save it as CSV"
OTHERS = {
    b"PK\x03\x04": f"a ZIP archive or a spreadsheet; {UNPACK}, or {AS_CSV}",
    b"\xd0\xcf\x11\xe0": f"a document of an office program; {AS_CSV}",
    b"BZh": f"packed by bzip2; {UNPACK}",
    b"\xfd7zXZ": f"packed by xz; {UNPACK}",
    b"7z\xbc\xaf": f"packed by 7-Zip; {UNPACK}",
    b"\x28\xb5\x2f\xfd": f"packed by zstd; {UNPACK}",
    b"Rar!": f"packed by RAR; {UNPACK}",
    b"%PDF": "a PDF, and no dictionary",
    b"\x89PNG": "a picture, and no dictionary",
    b"\xff\xd8\xff": "a picture, and no dictionary",
    b"GIF8": "a picture, and no dictionary",
    b"SQLite format 3": "a database; export its table as CSV",
}


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
        try:
            yield source
        except UnicodeError as exc:
            raise FileError(f"{path}: it is not of the encoding named") from exc


def encoding_of(path: Path, sample: bytes) -> str:
    """UTF-8, or what a mark at the beginning says; raises FileError for all else."""
    for mark, what in OTHERS.items():
        if sample.startswith(mark):
            raise FileError(f"{path}: it is {what}")
    if sample.startswith(UTF_32):
        raise FileError(f"{path}: it is UTF-32; save it as UTF-8")
    for mark, encoding in BOMS.items():
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        raise FileError(f"{path}: it is no text; {_of_nul(sample)}")
    try:
        # The last letter may be cut.
        sample[: sample.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError as exc:
        remedy = "name its encoding, such as: --encoding cp1252"
        raise FileError(f"{path}: it is not UTF-8; {remedy}") from exc
    return "utf-8"


def _of_nul(sample: bytes) -> str:
    """What to do about NUL bytes: in UTF-16 nearly each second byte is one."""
    ends = {"utf-16-le": sample[1::2], "utf-16-be": sample[0::2]}
    for encoding, half in ends.items():
        if half.count(0) > len(half) / 2 and sample.count(0) < 0.7 * len(sample):
            return f"if it is UTF-16, add: --encoding {encoding}"
    line = sample[: sample.index(0)].count(b"\n") + 1
    return f"line {line:,} has a NUL character"


def lines(text: io.TextIOWrapper, longest: int) -> Iterator[tuple[int, str | None]]:
    """The lines with their numbers, from 1; None for one that is too long."""
    number = 0
    while line := text.readline(longest + 1):
        number += 1
        is_long = len(line) > longest and not line.endswith("\n")
        while line and is_long and not line.endswith("\n"):
            line = text.readline(longest)
        # Before columns are told apart: what a terminal obeys has semicolons too.
        yield number, None if is_long else without_escapes(line.rstrip("\r\n"))


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
