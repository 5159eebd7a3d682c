"""Without a database: 503 and when to ask again, whoever asks for what, and never 500.

Most tests here need no rows, only a connection that can't be had; so they have no
database of their own to lose.
"""

import logging
import re

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
)
from django.test import Client
from django.urls import URLPattern, get_resolver, path

from learners.accounts.store import SessionStore
from ops.database.errors import DatabaseAway, PoolExhausted, Unavailable, is_outage
from tokenization.searching import _language_names
from zeeguu import urls

# How a try to connect ends is the business of the database's own wrapper.
pytestmark = pytest.mark.anydb

PROBLEM, PAGE = "application/problem+json", "text/html; charset=utf-8"
HTML, ANY, JSON = "text/html,*/*;q=0.8", "*/*", "application/json"
SIGNED_IN = {"Cookie": "sessionid=0123456789abcdefghijklmnopqrstuv"}
TOKEN = {"Authorization": "Token 0123456789abcdef0123456789abcdef01234567"}
REFUSED = OperationalError(2003, "Can't connect to MySQL server on '10.1.2.3'")
FAILURES = [REFUSED, PoolExhausted("all 30 are in use"), DatabaseAway("away", 1.5)]
# In place of the parameters of addresses; all others are ids.
SAMPLES = {
    "code": "da",
    "slug": "science",
    "app_label": "articles",
    "url": "nothing/",
}
# The same for everybody, or, of the health pages, with an answer of their own.
NOT_READING = {
    "/favicon.ico",
    # Forms, which take a POST.
    "/account/languages/",
    "/account/languages/da/activate/",
    "/account/languages/da/leave/",
    "/account/preferences/",
    "/account/sessions/1/end/",
    "/account/sign-out/",
    "/practice/answer/",
    "/practice/undo/",
    "/read/da/1/known/",
    "/read/da/1/mine/",
    "/words/1/",
    "/words/1/delete/",
    # They answer POST or PATCH alone; of them, reports ask the database (see below).
    "/api/account/",
    "/api/account/confirm/",
    "/api/account/password/",
    "/api/account/resend/",
    "/api/account/upgrade/",
    "/api/accounts/",
    "/api/accounts/anonymous/",
    "/api/password/forgotten/",
    "/api/password/reset/",
    "/api/sessions/1/",
    "/api/articles/1/known/",
    "/api/cohorts/1/members/1/",
    "/api/cohorts/1/membership/",
    "/api/cohorts/join/",
    "/account/confirm/again/",
    "/api/explain/",
    "/api/me/languages/da/",
    "/api/words/import/",
    "/api/practice/cards/",
    "/api/practice/cards/1/",
    "/api/practice/reviews/",
    "/api/practice/undo/",
    "/api/texts/1/known/",
    "/api/translate/sentence/",
    "/api/translations/reports/",
    "/api/token/",
    "/api/token/all/",
    "/health/",
    "/health/live",
    "/health/ready",
}


def addresses(patterns=None, prefix="/"):
    """An address of each pattern of the project."""
    for found in patterns or get_resolver("zeeguu.urls").url_patterns:
        route = prefix + str(found.pattern)
        if not isinstance(found, URLPattern):
            yield from addresses(found.url_patterns, route)
        # The suffix names the format of an address that is there without it too.
        elif "format>" not in route:
            parameter = r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>"
            filled = re.sub(parameter, lambda m: SAMPLES.get(m[1] or m[2], "1"), route)
            yield filled.replace("^", "").replace("$", "")


READING = [address for address in addresses() if address not in NOT_READING]
API = [address for address in READING if address.startswith("/api/")]
# Those that read it for anybody, not only to see who it is that asks.
PUBLIC_API = [
    "/api/languages/",
    "/api/languages/da/",
    "/api/topics/",
    "/api/topics/science/",
    "/api/feeds/",
    "/api/feeds/1/",
    "/api/articles/",
    "/api/articles/?language=da",
    "/api/articles/1/",
    "/api/articles/1/summary/",
    "/api/articles/1/similar/",
    "/api/articles/summaries/?ids=1,2",
]
PUBLIC_PAGES = ["/", "/read/da/", "/read/da/?before=7", "/read/da/1/", "/read/xx/"]


