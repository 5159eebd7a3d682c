"""What each face answers when something is wrong, and which face an address has."""

import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotAuthenticated

from learners.backends import TooManyTries
from zeeguu import urls
from zeeguu.base import faces
from zeeguu.base.compression import QuickGZipMiddleware

PROBLEM, PAGE = "application/problem+json", "text/html; charset=utf-8"
ORIGIN, OTHER = "https://app.example.com", "https://evil.example.com"
ALLOW = "Access-Control-Allow-Origin"
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Origin": ORIGIN}
LARGE = 1001


def told(status: int, title: str, data: object) -> dict:
    """As the second face tells errors."""
    return {"message": data["detail"]}


SECOND = faces.Face(
    "/second/",
    shape=faces.Shape(told, "application/json"),
    has_pages=False,
    origins=faces.Origins.ALL,
)

# By its status, what a view does so that it is answered.
FAILURES = {
    400: SuspiciousOperation("odd"),
    403: PermissionDenied("not you"),
    404: Http404("none"),
    429: TooManyTries(42),
    500: RuntimeError("the secret reason"),
    503: OperationalError(2003, "Can't connect to MySQL server"),
}


def failing(request, status):
    raise FAILURES[status]


def ours(request):
    return HttpResponse("well")


@api_view(["GET"])
def of_drf(request):
    raise NotAuthenticated


PREFIXES = ["api/", "health/", "admin/", "", "second/"]


class Urls:
    urlpatterns = [
        *(path(f"{prefix}fails/<int:status>/", failing) for prefix in PREFIXES),
        *(path(f"{prefix}ours/", ours) for prefix in PREFIXES),
        *(path(f"{prefix}drf/", of_drf) for prefix in PREFIXES),
        *urls.urlpatterns,
    ]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture(autouse=True)
def one_more_face(settings, monkeypatch):
    """All of the second face: one entry."""
    monkeypatch.setattr(faces, "FACES", (SECOND, *faces.FACES))
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = LARGE - 1
    settings.ROOT_URLCONF = Urls


@pytest.fixture
def browser(client):
    client.raise_request_exception = False
    return lambda url, **headers: client.get(url, headers={**BROWSER, **headers})


