import httpx
import pytest

from articles.crawler.web.errors import FetchError
from articles.crawler.web.fetch import Fetcher
from articles.crawler.web.validators import FIELDS, conditions, given
from articles.models import Feed

DATE = "Mon, 02 Nov 2026 10:00:00 GMT"
AS_THEY_CAME = [
    b'"1"',
    b'W/"1"',
    b"1",
    b'""',
    b'"a b"',
    b'"a\tb"',
    b'"a", "b"',
    b"x" * 499,
    b'"\xe9"',
    b'"\xc3\xa9"',
    b"\xff\xfe",
    b'"\x80"',
    b"'1'",
    b"-1",
]
NOT_AT_ALL = [b"", b"*", b"x" * 500, b"x" * 9000, b'"\x01"', b'"\x7f"', b'"a\0b"']


def headers_of(*pairs):
    return httpx.Headers(list(pairs))


@pytest.fixture
def fetcher(web):
    with Fetcher([web.host_port], timeout_s=2) as fetcher:
        yield fetcher


@pytest.mark.parametrize("raw", AS_THEY_CAME)
def test_a_validator_goes_back_as_the_bytes_that_came(raw):
    # What else is in the answer must not decide how it is read.
    for other in (b"a", b"\xc3\xa9", b"\xe9"):
        stored = given(headers_of((b"X-Other", other), (b"ETag", raw)))
        assert conditions(**stored) == {"If-None-Match": raw}


@pytest.mark.parametrize("raw", NOT_AT_ALL)
def test_what_can_not_go_back_as_it_came_is_not_stored(raw):
    assert given(headers_of((b"ETag", raw)))["etag"] == ""


def test_of_several_that_differ_none_is_stored():
    one, other = (b"ETag", b'"1"'), (b"etag", b'"2"')
    assert given(headers_of(one, other))["etag"] == ""
    assert given(headers_of(one, one))["etag"] == '"1"'


@pytest.mark.parametrize(
    "stored", ["x" * 500, "*", "š", "a\nb", "a\r\nX-Evil: 1", " 1", "1 ", "\0", "日本"]
)
def test_what_was_stored_before_and_can_not_be_sent_is_not_sent(stored):
    assert conditions(stored, DATE) == {"If-Modified-Since": DATE.encode()}


def test_a_date_that_fills_its_column_may_have_been_cut():
    assert conditions("", "x" * 99) == {"If-Modified-Since": b"x" * 99}
    assert conditions("", "x" * 100) == {}


def test_the_limits_are_those_of_the_columns():
    for field, longest in FIELDS.values():
        assert Feed._meta.get_field(field).max_length == longest


@pytest.mark.parametrize("raw", AS_THEY_CAME)
def test_a_server_gets_back_what_it_gave(web, fetcher, raw):
    text = raw.decode("latin-1")
    url = web.add("/a", b"Hej", headers={"ETag": text, "Last-Modified": text[:99]})
    stored = given(fetcher.get(url).headers)
    assert fetcher.get(url, **stored).status == 304
    sent = web.requests[1].headers
    assert sent["if-none-match"].encode("latin-1") == raw
    assert sent["if-modified-since"].encode("latin-1") == raw[:99]


@pytest.mark.parametrize("status", [400, 412, 413, 431])
def test_a_server_that_can_not_read_its_own_validator_is_asked_without(
    web, fetcher, status
):
    url = web.add("/a", b"Hej")
    web.refuse_conditions("/a", status)
    assert fetcher.get(url, etag='"1"').body == b"Hej"
    assert len(web.requests) == 2


def test_an_error_that_is_none_of_the_validators_is_asked_about_once(web, fetcher):
    url = web.add("/a", status=404)
    with pytest.raises(FetchError, match="404"):
        fetcher.get(url, etag='"1"')
    assert len(web.requests) == 1
