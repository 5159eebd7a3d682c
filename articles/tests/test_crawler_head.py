import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from articles.crawler.web.errors import FetchError
from articles.crawler.web.fetch import Fetcher
from articles.crawler.web.head import MOST_BYTES, mended, mended_start
from articles.tests.fuzz import fuzzing

BODY = b"<rss>Hej</rss>"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
OK = b"HTTP/1.1 200 OK\r\n"
SLIPS = {
    "blank before the colon": OK + b"Server : old/1.0\r\n" + LENGTH,
    "tab before the colon": OK + b"Server\t: old/1.0\r\n" + LENGTH,
    "blank before the length's colon": OK + LENGTH.replace(b":", b" :"),
    "line without a colon": OK + b"powered by cats\r\n" + LENGTH,
    "status twice": OK + OK + LENGTH,
    "no name": OK + b": nothing\r\n:\r\n" + LENGTH,
    "blank in a name": OK + b"X Powered By: cats\r\n" + LENGTH,
    "name outside ASCII": OK + "Årgang: 1\r\n".encode("latin-1") + LENGTH,
    "brackets in a name": OK + b"X-A[0]: 1\r\n(b): 2\r\n" + LENGTH,
    "markup among the fields": OK + b"<br />\r\n<b>Warning</b>: x\r\n" + LENGTH,
    "value outside ASCII": OK + "X-A: år\xff\r\n".encode("latin-1") + LENGTH,
    "null in a value": OK + b"X-A: a\0b\r\n" + LENGTH,
    "return in a value": OK + b"X-A: a\rb\r\n" + LENGTH,
    "form feed in a value": OK + b"X-A: a\fb\v\r\n" + LENGTH,
    "two returns at the ends": (OK + b"X-A: a\r\n" + LENGTH).replace(b"\r", b"\r\r"),
    "no returns": (OK + LENGTH).replace(b"\r", b""),
    "some without returns": OK + b"X-A: a\nX-B: b\r\n" + LENGTH,
    "continued": OK + b"X-A: a\r\n  b\r\n\tc\r\n" + LENGTH,
    "continued by a blank line": OK + b"X-A: a\r\n \r\n" + LENGTH,
    "continued before the first": OK + b"  X-A: a\r\n" + LENGTH,
    "continued what is no field": OK + b"oh\r\n no\r\n" + LENGTH,
    "the same length twice": OK + LENGTH + LENGTH,
    "the same length in one": OK + b"Content-Length: 14, 14\r\n",
    "an empty length": OK + b"Content-Length:\r\nConnection: close\r\n",
    "transfer by identity": OK + b"Transfer-Encoding: identity\r\n" + LENGTH,
    "lines before": b"\r\n\r\n" + OK + LENGTH,
    "byte order mark before": b"\xef\xbb\xbf" + OK + LENGTH,
    "two blanks": b"HTTP/1.1  200  OK\r\n" + LENGTH,
    "small letters": b"http/1.1 200 ok\r\n" + LENGTH,
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH,
    "half a version": b"HTTP/1 200 OK\r\n" + LENGTH,
    "no version": b"HTTP 200 OK\r\n" + LENGTH,
    "a newer version": b"HTTP/2 200 OK\r\n" + LENGTH,
    "no blank before the reason": b"HTTP/1.1 200OK\r\n" + LENGTH,
    "null in the reason": b"HTTP/1.1 200 O\0K\r\n" + LENGTH,
    "many fields": OK + b"X-A: a\r\n" * 3000 + LENGTH,
    "a long field": OK + b"X-A: " + b"a" * 90_000 + b"\r\n" + LENGTH,
    "hints before": b"HTTP/1.1 103 Early Hints\r\nA : b\r\n\r\n" + OK + LENGTH,
    "hints without fields": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH,
}
UNSAFE = {
    "two lengths": OK + LENGTH + b"Content-Length: 3\r\n",
    "two lengths, one with a blank": OK + LENGTH + b"Content-Length : 3\r\n",
    "two lengths in one": OK + b"Content-Length: 14, 3\r\n",
    "a continued length": OK + b"Content-Length: 1\r\n 4\r\n",
    "a length without a colon": OK + LENGTH + b"Content-Length 3\r\n",
    "a name like the length's": OK + LENGTH + b"Content-Length\x0b: 3\r\n",
    "a name like the transfer's": OK + LENGTH + b"Transfer\x00Encoding: chunked\r\n",
    "an unknown transfer": OK + LENGTH + b"Transfer-Encoding: cow\r\n",
    "two transfers": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
    "a continued transfer": OK + LENGTH + b"Transfer-Encoding: chun\r\n ked\r\n",
    "no status": b"HTTP/1.1 OK\r\n" + LENGTH,
    "another protocol": b"220 mail.example ESMTP ready\r\n",
    "a head without end": OK + b"X-A: a\r\n" * 20_000,
}


