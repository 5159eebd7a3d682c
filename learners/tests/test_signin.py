import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.models import User

pytestmark = pytest.mark.django_db

TOKEN = "/api/token/"
WRONG = "E-mail or password is wrong."


@pytest.fixture
def ada():
    return User.objects.create_user("ada@example.com", "correct horse", is_staff=True)


def sign_in(api, email="ada@example.com", password="correct horse", **extra):
    return api.post(TOKEN, {"email": email, "password": password}, **extra)


def test_the_right_password_gives_a_token_that_opens_staff_pages(api, ada):
    response = sign_in(api)
    assert response.status_code == 200
    api.credentials(HTTP_AUTHORIZATION=f"Token {response.json()['token']}")
    assert api.get("/api/tokenization/").status_code == 200


def test_the_address_may_be_written_in_capitals(api, ada):
    assert sign_in(api, "ADA@Example.com").status_code == 200


def test_signing_in_again_gives_the_same_token(api, ada):
    assert sign_in(api).json() == sign_in(api).json()


def test_blanks_belong_to_a_password(api, ada):
    assert sign_in(api, password=" correct horse").status_code == 400


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(api, ada):
    wrong = sign_in(api, password="wrong")
    unknown = sign_in(api, "eve@example.com")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()
    assert wrong.json()["detail"] == WRONG


def test_an_unknown_address_takes_as_many_password_hashes_as_a_known_one(
    api, ada, monkeypatch
):
    hashed, set_password = [], User.set_password
    monkeypatch.setattr(
        User, "set_password", lambda *args: hashed.append(1) or set_password(*args)
    )
    sign_in(api, "eve@example.com")
    assert hashed == [1]


def test_an_inactive_user_gets_no_token(api, ada):
    User.objects.update(is_active=False)
    response = sign_in(api)
    assert (response.status_code, response.json()["detail"]) == (400, WRONG)


def test_the_token_of_a_user_who_was_made_inactive_opens_nothing(api, ada):
    api.credentials(HTTP_AUTHORIZATION=f"Token {sign_in(api).json()['token']}")
    User.objects.update(is_active=False)
    assert api.get("/api/tokenization/").status_code == 401


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ["email", "password"]),
        ({"email": "ada@example.com"}, ["password"]),
        ({"email": "no address", "password": "x"}, ["email"]),
        ({"email": "ada@example.com", "password": "x\x00"}, ["password"]),
        ({"email": ["ada@example.com"], "password": {}}, ["email", "password"]),
    ],
)
def test_what_is_missing_or_nonsense_is_named(api, body, names):
    response = api.post(TOKEN, body)
    assert response.status_code == 400
    assert sorted(response.json()["errors"]) == names


def test_the_eleventh_try_in_a_minute_is_refused(api, ada):
    tries = [sign_in(api, password="wrong").status_code for _ in range(11)]
    assert tries == [400] * 10 + [429]
    response = sign_in(api)
    assert response.status_code == 429
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) <= 60


def test_a_made_up_proxy_header_gives_no_more_tries(api, ada):
    tries = [
        sign_in(api, password="wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}").status_code
        for n in range(11)
    ]
    assert tries[-1] == 429


def test_other_addresses_are_not_held_up(api, ada):
    for _ in range(11):
        sign_in(api, password="wrong")
    assert sign_in(api, REMOTE_ADDR="10.0.0.9").status_code == 200


def test_a_throttled_try_asks_the_database_nothing(api, ada):
    for _ in range(10):
        sign_in(api, password="wrong")
    with CaptureQueriesContext(connection) as captured:
        assert sign_in(api).status_code == 429
    assert len(captured) == 0


def test_tokens_are_not_given_to_those_who_only_look(api, ada):
    assert api.get(TOKEN).status_code == 405
