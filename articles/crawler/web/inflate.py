"""Content codings of HTTP, undone in pieces of a bounded size."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Protocol

import brotli

# A few bytes can stand for gigabytes, so nobody may ask a decoder for all of it. Brotli
# gives another 64 KiB when it is asked for 32 KiB or more.
PIECE_BYTES = 32_000
# Each layer may inflate a thousandfold.
MOST_LAYERS = 2
# What is looked at to tell text from compressed data.
HEAD_BYTES = 1024
# Less may be anything.
TEXT_BYTES = 16
GZIP = b"\x1f\x8b\x08"
# What no text has, but compressed data soon.
CONTROLS = frozenset(range(32)) - set(b"\t\n\v\f\r\x1b")
WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"{\0", b"\0{")
# Compressions that are none of ours, for a message that says so. All other names, such
# as utf-8, none or binary, are none of a compression: servers mean something else.
FOREIGN = {
    "zstd",
    "compress",
    "x-compress",
    "bzip2",
    "x-bzip2",
    "bzip",
    "bz2",
    "xz",
    "lzma",
    "lz4",
    "snappy",
    "sdch",
    "dcb",
    "dcz",
    "exi",
    "pack200-gzip",
    "aes128gcm",
    "lzip",
    "zip",
    "x-zip",
}


class InflateError(ValueError):
    """A body can't be unpacked, or is too large; the message says why."""


def inflated(
    chunks: Iterable[bytes], coding: str, max_bytes: float = float("inf")
) -> Iterator[bytes]:
    """Yield the decoded pieces of chunks, an iterable of bytes, as they come.

    coding is the value of Content-Encoding; the first bytes decide where it is missing
    or wrong. A piece has 32 KiB at the most, or the size of its chunk where there is no
    coding. max_bytes bounds what each layer makes. Raises InflateError. Source:
    RFC 9110, section 8.4.1; RFCs 1950 to 1952 and 7932.
    """
    codings = compressions(coding)
    for _ in range(MOST_LAYERS):
        head, chunks = peeked(chunks)
        name = codings.pop() if codings else ""
        if name := actual(name, head):
            chunks = bounded(decoded(chunks, name), max_bytes)
    head, chunks = peeked(chunks)
    if head.startswith(GZIP):
        raise InflateError(f"compressed more than {MOST_LAYERS} times")
    yield from chunks


def compressions(coding: str) -> list[str]:
    """Those of our codings that a Content-Encoding names, in the order of packing."""
    names = [name.strip(" \t\"'").lower() for name in coding.split(",")]
    for name in names:
        if name in FOREIGN:
            ours = ", ".join(DECODERS)
            raise InflateError(f"compressed by {name}, though we asked for {ours}")
    names = [name for name in names if name in DECODERS]
    if len(names) > MOST_LAYERS:
        raise InflateError(f"compressed more than {MOST_LAYERS} times")
    return names


def actual(name: str, head: bytes) -> str:
    """What a body that begins with head is packed by, if the server names name."""
    if not name or (head and not fits(name, head)):
        if head.startswith(GZIP):
            return "gzip"
        if is_text(head):
            return ""
    return name


def fits(name: str, head: bytes) -> bool:
    decoder = DECODERS[name]()
    try:
        next(decoder.pieces(head), None)
    except (zlib.error, brotli.error):
        return False
    return len(head) >= HEAD_BYTES or decoder.is_finished()


def is_text(head: bytes) -> bool:
    is_wide = head.startswith(WIDE_TEXT)
    return is_wide or (len(head) >= TEXT_BYTES and not CONTROLS.intersection(head))


def peeked(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first HEAD_BYTES of chunks, or all if there are fewer, and chunks again."""
    chunks = iter(chunks)
    taken: list[bytes] = []
    while sum(map(len, taken)) < HEAD_BYTES:
        chunk = next(chunks, None)
        if chunk is None:
            break
        taken.append(chunk)
    return b"".join(taken)[:HEAD_BYTES], chain(taken, chunks)


def decoded(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    decoder = DECODERS[name]()
    try:
        for chunk in chunks:
            yield from decoder.pieces(chunk)
    except (zlib.error, brotli.error) as exc:
        raise InflateError(f"damaged, or not {name} as its server says: {exc}") from exc
    if not decoder.is_finished():
        raise InflateError(f"the {name} data breaks off: the server sent a part only")


def bounded(pieces: Iterable[bytes], max_bytes: float) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise InflateError(f"larger than {max_bytes} bytes")
        yield piece


class Decoder(Protocol):
    """What undoes one coding; each download has its own."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next data makes, in pieces of PIECE_BYTES or little more."""

    def is_finished(self) -> bool:
        """Whether the end has come."""


class Gzip:
    """One member after the other, as many as there are.

    Zeros and whatever else follows the last one are passed over, as gzip does it.
    """

    def __init__(self) -> None:
        self.stream, self.rest = self.member(), b""

    @staticmethod
    def member() -> "zlib._Decompress":
        return zlib.decompressobj(16 + zlib.MAX_WBITS)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self.stream.eof:
                # The start of the next member may come in pieces too.
                self.rest = data = (self.rest + data).lstrip(b"\0")
                if len(data) < len(GZIP):
                    return
                if not data.startswith(GZIP):
                    self.rest = data[: len(GZIP)]  # a member no more
                    return
                self.stream, self.rest = self.member(), b""
            yield from drained(self.stream, data)
            data = self.stream.unused_data

    def is_finished(self) -> bool:
        return self.stream.eof


class Deflate:
    """A zlib stream, or the bare deflate that some servers send under that name."""

    def __init__(self) -> None:
        self.head = b""
        self.stream: zlib._Decompress | None = None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if not self.stream:
            self.head = data = self.head + data
            if len(data) < 2:
                return
            is_zlib = data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
            self.stream = zlib.decompressobj(zlib.MAX_WBITS * (1 if is_zlib else -1))
        yield from drained(self.stream, data)

    def is_finished(self) -> bool:
        return self.stream is not None and self.stream.eof


class Brotli:
    def __init__(self) -> None:
        self.stream, self.given = brotli.Decompressor(), 0
        self.taken = bytearray()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self.is_finished():
            return
        try:
            for piece in self._pieces(data):
                self.given += len(piece)
                yield piece
        except brotli.error:
            # It takes bytes after the end for damage, and is of no more use.
            yield from self._pieces_to_the_end(data)
        self.taken += data

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        # Even a decoder that could take more data may still have some to give.
        while piece := self.stream.process(data, output_buffer_limit=PIECE_BYTES):
            yield piece
            data = b""

    def _pieces_to_the_end(self, data: bytes) -> Iterator[bytes]:
        """Begin again, and take the last data byte by byte."""
        self.stream, known = brotli.Decompressor(), self.given
        last = (data[place : place + 1] for place in range(len(data)))
        for part in chain([bytes(self.taken)], last):
            if self.is_finished():
                return
            for piece in self._pieces(part):
                yield piece[known:]
                known = max(0, known - len(piece))

    def is_finished(self) -> bool:
        return bool(self.stream.is_finished())


def drained(stream: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Yield all that a zlib decompressobj makes of data, piece by piece."""
    has_more = True
    # It may hold output back although it has taken all input.
    while (data or has_more) and not stream.eof:
        piece = stream.decompress(data, PIECE_BYTES)
        data, has_more = stream.unconsumed_tail, bool(piece)
        if piece:
            yield piece


DECODERS: dict[str, type[Decoder]] = {
    "gzip": Gzip,
    "x-gzip": Gzip,
    "deflate": Deflate,
    "br": Brotli,
}
