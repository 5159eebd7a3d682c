"""gzip on the wire, for those who take it."""

import gzip

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory

from zeeguu.base.compression import QuickGZipMiddleware

LONG = {"text": "Hej med dig. " * 100}


def respond(response, accepted="gzip, br"):
    request = RequestFactory().get("/api/", headers={"accept-encoding": accepted})
    return QuickGZipMiddleware(lambda request: response)(request)


def test_json_is_compressed_and_says_so():
    response = respond(JsonResponse(LONG))
    assert response["Content-Encoding"] == "gzip"
    assert int(response["Content-Length"]) == len(response.content) < 200
    assert response["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content) == JsonResponse(LONG).content


@pytest.mark.parametrize(
    "accepted", ["gzip", "br, gzip;q=0.5", "gzip; q=1.0, identity;q=0"]
)
@pytest.mark.parametrize("kind", [JsonResponse, lambda data: HttpResponse(str(data))])
def test_who_takes_gzip_gets_it(accepted, kind):
    assert respond(kind(LONG), accepted)["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "accepted", ["", "br", "gzip;q=0", "gzip; q=0.000, br", "gzip-foo", "x-gzip"]
)
@pytest.mark.parametrize("kind", [JsonResponse, lambda data: HttpResponse(str(data))])
def test_who_does_not_take_gzip_gets_none(accepted, kind):
    response = respond(kind(LONG), accepted)
    assert "Content-Encoding" not in response
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [
        JsonResponse({}),
        HttpResponse("x" * 10, headers={"ETag": 'W/"1"'}),
        JsonResponse(LONG, headers={"Content-Encoding": "br"}),
        HttpResponse("x" * 1000, status=206),
    ],
    ids=["short JSON", "short text", "compressed already", "a part"],
)
def test_what_is_short_compressed_or_a_part_stays_as_it_is(response):
    before = response.content
    assert respond(response).content == before


def test_pages_are_compressed_by_django():
    response = respond(HttpResponse("<p>Hej med dig.</p>" * 100))
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 300


def test_streams_are_left_to_django():
    response = respond(StreamingHttpResponse([b"Hej"], content_type="application/json"))
    assert gzip.decompress(b"".join(response.streaming_content)) == b"Hej"
