"""Tokens of the API: how they end, what is stored of them, and what they cost."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from articles import cleaning
from learners.accounts import sessions
from learners.models import Session, User

pytestmark = pytest.mark.django_db

TOKEN, ALL = "/api/token/", "/api/token/all/"
STAFF_ONLY = "/api/tokenization/"
PASSWORD = "correct horse"


@pytest.fixture
def ada():
    return User.objects.create_user("ada@example.com", PASSWORD, is_staff=True)


def with_token(text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def opens(text):
    return with_token(text).get(STAFF_ONLY).status_code == 200


def tokens_of(user, number):
    return [sessions.begin(user)[1] for _ in range(number)]


def expire(**of):
    Session.objects.filter(**of).update(expires_at=timezone.now())


# --- how they are made


def test_a_token_says_when_it_ends(api, ada):
    credentials = {"email": ada.email, "password": PASSWORD}
    response = api.post(TOKEN, credentials)
    expiry = datetime.fromisoformat(response.json()["expiry"])
    assert abs(expiry - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert response.headers["Cache-Control"] == "no-store"
    assert opens(response.json()["token"])


def test_its_text_is_stored_nowhere(ada):
    token, text = sessions.begin(ada)
    [stored] = Session.objects.values()
    assert text not in str(stored)
    assert len(text) == 43
    assert stored["digest"] != text
    assert text[:15] not in str(token)


def test_a_user_has_so_many_and_the_oldest_goes(ada, settings):
    eve = User.objects.create_user("eve@example.com", is_staff=True)
    other = tokens_of(eve, 1)
    first, *rest = tokens_of(ada, 11)
    assert not opens(first)
    assert all(opens(text) for text in (*rest, *other))


def test_a_bad_token_is_no_hindrance_to_sign_in(ada):
    client = with_token("nonsense")
    assert client.post(TOKEN, {"email": ada.email, "password": PASSWORD}).json()[
        "token"
    ]


def test_what_has_expired_is_removed_of_everybody(ada):
    eve = User.objects.create_user("eve@example.com")
    tokens_of(eve, 2)
    expire(user=eve)
    sessions.begin(ada)
    assert sessions.prune in cleaning.others
    assert sessions.prune() == 2
    assert Session.objects.get().user == ada


# --- what they cost


def test_a_call_with_a_token_costs_one_query_more_and_writes_nothing(ada):
    text = tokens_of(ada, 5)[0]
    expire(pk__in=list(Session.objects.values_list("pk", flat=True)[:2]))
    client, url = with_token(text), "/api/languages/"
    with CaptureQueriesContext(connection) as anonymous:
        assert APIClient().get(url).status_code == 200
    with CaptureQueriesContext(connection) as signed_in:
        assert client.get(url).status_code == 200
    assert len(signed_in) == len(anonymous) + 1
    assert all(query["sql"].startswith("SELECT") for query in signed_in)


# --- how they end


def test_an_expired_token_opens_nothing(ada):
    [text] = tokens_of(ada, 1)
    expire()
    assert not opens(text)


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token nonsense",
        "Token two words",
        "Token " + "0" * 64,
        "Token " + "0" * 5000,
        b"Token \xff\xfe",
        b"Token \xc3\xa6\xc3\xb8",
        "Token a\x00b",
    ],
)
def test_a_bad_token_is_refused_with_the_scheme_that_is_wanted(header, ada):
    tokens_of(ada, 1)
    if isinstance(header, bytes):
        header = header.decode("latin-1")
    for url in ("/api/languages/", STAFF_ONLY):
        response = APIClient().get(url, HTTP_AUTHORIZATION=header)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Token"
        assert response.headers["Content-Type"] == "application/problem+json"


def test_half_a_token_is_none(ada):
    [text] = tokens_of(ada, 1)
    assert not opens(text[:15])
    assert not opens(text[:15] + "0" * 28)


def test_one_token_is_revoked(ada):
    first, second = tokens_of(ada, 2)
    assert with_token(first).delete(TOKEN).status_code == 204
    assert (opens(first), opens(second)) == (False, True)


def test_all_tokens_of_a_user_are_revoked(ada):
    eve = User.objects.create_user("eve@example.com", is_staff=True)
    mine, others = tokens_of(ada, 3), tokens_of(eve, 1)
    assert with_token(mine[0]).delete(ALL).status_code == 204
    assert [opens(text) for text in mine + others] == [False] * 3 + [True]


def test_readers_revoke_theirs_too(reader_api):
    assert reader_api.delete(TOKEN).status_code == 204
    assert not Session.objects.exists()


@pytest.mark.parametrize("url", [TOKEN, ALL])
def test_nobody_revokes_without_a_token(url, api, client, ada):
    assert api.delete(url).status_code == 401
    assert api.delete(url).headers["WWW-Authenticate"] == "Token"
    client.force_login(ada)  # which another page's form could make use of
    assert client.delete(url).status_code == 401


def test_a_new_password_revokes_all(ada):
    text = tokens_of(ada, 2)[0]
    ada.set_password("battery staple")
    ada.save()
    assert not opens(text)
    assert not Session.objects.exists()


def test_a_new_password_by_the_admin_revokes_all(ada, admin_client):
    [text] = tokens_of(ada, 1)
    form = {"password1": "battery-7-staple", "password2": "battery-7-staple"}
    form["usable_password"] = "true"
    admin_client.post(f"/admin/learners/user/{ada.pk}/password/", form)
    assert not opens(text)


def test_the_end_of_an_account_revokes_all_for_good(ada, admin_client):
    [text] = tokens_of(ada, 1)
    form = {"email": ada.email, "is_staff": "on"}
    admin_client.post(f"/admin/learners/user/{ada.pk}/change/", form)
    assert not Session.objects.filter(user=ada).exists()
    User.objects.update(is_active=True)
    assert not opens(text)


def test_a_stronger_hash_of_the_same_password_revokes_nothing(ada, settings):
    [text] = tokens_of(ada, 1)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    assert User.objects.get().check_password(PASSWORD)
    assert User.objects.get().password.startswith("pbkdf2")
    assert opens(text)


def test_another_name_revokes_nothing(ada):
    [text] = tokens_of(ada, 1)
    ada.name = "Ada Lovelace"
    ada.save()
    assert opens(text)


# --- in the admin


LIST = "/admin/learners/session/"


def test_the_admin_lists_tokens_without_secrets(ada, admin_client):
    token, text = sessions.begin(ada)
    page = admin_client.get(LIST).content.decode()
    assert str(ada) in page
    detail = admin_client.get(f"{LIST}{token.pk}/change/").content.decode()
    for shown in (page, detail):
        assert text[:15] not in shown
    assert admin_client.get(f"{LIST}add/").status_code == 403


def test_more_tokens_cost_the_list_no_more_queries(ada, admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(LIST).status_code == 200
        return len(captured)

    tokens_of(ada, 1)
    few = queries()
    for number in range(9):
        sessions.begin(User.objects.create_user(f"{number}@example.com"))
    assert queries() == few


def test_the_admin_revokes_one_and_a_selection(ada, admin_client):
    (first, text), (second, _), (third, last) = (sessions.begin(ada) for _ in range(3))
    admin_client.post(f"{LIST}{first.pk}/delete/", {"post": "yes"})
    assert not opens(text)
    form = {"action": "delete_selected", "_selected_action": second.pk, "post": "yes"}
    admin_client.post(LIST, form)
    assert Session.objects.get(user=ada) == third
    assert opens(last)


def test_an_expired_token_is_marked_in_the_list(ada, admin_client):
    sessions.begin(ada)
    assert "icon-yes" in admin_client.get(LIST).content.decode()
    expire(user=ada)
    assert "icon-no" in admin_client.get(LIST).content.decode()


# --- those of before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "app", "table"),
    [
        ("0001", "authtoken", "authtoken_token"),
        ("0005", "knox", "knox_authtoken"),
        ("0005", "sessions", "django_session"),
    ],
)
def test_those_of_before_are_removed(before, app, table):
    call_command("migrate", "learners", before, verbosity=0)
    recorder = MigrationRecorder(connection)
    recorder.record_applied(app, "0001_initial")
    with connection.schema_editor() as editor:
        editor.execute(f"CREATE TABLE {table} (code VARCHAR(40))")
    call_command("migrate", verbosity=0)
    assert table not in connection.introspection.table_names()
    assert not recorder.migration_qs.filter(app=app).exists()


@pytest.mark.django_db(transaction=True)
def test_accounts_of_before_get_ids_of_their_own():
    call_command("migrate", "learners", "0005", verbosity=0)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO learners_user (password, is_superuser, email, name, is_staff,"
            " is_active, date_joined) VALUES ('', 0, %s, '', 0, 1, '2026-01-01')",
            [["ada@example.com"], ["eve@example.com"]],
        )
    call_command("migrate", verbosity=0)
    assert len(set(User.objects.values_list("uuid", flat=True))) == 2
