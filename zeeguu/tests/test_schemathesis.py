"""Calls made up from the API's schema: no 5xx, and no answer but those it tells of."""

import os
from itertools import cycle

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from articles import services
from articles.crawler.feeds.looks import NOTHING
from articles.models import Topic
from articles.tests.factories import make_article, make_run, make_visit
from tokenization.tests.factories import make_row
from zeeguu.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.integration]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    allow_header_conformance,
]
FOUND = NOTHING | {"title": "Fjordbladet", "language": "da"}
bounded = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def kept_connection():
    """A real server's end of a request would end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def rows(stub, monkeypatch):
    """Something of everything, and looks at feeds that fetch nothing."""
    row = make_row(make_article(topics=Topic.objects.all()[:2], level="A1"))
    make_article()
    make_row(make_article(), error="refused", failures=1)
    make_visit(row.article.feed, run=make_run(), found=2, seconds=1)
    looks = cycle([FOUND, FOUND, NOTHING | {"error": "not a feed"}])
    look = lambda url, *args, **options: {**next(looks), "url": url}  # noqa: E731
    monkeypatch.setattr(services, "preview", look)


schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


def require_as_told(case, headers=None):
    """Ask as the case says, and check what is answered."""
    response = case.call(headers={"Accept-Encoding": "identity", **(headers or {})})
    case.validate_response(response, checks=CHECKS)


@schema.parametrize()
@bounded
def test_anybody(case):
    require_as_told(case)


@schema.parametrize()
@bounded
def test_a_reader(case, reader_api):
    require_as_told(case, sent(reader_api))


@schema.parametrize()
@bounded
def test_staff(case, staff_api):
    require_as_told(case, sent(staff_api))


def sent(client):
    return {"Authorization": client._credentials["HTTP_AUTHORIZATION"]}