@pytest.fixture
def fails_with(monkeypatch, django_db_blocker):
    """Make every try to connect fail with an exception."""

    def fail(exc):
        def connect(self):
            raise exc

        connection.close()
        _language_names.cache_clear()  # some pages need no more of the database
        monkeypatch.setattr(type(connections["default"]), "connect", connect)

    with django_db_blocker.unblock():
        yield fail


@pytest.fixture
def away(fails_with):
    fails_with(REFUSED)


@pytest.fixture
def calm(client):
    """A client that gets the answer, as a browser does, and not the exception."""
    client.raise_request_exception = False
    return client


def require_503(response, content_type):
    assert response.status_code == 503, response.content
    assert response["Content-Type"] == content_type
    assert re.fullmatch("[1-9][0-9]*", response["Retry-After"])
    assert response["Cache-Control"] == "no-store"


def require_problem(response):
    require_503(response, PROBLEM)
    problem = response.json()
    assert problem["status"] == 503
    assert set(problem) == {"type", "title", "status", "detail"}


def require_page(response):
    require_503(response, PAGE)
    assert b"<h1>Back in a moment</h1>" in response.content


# --- every address


def test_all_addresses_of_the_project_are_found():
    assert set(addresses()) >= NOT_READING
    assert len(API) > 12
    assert len(READING) > 60


@pytest.mark.parametrize("accept", [HTML, ANY, JSON])
@pytest.mark.parametrize("url", PUBLIC_API)
def test_the_api_answers_with_a_problem_whatever_is_accepted(calm, away, url, accept):
    require_problem(calm.get(url, headers={"Accept": accept}))


def test_a_report_of_a_wrong_translation_is_answered_with_a_problem(calm, away):
    said = {"from": "da", "to": "en", "headword": "avis", "translation": "newspaper"}
    url = "/api/translations/reports/"
    require_problem(calm.post(url, said, content_type="application/json"))


@pytest.mark.parametrize("who", [TOKEN, SIGNED_IN])
@pytest.mark.parametrize("url", API)
def test_the_api_tells_nobody_to_sign_in(calm, away, url, who):
    require_problem(calm.get(url, headers={"Accept": ANY, **who}))


@pytest.mark.parametrize("url", PUBLIC_PAGES)
def test_readers_get_a_page(calm, away, url):
    require_page(calm.get(url, headers={"Accept": HTML}))


@pytest.mark.parametrize("url", sorted(set(READING) - set(API)))
def test_those_who_are_signed_in_get_a_page(calm, away, url):
    require_page(calm.get(url, headers={"Accept": HTML, **SIGNED_IN}))


@pytest.mark.parametrize("url", PUBLIC_PAGES)
def test_programs_get_a_problem_where_people_get_a_page(calm, away, url):
    require_problem(calm.get(url, headers={"Accept": ANY}))
    require_problem(calm.get(url))


def test_who_is_signed_in_and_lost_gets_no_500(calm, away):
    response = calm.get("/nothing/", headers={"Accept": HTML, **SIGNED_IN})
    assert response.status_code in (404, 503)


@pytest.mark.parametrize("method", ["head", "options"])
def test_other_methods_are_503_too(calm, away, method):
    response = getattr(calm, method)("/api/articles/1/", headers=TOKEN)
    require_503(response, PROBLEM)


def test_a_health_token_is_not_an_account(calm, away, settings):
    settings.HEALTH_TOKEN = "secret"
    headers = {"Authorization": "Bearer secret", "Accept": JSON}
    assert calm.get("/health/pool", headers=headers).status_code == 200


# --- what is sent


@pytest.mark.parametrize("accept", [HTML, ANY])
def test_signing_in_is_503(calm, away, accept):
    credentials = {"email": "ada@example.com", "password": "secret"}
    response = calm.post("/api/token/", credentials, JSON, headers={"Accept": accept})
    require_problem(response)


@pytest.mark.parametrize("who", [TOKEN, SIGNED_IN])
def test_adding_a_feed_is_503(calm, away, who):
    feed = {"url": "https://feeds.example.com/1", "language": "da"}
    require_problem(calm.post("/api/feeds/", feed, JSON, headers=who))
    require_problem(calm.patch("/api/feeds/1/", {}, JSON, headers=who))


def test_refilling_is_503(calm, away):
    require_problem(calm.post("/api/tokenization/1/refill/", headers=TOKEN))


