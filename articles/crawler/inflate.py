"""Content codings of HTTP, undone in pieces of a bounded size."""

import zlib

import brotli

# A few bytes can stand for gigabytes, so nobody may ask a decoder for all of it. Brotli
# gives another 64 KiB when it is asked for 32 KiB or more.
PIECE_BYTES = 32_000


class InflateError(ValueError):
    """A body is not what its Content-Encoding says, or it breaks off."""


def inflated(chunks, coding):
    """Yield the decoded pieces of chunks, an iterable of bytes, as they come.

    coding is the value of Content-Encoding. A piece has 32 KiB at the most, or the
    size of its chunk where there is no coding. Raises InflateError. Source:
    RFC 9110, section 8.4.1; RFCs 1950 to 1952 and 7932.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        yield from chunks
        return
    if "," in coding:  # each layer may inflate a thousandfold
        raise InflateError("compressed more than once")
    if coding not in DECODERS:
        raise InflateError(f"compressed by an unknown method, {coding[:40]!r}")
    decoder = DECODERS[coding]()
    try:
        for chunk in chunks:
            yield from decoder.pieces(chunk)
    except (zlib.error, brotli.error) as exc:
        raise InflateError(f"not {coding}: {exc}") from exc
    if not decoder.is_finished():
        raise InflateError(f"the {coding} data breaks off")


class Gzip:
    """One member after the other, as many as there are."""

    def __init__(self):
        self.stream = self.member()

    @staticmethod
    def member():
        return zlib.decompressobj(16 + zlib.MAX_WBITS)

    def pieces(self, data):
        while data:
            if self.stream.eof:
                self.stream = self.member()
            yield from drained(self.stream, data)
            data = self.stream.unused_data

    def is_finished(self):
        return self.stream.eof


class Deflate:
    """A zlib stream, or the bare deflate that some servers send under that name."""

    def __init__(self):
        self.head, self.stream = b"", None

    def pieces(self, data):
        if not self.stream:
            self.head = data = self.head + data
            if len(data) < 2:
                return
            is_zlib = data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
            self.stream = zlib.decompressobj(zlib.MAX_WBITS * (1 if is_zlib else -1))
        elif self.stream.eof:
            raise zlib.error("more data after the end")
        yield from drained(self.stream, data)
        if self.stream.unused_data:
            raise zlib.error("more data after the end")

    def is_finished(self):
        return self.stream is not None and self.stream.eof


class Brotli:
    def __init__(self):
        self.stream = brotli.Decompressor()

    def pieces(self, data):
        # Even a decoder that could take more data may still have some to give.
        while piece := self.stream.process(data, output_buffer_limit=PIECE_BYTES):
            yield piece
            data = b""

    def is_finished(self):
        return self.stream.is_finished()


def drained(stream, data):
    """Yield all that a zlib decompressobj makes of data, piece by piece."""
    piece = True
    # It may hold output back although it has taken all input.
    while (data or piece) and not stream.eof:
        piece = stream.decompress(data, PIECE_BYTES)
        data = stream.unconsumed_tail
        if piece:
            yield piece


DECODERS = {"gzip": Gzip, "x-gzip": Gzip, "deflate": Deflate, "br": Brotli}
