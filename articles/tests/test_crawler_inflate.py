import gzip
import random
import zlib

import brotli
import pytest

from articles.crawler.web.inflate import InflateError, inflated

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
@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
@pytest.mark.parametrize(
    "tail", [b"mere", bytes(1), bytes(5000), b"\x1f", b"\0\x1f\x8b", b"\r\n", TEXT[:99]]
)
def test_what_follows_the_end_is_passed_over(coding, data, size, tail):
    assert unpack(data + tail, coding, size) == TEXT


@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_a_member_behind_zeros_is_one_more(size):
    data = gzip.compress(TEXT[:999]) + bytes(512) + gzip.compress(TEXT[999:])
    assert unpack(data + bytes(512), "gzip", size) == TEXT


@pytest.mark.parametrize("end", [11, 100, -1])
def test_a_last_member_that_breaks_off_is_an_error(end):
    last = gzip.compress(TEXT)[:end]
    with pytest.raises(InflateError, match="breaks off"):
        unpack(gzip.compress(b"Hej") + last, "gzip")


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


PLAIN = [
    b"<html>Hej med jer</html>",
    b'<?xml version="1.0" encoding="utf-8"?><rss/>',
    b'{"version": "https://jsonfeed.org/version/1.1"}',
    b"User-agent: *\nAllow: /",
    b"\xef\xbb\xbf<rss version='2.0'>",
    "<rss>\r\n\tmåsen</rss>".encode("latin-1"),
    "<rss>måsen</rss>".encode("utf-16"),
    "<rss>".encode("utf-16-be"),
    TEXT[:90_000],
]


@pytest.mark.parametrize("coding", [*PACK, "gzip, br", "utf-8", "", "gzip, utf-8"])
@pytest.mark.parametrize("body", PLAIN)
def test_text_is_passed_on_whatever_its_server_says(coding, body):
    for size in (1, 10**6):
        assert unpack(body, coding, size) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_what_is_neither_packed_nor_text_is_an_error(coding):
    with pytest.raises(InflateError, match=f"not {coding} as its server says"):
        unpack(b"\x89PNG\r\n\x1a\n" + bytes(range(255, 0, -1)), coding)


@pytest.mark.parametrize("coding", ["", "utf-8", "identity", "br", "deflate", "none"])
@pytest.mark.parametrize("size", [1, 10**6])
def test_the_first_bytes_tell_gzip(coding, size):
    assert unpack(gzip.compress(TEXT), coding, size) == TEXT


@pytest.mark.parametrize("coding", ["", "gzip", "gzip, gzip"])
def test_what_is_packed_twice_is_unpacked_twice(coding):
    twice = gzip.compress(gzip.compress(TEXT))
    assert unpack(twice, coding) == TEXT
    with pytest.raises(InflateError, match="compressed more than 2 times"):
        unpack(gzip.compress(twice), coding)


def test_codings_are_undone_in_the_order_from_the_last():
    assert unpack(brotli.compress(zlib.compress(TEXT)), "deflate, br") == TEXT


@pytest.mark.parametrize("inner", [b"", bytes(3_000_000)])
def test_what_the_first_of_two_layers_makes_is_bounded_too(inner):
    # Members without content: nothing would come out in the end.
    bomb = gzip.compress(gzip.compress(inner) * (60_000 if not inner else 1))
    with pytest.raises(InflateError, match="larger than 1000000 bytes"):
        list(inflated([bomb], "gzip", 1_000_000))


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


NONE = [
    "",
    " ",
    "identity",
    " Identity ",
    "utf-8",
    "UTF-8",
    "none",
    "None",
    "binary",
    "8bit",
    "iso-8859-1",
    '"identity"',
    "text/xml",
    "null",
    ",",
    "x" * 1000,
    "é",
]


@pytest.mark.parametrize("coding", NONE)
def test_a_name_that_is_of_no_compression_means_none(coding):
    assert unpack(TEXT, coding) == TEXT


@pytest.mark.parametrize(
    "coding",
    [
        " GZIP ",
        '"gzip"',
        "'gzip'",
        "gzip,",
        "gzip, utf-8",
        "utf-8,gzip",
        "identity, gzip",
    ],
)
def test_a_coding_is_known_however_it_is_written(coding):
    assert unpack(gzip.compress(TEXT), coding) == TEXT


@pytest.mark.parametrize("coding", ["gzip,gzip,gzip", "br, gzip, deflate"])
def test_more_than_two_codings_are_refused(coding):
    with pytest.raises(InflateError, match="more than 2 times"):
        unpack(TEXT, coding)


@pytest.mark.parametrize("coding", ["zstd", "compress", "ZSTD", "gzip, zstd", "xz"])
def test_a_compression_that_was_not_asked_for_is_named(coding):
    name = coding.lower().split(", ")[-1]
    with pytest.raises(InflateError, match=f"by {name}, though we asked for gzip"):
        unpack(TEXT, coding)