def test_signing_in_to_the_admin_is_a_page(calm, away):
    form = {"username": "ada@example.com", "password": "secret"}
    require_page(calm.post("/admin/login/", form, headers={"Accept": HTML}))


# --- what goes on


@pytest.mark.parametrize("url", ["/api/docs/", "/api/schema/", "/health/live"])
def test_what_needs_no_database_goes_on(calm, away, url):
    assert calm.get(url).status_code == 200


def test_the_form_to_sign_in_goes_on(calm, away):
    assert calm.get("/admin/", headers={"Accept": HTML}).status_code == 302
    assert calm.get("/admin/login/", headers={"Accept": HTML}).status_code == 200


def test_static_files_go_on(away, settings, tmp_path):
    (tmp_path / "page.css").write_text("p { color: red }")
    settings.STATIC_ROOT = tmp_path
    response = Client().get("/static/page.css", headers=SIGNED_IN)
    assert b"".join(response.streaming_content) == b"p { color: red }"
    response.close()


@pytest.mark.parametrize("url", ["/health/", "/health/ready"])
def test_the_health_pages_say_what_is_wrong(calm, away, url):
    response = calm.get(url, headers={"Accept": JSON})
    assert response.status_code == 503
    assert "the database can't be read" in response.text


# --- when to ask again


@pytest.mark.parametrize("exc", FAILURES, ids=repr)
def test_however_it_fails_it_is_503(calm, fails_with, exc):
    fails_with(exc)
    require_page(calm.get("/", headers={"Accept": HTML}))
    require_problem(calm.get("/api/articles/"))


@pytest.mark.parametrize(
    ("wait_s", "answer"),
    [(0.0, "1"), (0.2, "1"), (1, "1"), (1.2, "2"), (2.0, "2"), (29.01, "30")],
)
def test_it_says_when_to_ask_again(calm, fails_with, wait_s, answer):
    fails_with(DatabaseAway("away", wait_s))
    response = calm.get("/api/articles/")
    assert response["Retry-After"] == answer
    assert f"again in {answer} s" in response.json()["detail"]


def test_it_tells_nobody_about_the_server(calm, away):
    for accept in (HTML, JSON):
        response = calm.get("/", headers={"Accept": accept})
        assert "10.1.2.3" not in response.text


@pytest.mark.django_db
def test_a_connection_that_breaks_is_503(calm):
    def lost(*args):
        raise OperationalError(2013, "Lost connection to server during query")

    with connection.execute_wrapper(lost):
        require_problem(calm.get("/api/articles/"))
        require_page(calm.get("/", headers={"Accept": HTML}))


@pytest.mark.django_db(transaction=True)
def test_afterwards_all_is_as_before(calm, monkeypatch):
    def connect(self):
        raise REFUSED

    connection.close()
    with monkeypatch.context() as patch:
        patch.setattr(type(connections["default"]), "connect", connect)
        require_problem(calm.get("/api/languages/"))
    assert calm.get("/api/languages/").status_code == 200


def test_in_a_view_it_is_not_reported_as_a_bug(client, away):
    # Otherwise this client would raise what it is told of.
    require_problem(client.get("/"))


def test_a_developer_sees_it_too(calm, away, settings):
    settings.DEBUG = True
    require_page(calm.get("/read/da/", headers={"Accept": HTML}))


# --- outside of views


@pytest.fixture
def saving_fails_with(admin_client, settings, monkeypatch):
    """A client whose session can't be saved, after the view has answered."""

    def fail(exc):
        def save(self, must_create=False):
            raise exc

        settings.SESSION_SAVE_EVERY_REQUEST = True
        monkeypatch.setattr(SessionStore, "save", save)
        admin_client.raise_request_exception = False
        return admin_client

    return fail


@pytest.mark.django_db
def test_a_session_that_cannot_be_saved_is_503(saving_fails_with):
    client = saving_fails_with(OperationalError(2006, "Server has gone away"))
    require_page(client.get("/", headers={"Accept": HTML}))
    require_problem(client.get("/", headers={"Accept": ANY}))
    require_problem(client.get("/api/languages/", headers={"Accept": HTML}))


