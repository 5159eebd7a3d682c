"""Headers of all answers, and that no page holds a script or style of its own."""

import json
import re

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connections
from django.test import RequestFactory
from lxml import html

from articles.tests.factories import make_article
from ops.tests.test_outage import addresses
from tokenization import services
from zeeguu.base.api import PageRenderer
from zeeguu.base.errors import csrf_failure
from zeeguu.base.headers import content_policy
from zeeguu.base.problems import PROBLEM

POLICY = "Content-Security-Policy"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
ADDRESSES = sorted(set(addresses()))
# What a page says with its own words in it, where a file of ours should be named.
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:"
    r"|<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")",
    re.IGNORECASE,
)


def inline(page: str) -> list[str]:
    """Elements of a page that a strict policy stops."""
    found = []
    for element in html.fromstring(page).iter("*"):
        names = [name for name in element.attrib if name.startswith("on")]
        is_script = element.tag == "script" and "src" not in element.attrib
        if is_script and element.get("type") == "application/json":
            is_script = False
        if element.tag == "style" or is_script or names or "style" in element.attrib:
            found.append(html.tostring(element, encoding="unicode")[:200])
    return found


@pytest.fixture
def article(db, stub):
    article = make_article(language="da", summary="Kort.")
    services.fill([article])
    return article


@pytest.fixture(params=["reader", "admin"])
def visitor(request, client):
    return (
        request.getfixturevalue("admin_client") if request.param == "admin" else client
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_says_what_a_browser_may_load(address, visitor, article):
    response = visitor.get(address, headers=BROWSER)
    policy = response.headers[POLICY]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy
    if response.headers.get("Content-Type", "").startswith("text/html"):
        assert inline(response.content.decode() or "<p>") == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_so_does_every_answer_to_what_is_sent(address, visitor, article):
    for visitor.handler.enforce_csrf_checks in (True, False):
        response = visitor.post(address, {"a": "b"}, headers=BROWSER)
        assert "default-src 'none'" in response.headers[POLICY]
        if response.headers.get("Content-Type", "").startswith("text/html"):
            assert inline(response.content.decode() or "<p>") == []


def test_a_form_from_elsewhere_is_told_what_to_do(client):
    client.handler.enforce_csrf_checks = True
    response = client.post("/admin/login/", headers=BROWSER)
    assert response.status_code == 403
    assert "reload that page" in response.content.decode()


def test_below_the_api_a_form_from_elsewhere_is_a_problem(rf):
    response = csrf_failure(rf.post("/api/feeds/"), "no token")
    assert response.status_code == 403
    assert response.headers["Content-Type"] == PROBLEM
    assert json.loads(response.content)["detail"] == "CSRF: no token"


@pytest.mark.parametrize(
    "path", sorted((settings.BASE_DIR / "templates").rglob("*.html")), ids=str
)
def test_no_template_of_ours_holds_a_script_or_style(path):
    assert INLINE.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "page",
    [
        "<style>p {}</style>",
        '<p style="color: red">',
        "<p onclick='go()'>",
        "<script>go()</script>",
        '<script type="module">go()</script>',
    ],
)
def test_what_is_inline_is_found_in_templates_and_in_pages(page):
    assert INLINE.search(page)
    assert inline(page)


@pytest.mark.anydb
def test_outages_have_the_headers_too(client, monkeypatch):
    def connect(self):
        raise OperationalError(2003, "away")

    monkeypatch.setattr(type(connections["default"]), "ensure_connection", connect)
    response = client.get("/", headers=BROWSER)
    assert response.status_code == 503
    assert "default-src 'none'" in response.headers[POLICY]
    assert inline(response.content.decode()) == []


def test_errors_before_any_view_have_the_headers_too(client):
    for response in (
        client.get("/", headers={**BROWSER, "Host": "elsewhere.example"}),
        client.get("/nowhere/", headers=BROWSER),
        client.get("/nowhere", headers=BROWSER),
    ):
        assert POLICY in response.headers
        assert inline(response.content.decode() or "<p>") == []


def test_a_bug_has_the_headers_too(client, monkeypatch):
    monkeypatch.setattr("learners.pages.views.reading.languages", lambda: 1 / 0)
    client.raise_request_exception = False
    response = client.get("/", headers=BROWSER)
    assert response.status_code == 500
    assert POLICY in response.headers
    assert inline(response.content.decode()) == []


@pytest.mark.django_db
def test_static_files_answers_carry_the_policy_and_no_browser_guesses_types(client):
    response = client.get("/favicon.ico")
    assert POLICY in response.headers
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_other_headers_tell_browsers_to_keep_to_themselves(client, db):
    headers = client.get("/").headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_images_come_over_https_from_anywhere_where_we_are_read_so():
    assert content_policy(is_https=True)["img-src"] == ["'self'", "data:", "https:"]
    assert content_policy(is_https=False)["img-src"] == ["'self'", "data:", "http:"]


def test_the_pages_of_the_api_keep_their_filters(client, article):
    page = client.get("/api/articles/", headers=BROWSER).content.decode()
    assert PageRenderer.format == "api"
    assert 'data-target="#filtersModal"' in page
    assert 'id="filtersModal"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/api/articles/",
        "/api/articles/0/",
        "/api/docs/",
        "/health/",
        "/da/",
        "/nothing",
    ],
)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_head_is_answered_as_get_but_without_a_body(db, path, coding):
    """As a server sees it: Django's test client would throw the body away itself."""

    def answer(method):
        asked = {"accept-encoding": coding}
        request = RequestFactory().generic(method, path, headers=asked)
        told = []
        body = get_wsgi_application()(request.environ, lambda *args: told.extend(args))
        return told[0], dict(told[1]), b"".join(body)

    status, headers, body = answer("HEAD")
    as_get, whole, page = answer("GET")
    assert (status, body) == (as_get, b"")
    assert page
    assert headers.keys() == whole.keys()
    assert int(headers.get("Content-Length", 1)) > 0