@pytest.fixture
def fetcher(web):
    with Fetcher([web.host_port], timeout_s=2) as fetcher:
        yield fetcher


def answer(head, body=BODY):
    return head + (b"\n" if b"\r" not in head else b"\r\n") + body


# --- over the wire


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_head_does_not_end_the_download(web, fetcher, slip):
    url = web.drip("/a", answer(SLIPS[slip]), b"", lasts_s=0)
    assert fetcher.get(url).body == BODY


@pytest.mark.parametrize("slip", UNSAFE)
def test_what_may_mean_two_lengths_is_refused(web, fetcher, slip):
    url = web.drip("/a", answer(UNSAFE[slip]), b"", lasts_s=0)
    with pytest.raises(FetchError, match=url):
        fetcher.get(url)


def test_the_fields_around_a_slip_are_read(web, fetcher):
    head = OK + b'ETag : "1"\r\nnonsense\r\nX-A: a\r\n  b\r\n' + LENGTH
    headers = fetcher.get(web.drip("/a", answer(head), b"", lasts_s=0)).headers
    assert (headers["etag"], headers["x-a"]) == ('"1"', "a b")


def test_a_chunked_body_behind_a_slip_is_read(web, fetcher):
    twice = b"Transfer-Encoding:chunked\r\nTransfer-Encoding : Chunked\r\n"
    start = OK + b"Server : x\r\n" + twice + b"\r\n3\r\nHej\r\n0\r\n\r\n"
    assert fetcher.get(web.drip("/a", start, b"", lasts_s=0)).body == b"Hej"


def test_a_head_that_comes_byte_by_byte_is_put_right_too():
    data = answer(SLIPS["hints before"])
    last = len(data) - len(BODY)
    assert all(mended_start(data[:end]) is None for end in range(last))
    assert mended_start(data[:last]) + BODY == mended_start(data)


@pytest.mark.parametrize("slip", [*SLIPS, "both"])
def test_a_connection_ends_with_an_answer_that_was_put_right(slip):
    both = OK + LENGTH + b"Transfer-Encoding: chunked\r\n"
    data = answer({**SLIPS, "both": both}[slip])
    if mended_start(data) != data or slip == "both":
        assert b"\r\nConnection: close\r\n\r\n" in mended_start(data)


def test_a_connection_serves_again_after_an_answer_without_slips(web, fetcher):
    for _ in range(2):
        fetcher.get(web.add("/a", b"Hej"))
    one, two = web.requests
    assert one.client == two.client


# --- what is right stays

TOKENS = st.text("abcXYZ019-_.!#$%&'*+^`|~", min_size=1, max_size=12)
VALUES = st.binary(max_size=30).map(
    lambda raw: bytes(byte for byte in raw if byte not in b"\0\n\v\f\r").strip()
)
FIELDS = st.lists(st.tuples(TOKENS.map(str.encode), VALUES), max_size=12)
STATUSES = st.tuples(st.sampled_from([b"1.0", b"1.1"]), st.integers(200, 599), VALUES)


@fuzzing
@given(STATUSES, FIELDS, st.binary(max_size=50))
def test_a_head_that_is_right_stays_as_it_is(status, fields, body):
    lines = [b"HTTP/%s %d %s" % status, *(b"%s: %s" % field for field in fields)]
    data = b"\r\n".join([*lines, b"", body])
    assert mended_start(data) == data
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    connection.receive_data(data)
    assert connection.next_event().status_code == status[1]


PARTS = [
    b"HTTP/1.1 200 OK",
    b"HTTP/1.",
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b":",
    b"\0",
    b"a",
    b"Content-Length",
    b"Transfer-Encoding: chunked",
    b"3",
    b"\r\n\r\n",
    b"\xff",
]


@fuzzing
@example(b"Transfer-Encoding: chunked\r\nContent-Length:3")
@given(st.lists(st.sampled_from(PARTS), max_size=40).map(b"".join))
def test_to_put_right_twice_changes_nothing_more(data):
    once = mended(b"HTTP/1.1 200 OK\r\n" + data + b"\r\n\r\n")
    assert mended(once) == once


@fuzzing
@given(st.binary(max_size=200) | st.lists(st.sampled_from(PARTS)).map(b"".join))
def test_nothing_that_is_sent_is_an_error_here(data):
    mended_start(data)


def test_a_head_without_end_is_not_collected_for_ever():
    data = OK + b"X" * MOST_BYTES
    assert mended_start(data) == data


def test_interim_answers_without_end_are_refused(web, fetcher):
    hints = b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000
    with pytest.raises(FetchError):
        fetcher.get(web.drip("/a", hints, b"", lasts_s=0))
    assert mended_start(hints) == hints
