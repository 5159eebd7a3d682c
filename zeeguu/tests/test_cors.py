"""Pages of other origins may read the API where their origin is listed."""

import pytest
from django.db import OperationalError, connections
from django.urls import path
from rest_framework.test import APIClient

from articles.tests.factories import make_article
from zeeguu import urls

ORIGIN, OTHER = "https://app.example.com", "https://evil.example.com"
ALLOW = "Access-Control-Allow-Origin"
EXPOSED = {"Allow", "ETag", "Location", "Retry-After", "WWW-Authenticate"}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


def breaks(request):
    raise RuntimeError("a bug")


class Urls:
    urlpatterns = [path("api/breaks/", breaks), *urls.urlpatterns]
    handler400, handler404 = urls.handler400, urls.handler404
    handler500 = urls.handler500


@pytest.fixture(autouse=True)
def listed(settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    settings.ROOT_URLCONF = Urls


@pytest.fixture
def page():
    """A program in a page of the listed origin."""
    client = APIClient(headers={"Origin": ORIGIN}, raise_request_exception=False)
    return client


def require_readable(response, status):
    """The page's script may read the answer, and what of its headers it needs."""
    assert response.status_code == status, response.content
    assert response[ALLOW] == ORIGIN
    assert set(response["Access-Control-Expose-Headers"].split(", ")) == EXPOSED
    assert "origin" in varies(response)
    assert "Access-Control-Allow-Credentials" not in response


def varies(response):
    return [name.strip().lower() for name in response["Vary"].split(",")]


# --- every answer


@pytest.mark.django_db
def test_articles_and_their_304(page, stub):
    make_article()
    first = page.get("/api/articles/")
    require_readable(first, 200)
    again = page.get("/api/articles/", headers={"If-None-Match": first["ETag"]})
    require_readable(again, 304)
    assert set(varies(again)) == set(varies(first))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("get", "/api/articles/?x=1", 400),
        ("get", "/api/feeds/4711/", 404),
        ("get", "/api/nowhere/", 404),
        ("post", "/api/feeds/", 401),
        ("get", "/api/tokenization/", 401),
        ("post", "/api/languages/", 401),
        ("get", "/api/breaks/", 500),
        ("get", "/api/docs/", 200),
        ("get", "/api/schema/", 200),
        ("options", "/api/feeds/", 200),
        ("get", "/api/articles", 301),
    ],
)
def test_answers_of_all_kinds(page, method, url, status):
    require_readable(getattr(page, method)(url), status)


def test_who_may_not_and_what_can_not_be_done(page, staff_api, reader_api):
    for client in (staff_api, reader_api):
        client.credentials(**client._credentials, HTTP_ORIGIN=ORIGIN)
    require_readable(reader_api.post("/api/feeds/", {}), 403)
    require_readable(staff_api.put("/api/feeds/1/", {}), 405)
    require_readable(staff_api.post("/api/feeds/", b"{", content_type=JSON), 400)
    require_readable(staff_api.post("/api/feeds/", "a=b", content_type=FORM), 415)


@pytest.mark.django_db
def test_a_body_that_is_too_large(page, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = b" " * 1001
    require_readable(page.post("/api/token/", body, content_type=JSON), 413)


@pytest.mark.django_db
def test_too_many_tries_to_sign_in(page):
    credentials = {"email": "ada@example.com", "password": "wrong"}
    for _ in range(30):
        response = page.post("/api/token/", credentials)
    require_readable(response, 429)
    assert int(response["Retry-After"]) > 0


@pytest.mark.django_db
def test_another_host(page):
    require_readable(page.get("/api/languages/", headers={"Host": "x.example"}), 400)


@pytest.fixture
def away(monkeypatch, django_db_blocker):
    def connect(self):
        raise OperationalError(2003, "Can't connect to MySQL server")

    with django_db_blocker.unblock():
        connections["default"].close()
        monkeypatch.setattr(type(connections["default"]), "connect", connect)
        yield


@pytest.mark.anydb
def test_a_database_that_is_away(page, away):
    response = page.get("/api/languages/")
    require_readable(response, 503)
    assert response["Retry-After"]


# --- preflights


@pytest.mark.parametrize("url", ["/api/feeds/", "/api/articles/1/", "/api/nowhere/"])
def test_a_preflight_is_answered_without_a_database_and_kept(page, away, url):
    response = page.options(url, headers=PREFLIGHT)
    require_readable(response, 200)
    assert response["Access-Control-Max-Age"] == "86400"
    allowed = response["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "content-type", "if-none-match"} <= set(allowed)
    methods = response["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "POST", "PATCH", "DELETE"} <= set(methods)
    assert response.content == b""


def test_a_preflight_does_not_meet_the_way_to_https(page, settings):
    settings.SECURE_SSL_REDIRECT = True
    require_readable(page.options("/api/feeds/", headers=PREFLIGHT), 200)


# --- others


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/api/languages/", "/api/nowhere/"])
@pytest.mark.parametrize(
    "origin",
    [
        OTHER,
        "null",
        "http://app.example.com",
        f"{ORIGIN}:8443",
        f"{ORIGIN}.evil.com",
        "https://app.example.com@evil.com",
        "https://[",
        "",
    ],
)
def test_other_origins_get_no_leave(client, url, origin):
    response = client.get(url, headers={"Origin": origin})
    assert ALLOW not in response
    assert "origin" in varies(response)
    preflight = client.options(url, headers={**PREFLIGHT, "Origin": origin})
    assert ALLOW not in preflight


@pytest.mark.django_db
def test_by_default_nobody_gets_leave(page, settings):
    settings.CORS_ALLOWED_ORIGINS = []
    assert ALLOW not in page.get("/api/languages/")
    assert ALLOW not in page.options("/api/feeds/", headers=PREFLIGHT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["/", "/admin/", "/admin/login/", "/health/live", "/health/", "/apis/"]
)
def test_nothing_but_the_api_is_for_other_origins(page, url):
    assert ALLOW not in page.get(url)
    assert ALLOW not in page.options(url, headers=PREFLIGHT)