@pytest.mark.django_db
def test_a_session_that_a_bug_does_not_save_is_500(saving_fails_with):
    client = saving_fails_with(ValueError("a bug"))
    response = client.get("/", headers={"Accept": HTML})
    assert response.status_code == 500
    assert "Retry-After" not in response


# --- bugs stay bugs

BUGS = {
    "value": ValueError("a bug"),
    "column": OperationalError(1054, "Unknown column 'x' in 'field list'"),
    "table": OperationalError("no such table: articles_article"),
    "program": ProgrammingError(1146, "Table 'zeeguu.x' doesn't exist"),
    "integrity": IntegrityError(1062, "Duplicate entry"),
}


def break_down(request, bug):
    raise BUGS[bug]


urlpatterns = [
    path("bugs/<bug>/", break_down),
    path("api/bugs/<bug>/", break_down),
    *urls.urlpatterns,
]
handler500 = urls.handler500


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_a_500(calm, bug):
    page = calm.get(f"/bugs/{bug}/", headers={"Accept": HTML})
    problem = calm.get(f"/api/bugs/{bug}/")
    assert (page.status_code, page["Content-Type"]) == (500, PAGE)
    assert (problem.status_code, problem["Content-Type"]) == (500, PROBLEM)
    assert "Retry-After" not in page
    assert "Retry-After" not in problem


# --- the log


@pytest.mark.parametrize("url", ["/", "/api/articles/", "/read/da/1/"])
def test_the_log_has_one_line_for_it(calm, away, caplog, url):
    calm.get(url, headers={"Accept": HTML})
    [record] = caplog.records
    assert record.exc_info is None
    assert url in record.getMessage()
    assert "2003" in record.getMessage()


@pytest.mark.django_db
def test_the_log_has_one_line_for_it_outside_of_views(saving_fails_with, caplog):
    saving_fails_with(OperationalError(2006, "Server has gone away")).get("/")
    [record] = caplog.records
    assert record.exc_info is None
    assert "2006" in record.getMessage()


def test_a_path_makes_no_second_line(calm, away, caplog):
    calm.get("/read/d%0Aops.outage: All is well/", headers={"Accept": HTML})
    lines = [record.getMessage() for record in caplog.records]
    assert any("All is well" in line for line in lines)
    assert not any("\n" in line for line in lines)


def test_a_message_makes_no_second_line(calm, fails_with, caplog):
    fails_with(Unavailable("no connection: it is closed\nSee: https://sqlalche.me"))
    calm.get("/")
    assert not any("\n" in record.getMessage() for record in caplog.records)


@pytest.mark.urls(__name__)
def test_a_bug_has_its_traceback_in_the_log(calm, caplog):
    with caplog.at_level(logging.ERROR):
        calm.get("/bugs/value/")
    assert [record.exc_info[1] for record in caplog.records] == [BUGS["value"]]


# --- what an outage is


@pytest.mark.parametrize(
    "exc",
    [
        *(OperationalError(number, "x") for number in (1040, 1045, 1053, 1205, 1213)),
        *(OperationalError(number, "x") for number in (1290, 1927, 1969, 2002, 2003)),
        *(OperationalError(number, "x") for number in (2005, 2006, 2013, 3024, 4031)),
        InterfaceError(0, ""),
        InterfaceError(2006, "Server has gone away"),
        OperationalError("database is locked"),
        OperationalError("database table is locked: articles_article"),
        OperationalError("unable to open database file"),
        OperationalError("disk I/O error"),
        OperationalError("database or disk is full"),
        OperationalError("attempt to write a readonly database"),
        Unavailable("no connection"),
        PoolExhausted("all are in use"),
        DatabaseAway("away", 2),
    ],
    ids=repr,
)
def test_it_is_an_outage(exc):
    assert is_outage(exc)


@pytest.mark.parametrize(
    "exc",
    [
        *BUGS.values(),
        OperationalError(1364, "Field 'x' doesn't have a default value"),
        OperationalError("no such column: x"),
        OperationalError("too many SQL variables"),
        OperationalError(),
        InterfaceError("Error binding parameter 0 - probably unsupported type."),
        IntegrityError(1205, "x"),
        DatabaseError("x"),
        OSError(2003, "x"),
        KeyError("locked"),
        None,
    ],
    ids=repr,
)
def test_it_is_no_outage(exc):
    assert not is_outage(exc)