def require_problem(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == PROBLEM
    assert response.json()["status"] == status
    assert set(response.json()) >= {"type", "title", "status", "detail"}


def require_page(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == PAGE
    assert ALLOW not in response


def require_message(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert list(response.json()) == ["message"]


SHAPES = {
    "/api/": require_problem,
    "/health/": require_page,
    "/admin/": require_page,
    "/": require_page,
    "/second/": require_message,
}
each_face = pytest.mark.parametrize("prefix", SHAPES)


# --- errors


@each_face
@pytest.mark.parametrize("status", FAILURES)
def test_what_a_view_fails_with_has_the_shape_of_its_face(browser, prefix, status):
    response = browser(f"{prefix}fails/{status}/")
    SHAPES[prefix](response, status)
    assert b"secret reason" not in response.content
    assert response.has_header("Retry-After") == (status in (429, 503))


# The admin tells nobody what is nowhere who has not signed in.
@pytest.mark.parametrize("prefix", [one for one in SHAPES if one != "/admin/"])
@pytest.mark.django_db
def test_so_has_what_is_nowhere(browser, prefix):
    SHAPES[prefix](browser(f"{prefix}nowhere/at/all.txt"), 404)


@each_face
def test_so_has_what_is_for_another_host(browser, prefix):
    SHAPES[prefix](browser(f"{prefix}ours/", Host="evil.example.com"), 400)


@each_face
def test_so_has_what_is_too_large(client, prefix):
    body = {"data": b" " * LARGE, "content_type": "text/plain"}
    SHAPES[prefix](client.post(f"{prefix}ours/", headers=BROWSER, **body), 413)


@each_face
def test_so_has_a_form_from_elsewhere(client, prefix):
    client.handler.enforce_csrf_checks = True
    SHAPES[prefix](client.post(f"{prefix}ours/", {}, headers=BROWSER), 403)


@pytest.mark.parametrize(
    ("method", "url", "headers", "status"),
    [
        ("get", "/api/drf/", {}, 401),
        ("delete", "/api/languages/", {}, 401),
        ("put", "/api/token/", {}, 405),
        ("get", "/api/languages/", {"Accept": "application/xml"}, 406),
        ("post", "/api/token/", {"Content-Type": "text/csv"}, 415),
        ("post", "/api/token/", {}, 400),
    ],
)
@pytest.mark.django_db
def test_so_has_what_the_api_refuses(client, method, url, headers, status):
    kind = headers.get("Content-Type", "application/json")
    headers = {"Accept": "*/*", "Origin": ORIGIN, **headers}
    body = ("{}", kind) if method != "get" else ()
    response = client.generic(method.upper(), url, *body, headers=headers)
    require_problem(response, status)
    assert response[ALLOW] == ORIGIN


@pytest.mark.django_db
def test_so_has_what_django_rest_framework_refuses_elsewhere(client):
    require_message(client.get("/second/drf/"), 401)
    for prefix in ("/health/", "/admin/", "/"):
        require_problem(client.get(f"{prefix}drf/"), 401)


@pytest.mark.parametrize("prefix", [one for one in SHAPES if one != "/second/"])
def test_programs_are_told_of_an_outage_in_the_shape_for_them(client, prefix):
    client.raise_request_exception = False
    require_problem(client.get(f"{prefix}fails/503/"), 503)


# --- addresses that are nearly one


ODD_API = ["//api/nowhere/", "///api//x", "/API/languages/", "/Api/x", "/api/../x"]


def ask(client, url, method="GET", **extra):
    """Ask for an address as servers hand it on; the client would tidy it up."""
    return client.generic(method, "/", PATH_INFO=url, **extra)


@pytest.mark.django_db
@pytest.mark.parametrize("url", ODD_API)
def test_an_odd_address_of_the_api_is_still_the_apis(client, url):
    response = ask(client, url, headers=BROWSER)
    require_problem(response, 404)
    assert response[ALLOW] == ORIGIN


@pytest.mark.parametrize("url", [*ODD_API, "/api", "/API"])
def test_an_odd_address_has_the_errors_of_before_the_views_too(client, url):
    require_problem(ask(client, url, "POST", data=b" " * LARGE), 413)
    require_problem(ask(client, url, headers={"Host": "x.example"}), 400)


def test_the_api_without_its_last_slash_leads_to_it(client):
    response = client.get("/api", headers=BROWSER)
    assert response.status_code == 301
    assert response["Location"] == "/api/"
    assert response[ALLOW] == ORIGIN


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/admin", "/admin/"),
        ("//Admin/login/", "/admin/"),
        ("/health", "/health/"),
        ("/health/live", "/health/"),
        ("/healthy", "/"),
        ("/apis/", "/"),
        ("/api.json", "/"),
        ("/api\\x/", "/"),
        ("/read/api/", "/"),
        ("/static/favicon.svg", "/"),
        ("/second", "/second/"),
    ],
)
def test_which_face_an_address_has(url, prefix):
    assert faces.of(RequestFactory().get("/", PATH_INFO=url)).prefix == prefix


def test_a_face_is_found_below_a_folder_too():
    """Where a server has mounted all of it at /zeeguu."""
    request = RequestFactory().get("/api/languages/", SCRIPT_NAME="/zeeguu")
    assert request.path == "/zeeguu/api/languages/"
    assert faces.of(request).prefix == "/api/"


# --- other origins


def allowed(client, url, origin):
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    found = {
        client.get(url, headers={"Origin": origin}).headers.get(ALLOW),
        client.options(url, headers=preflight).headers.get(ALLOW),
    }
    [one] = found
    return one


@each_face
@pytest.mark.django_db
def test_which_origins_may_read(client, prefix):
    url = f"{prefix}nowhere/"
    wanted = {"/api/": (ORIGIN, None), "/second/": (ORIGIN, OTHER)}
    found = allowed(client, url, ORIGIN), allowed(client, url, OTHER)
    assert found == wanted.get(prefix, (None, None))


# --- compression


@each_face
def test_json_that_may_hold_a_secret_is_padded(prefix):
    """Two answers of one length are told apart by nobody."""

    def size(url):
        request = RequestFactory().get(url, headers={"Accept-Encoding": "gzip"})
        answer = JsonResponse({"text": json.dumps(list(range(200)))})
        response = QuickGZipMiddleware(lambda request: answer)(request)
        assert response["Content-Encoding"] == "gzip"
        return len(response.content)

    sizes = {size(f"{prefix}ours/") for _ in range(20)}
    assert (len(sizes) == 1) == (prefix in ("/api/", "/health/"))


# --- HTTPS


@each_face
@pytest.mark.django_db
def test_all_but_health_is_read_over_https(client, settings, prefix):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get(f"{prefix}ours/")
    assert (response.status_code == 301) == (prefix != "/health/")
