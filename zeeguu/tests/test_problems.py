"""Errors: problem details under /api/, pages everywhere else."""

import json
import os
import subprocess
import sys

import pytest
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied

from zeeguu import urls
from zeeguu.base.problems import problem

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"
PAGE = "text/html; charset=utf-8"


def breaks(request):
    raise RuntimeError("the secret reason")


@api_view()
def forbidden(request):
    raise PermissionDenied


class Urls:
    """The project's addresses, and some that go wrong."""

    urlpatterns = [
        path("api/breaks/", breaks),
        path("api/forbidden/", forbidden),
        path("breaks/", breaks),
        *urls.urlpatterns,
    ]
    handler400, handler404 = urls.handler400, urls.handler404
    handler500 = urls.handler500


@pytest.fixture
def client(client, settings):
    """Shows the answer that visitors get instead of the exception."""
    settings.ROOT_URLCONF = Urls
    client.raise_request_exception = False
    return client


def facts(response):
    return response.status_code, response.headers["Content-Type"]


def test_an_unknown_api_address_is_a_problem_that_names_it(client):
    response = client.get("/api/nowhere/")
    assert facts(response) == (404, PROBLEM)
    assert response.json() == {
        "type": "about:blank",
        "title": "not found",
        "status": 404,
        "detail": "Nothing is at /api/nowhere/",
    }


def test_an_unknown_page_is_a_page(client):
    assert facts(client.get("/nowhere/")) == (404, PAGE)


def test_a_broken_api_call_is_a_problem_that_tells_no_secrets(client):
    response = client.get("/api/breaks/")
    assert facts(response) == (500, PROBLEM)
    assert response.json()["title"] == "server error"
    assert b"secret reason" not in response.content


def test_a_broken_page_is_a_page_that_tells_no_secrets(client):
    response = client.get("/breaks/")
    assert facts(response) == (500, PAGE)
    assert b"secret reason" not in response.content


def test_an_api_call_for_another_host_is_a_problem(client):
    response = client.get("/api/languages/", headers={"host": "evil.example.com"})
    assert facts(response) == (400, PROBLEM)
    assert response.json()["status"] == 400


def test_a_page_for_another_host_is_a_page(client):
    response = client.get("/", headers={"host": "evil.example.com"})
    assert facts(response) == (400, PAGE)


def test_problems_say_in_two_words_what_kind_they_are(client):
    assert client.get("/api/articles/4711/").json()["title"] == "not found"
    assert client.get("/api/articles/?x=1").json()["title"] == "invalid"
    assert client.get("/api/forbidden/").json()["title"] == "permission denied"
    assert client.get("/api/tokenization/").json()["title"] == "not authenticated"
    assert client.delete("/api/languages/").json()["status"] == 401


def test_a_format_that_is_not_spoken_is_a_problem(client):
    response = client.get("/api/languages/", headers={"accept": "application/xml"})
    assert facts(response) == (406, PROBLEM)


def test_the_detail_of_a_refusal_sums_up_its_errors(client):
    problem = client.get("/api/articles/?x=1&y=2").json()
    assert problem["detail"].startswith("x: unknown parameter")
    assert "; y: unknown parameter" in problem["detail"]
    assert sorted(problem["errors"]) == ["x", "y"]


def test_the_api_module_can_be_imported_first():
    code = "import django; django.setup(); import zeeguu.base.api"
    settings = {"DJANGO_SETTINGS_MODULE": "zeeguu.settings_test"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **settings}, check=False
    )
    assert done.returncode == 0


def test_json_that_is_nested_too_deep_is_a_bad_request(client):
    body = "[" * 200_000
    response = client.post("/api/token/", body, content_type="application/json")
    assert response.status_code == 400
    assert "nested too deep" in response.json()["detail"]


@pytest.mark.parametrize("charset", ["hex", "rot13", "zip", "utf-16", "nonsense"])
def test_json_is_utf_8_whatever_the_header_says(client, charset):
    kind = f"application/json; charset={charset}"
    body = {"email": "ada@example.com", "password": "å"}
    response = client.generic(
        "POST", "/api/token/", json.dumps(body, ensure_ascii=False), kind
    )
    assert facts(response) == (400, PROBLEM)
    assert "wrong" in response.json()["detail"]


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", ["application/json", FORM, "text/plain"])
@pytest.mark.parametrize("url", ["/api/token/", "/api/feeds/", "/api/nowhere/"])
def test_a_body_that_is_too_large_is_a_413_that_tells_the_limit(
    client, settings, url, kind
):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.generic("POST", url, b" " * 1001, kind)
    assert facts(response) == (413, PROBLEM)
    assert response.json() == {
        "type": "about:blank",
        "title": "content too large",
        "status": 413,
        "detail": "A body may have 1000 bytes at most.",
    }
    assert client.generic("POST", url, b" " * 1000, kind).status_code != 413


def test_a_form_of_a_page_that_is_too_large_is_a_page(admin_client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = admin_client.post("/admin/login/", "a" * 1001, FORM)
    assert facts(response) == (413, PAGE)
    assert b"<h1>This is too large</h1>" in response.content


@pytest.mark.parametrize("length", ["", "x", "-1", "²"])
def test_a_length_that_is_none_is_no_error(client, length):
    assert client.get("/api/languages/", CONTENT_LENGTH=length).status_code == 200


def test_what_is_wrong_within_a_field_is_named_by_its_place():
    told = problem(400, "bad request", {"words": {3: ["too long"], "hus": ["what?"]}})
    assert told["detail"] == "words: 3: too long"
    assert told["errors"] == {"words": {"3": ["too long"], "hus": ["what?"]}}
