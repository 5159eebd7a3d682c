import gzip
import random
import zlib

import brotli
import pytest

from articles.crawler.inflate import InflateError, inflated

TEXT = ("Hej med jer, sagde måsen. " * 4000).encode() + random.Random(1).randbytes(9000)
LARGEST_PIECE = 32_768


def raw_deflate(data):
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


PACK = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}
PACKED = [
    *((coding, pack(TEXT)) for coding, pack in PACK.items()),
    ("deflate", raw_deflate(TEXT)),
    (
        "gzip",
        gzip.compress(TEXT[:999]) + gzip.compress(b"") + gzip.compress(TEXT[999:]),
    ),
]
IDS = ["gzip", "x-gzip", "zlib", "br", "raw", "members"]
packed = pytest.mark.parametrize(("coding", "data"), PACKED, ids=IDS)


def chunked(data, size):
    return (data[start : start + size] for start in range(0, len(data), size))


def unpack(data, coding, size=1000):
    return b"".join(inflated(chunked(data, size), coding))


@packed
@pytest.mark.parametrize("size", [1, 2, 1000, 10**6])
def test_what_was_packed_is_unpacked(coding, data, size):
    assert unpack(data, coding, size) == TEXT


@packed
def test_what_breaks_off_is_an_error(coding, data):
    for end in (0, 1, 2, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(InflateError, match="breaks off|not"):
            unpack(data[:end], coding)


@packed
@pytest.mark.parametrize("size", [1, 10**6])
def test_what_follows_the_end_is_an_error(coding, data, size):
    with pytest.raises(InflateError):
        unpack(data + b"mere", coding, size)


@packed
def test_a_flipped_byte_is_an_error_or_another_text_of_no_more_than_its_size(
    coding, data
):
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 0xFF
    try:
        assert len(unpack(bytes(flipped), coding)) < 10**7
    except InflateError as exc:
        assert coding in str(exc)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_what_is_not_packed_is_an_error(coding):
    with pytest.raises(InflateError, match=coding):
        unpack(b"<html>Hej med jer</html>", coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_bomb_comes_in_small_pieces(coding):
    bomb = PACK[coding](bytes(30_000_000))
    sizes = [len(piece) for piece in inflated([bomb], coding)]
    assert sum(sizes) == 30_000_000
    assert max(sizes) <= LARGEST_PIECE


def test_output_that_is_held_back_is_not_forgotten():
    # Of a run of equal bytes, the last match may not fit into a piece.
    for size in (32_000, 32_001, 32_257, 32_258, 64_000, 64_001):
        assert unpack(raw_deflate(bytes(size)), "deflate", 10**6) == bytes(size)


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_what_has_no_coding_is_passed_on(coding):
    assert unpack(TEXT, coding) == TEXT


def test_codings_have_no_case():
    assert unpack(gzip.compress(TEXT), " GZIP ") == TEXT


@pytest.mark.parametrize("coding", ["gzip, gzip", "br,identity", "gzip,"])
def test_more_than_one_coding_is_refused(coding):
    with pytest.raises(InflateError, match="more than once"):
        unpack(TEXT, coding)


@pytest.mark.parametrize("coding", ["zstd", "compress", "utf-8", "x" * 1000])
def test_an_unknown_coding_is_named(coding):
    with pytest.raises(InflateError, match=f"unknown method, '{coding[:40]}'"):
        unpack(TEXT, coding)
