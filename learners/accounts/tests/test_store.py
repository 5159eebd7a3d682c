"""Sessions of browsers: how they are stored, who has them, and how they end."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate, get_user, login
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.accounts import sessions
from learners.accounts.store import SessionStore
from learners.models import Session, User

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"
LOGIN = "/admin/login/"


@pytest.fixture
def ada():
    return User.objects.create_user("ada@example.com", PASSWORD, is_staff=True)


def signed_in(client, **extra):
    """The key of a browser that has signed in by the form."""
    form = {"username": "ada@example.com", "password": PASSWORD}
    assert client.post(LOGIN, form, **extra).status_code == 302
    return client.cookies["sessionid"].value


def is_signed_in(client):
    return client.get("/admin/password_change/").status_code == 200


def test_the_key_is_stored_nowhere_and_the_user_is(client, ada):
    key = signed_in(client, HTTP_USER_AGENT="Lynx\t2.9\x00")
    [stored] = Session.objects.values()
    assert key not in str(stored)
    assert (stored["user_id"], stored["kind"]) == (ada.pk, "browser")
    assert stored["device"] == "Lynx 2.9"


def test_signing_in_changes_the_key_of_before(client, ada):
    store = SessionStore()
    store["anything"] = 1
    store.save()
    client.cookies["sessionid"] = store.session_key
    assert signed_in(client) != store.session_key
    assert not store.exists(store.session_key)


def test_no_browser_chooses_its_key(client, ada):
    client.cookies["sessionid"] = "chosen-by-somebody-else-0123456789"
    key = signed_in(client)
    assert not key.startswith("chosen")
    assert not SessionStore().exists("chosen-by-somebody-else-0123456789")


@pytest.mark.parametrize("kind", ["api", "expired"])
def test_other_sessions_open_nothing_to_a_browser(client, ada, kind):
    key = signed_in(client)
    if kind == "api":
        Session.objects.update(kind=Session.Kind.API)
    else:
        Session.objects.update(expires_at=timezone.now())
    assert not is_signed_in(client)
    assert kind == "api" or sessions.find(key) is None


def test_a_browser_s_key_is_no_token(client, api, ada):
    api.credentials(HTTP_AUTHORIZATION=f"Token {signed_in(client)}")
    assert api.get("/api/languages/").status_code == 401


def test_a_new_password_ends_all_but_the_one_it_was_changed_in(client, ada):
    other = Client()
    signed_in(other)
    signed_in(client)
    new = "a battery and a staple"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", form).status_code == 302
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)


def test_who_signs_in_while_the_password_changes_does_not_stay(rf, ada):
    request = rf.post(LOGIN)
    request.session = SessionStore()
    early = authenticate(None, username=ada.email, password=PASSWORD)
    ada.set_password("a battery and a staple")
    ada.save()
    with pytest.raises(PermissionDenied):
        login(request, early)
    assert not get_user(request).is_authenticated
    with pytest.raises(sessions.PasswordChanged):
        sessions.begin(early)
    assert not Session.objects.exists()


def test_the_oldest_browser_beyond_the_limit_is_signed_out(settings, ada):
    settings.SESSIONS_PER_USER = 2
    clients = [Client() for _ in range(3)]
    for client in clients:
        signed_in(client)
    assert [is_signed_in(client) for client in clients] == [False, True, True]


@pytest.mark.parametrize("by", ["browser", "token"])
def test_when_it_was_seen_is_written_once_an_hour(client, api, ada, by):
    if by == "browser":
        signed_in(client)
        caller, url = client, "/admin/password_change/"
    else:
        _, text = sessions.begin(ada)
        api.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        caller, url = api, "/api/languages/"
    hour_ago = timezone.now() - timedelta(hours=1)
    Session.objects.update(seen_at=hour_ago)
    writes = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            caller.get(url)
        writes.append(sum("UPDATE" in query["sql"] for query in captured))
    assert writes == [1, 0, 0]
    assert Session.objects.get().seen_at > hour_ago


def test_a_session_that_was_ended_meanwhile_is_not_written_again(client, ada):
    key = signed_in(client)
    store = SessionStore(key)
    store["anything"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()
