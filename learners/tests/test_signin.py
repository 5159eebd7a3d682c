import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners import backends
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


def test_signing_in_again_gives_another_token_and_both_are_good(api, ada):
    tokens = [sign_in(api).json()["token"] for _ in range(2)]
    assert len(set(tokens)) == 2
    for token in tokens:
        api.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        assert api.get("/api/tokenization/").status_code == 200


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
    # One for the account, and one for accounts that wait for the address.
    assert hashed == [1, 1]


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


LOGIN = "/admin/login/"


def try_page(client, email="ada@example.com", password="wrong", **extra):
    form = {"username": email, "password": password}
    return client.post(LOGIN, form, **extra)


def test_the_admin_and_the_api_count_together(api, client, ada):
    statuses = [try_page(client).status_code for _ in range(5)]
    statuses += [sign_in(api, password="wrong").status_code for _ in range(5)]
    assert statuses == [200] * 5 + [400] * 5
    assert try_page(client).status_code == sign_in(api).status_code == 429


def test_the_admin_shows_a_page_that_says_when_to_try_again(client, ada):
    for _ in range(10):
        try_page(client)
    response = try_page(client, password="correct horse")
    page = response.content.decode()
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert response.headers["Content-Type"].startswith("text/html")
    assert f"in {response.headers['Retry-After']} second" in page
    assert response.headers["Cache-Control"] == "no-store"


def test_a_throttled_page_asks_the_database_nothing_of_accounts(client, ada):
    for _ in range(10):
        try_page(client)
    with CaptureQueriesContext(connection) as captured:
        assert try_page(client).status_code == 429
    assert "learners_user" not in str(captured.captured_queries)


def change_password(client, old, **extra):
    form = {"old_password": old, "new_password1": "x", "new_password2": "y"}
    return client.post("/admin/password_change/", form, **extra)


def test_the_old_password_has_as_many_tries_when_it_is_changed(api, client, ada):
    client.force_login(ada)
    statuses = [change_password(client, f"wrong {n}").status_code for n in range(11)]
    assert statuses == [200] * 10 + [429]
    response = change_password(client, "correct horse")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) <= 60
    assert sign_in(api).status_code == 429


def test_from_many_addresses_too(client, ada):
    client.force_login(ada)
    statuses = [
        change_password(client, "wrong", REMOTE_ADDR=f"10.0.0.{n}").status_code
        for n in range(21)
    ]
    assert statuses == [200] * 20 + [429]


def test_a_password_is_changed_by_the_old_one(client, ada):
    client.force_login(ada)
    new = "a battery and a staple"
    form = {"old_password": "correct horse", "new_password1": new}
    response = client.post("/admin/password_change/", {**form, "new_password2": new})
    assert response.status_code == 302
    assert User.objects.get().check_password(new)


def test_many_addresses_have_few_tries_at_one_account(api, ada):
    tries = [
        sign_in(api, password="wrong", REMOTE_ADDR=f"10.0.0.{n}").status_code
        for n in range(30)
    ]
    assert tries == [400] * 20 + [429] * 10


def test_an_unknown_account_is_throttled_alike(api, ada):
    tries = [
        sign_in(api, "eve@example.com", REMOTE_ADDR=f"10.0.0.{n}").status_code
        for n in range(21)
    ]
    assert tries[-1] == 429


@pytest.mark.parametrize("by", [sign_in, try_page])
def test_the_owner_gets_in_from_where_she_did_before(by, api, client, ada):
    sign_in(api, REMOTE_ADDR="192.0.2.1")
    for n in range(30):
        sign_in(api, "ADA@example.com", "wrong", REMOTE_ADDR=f"10.0.0.{n}")
    assert sign_in(api, REMOTE_ADDR="192.0.2.2").status_code == 429
    visitor = api if by is sign_in else client
    response = by(visitor, password="correct horse", REMOTE_ADDR="192.0.2.1")
    assert response.status_code in (200, 302)


@pytest.mark.parametrize(
    "spelling", ["ádà@example.com", "ada@exämple.com", "ada@example.com "]
)
def test_names_that_a_database_finds_alike_are_nobodys(spelling, ada):
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(spelling)


@pytest.mark.parametrize(
    ("meta", "address"),
    [
        ({"REMOTE_ADDR": "192.0.2.1"}, "192.0.2.1"),
        ({"REMOTE_ADDR": "::ffff:192.0.2.1"}, "192.0.2.1"),
        ({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        ({"REMOTE_ADDR": ""}, "''"),
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}, "192.0.2.1"),
    ],
)
def test_an_address_is_a_host_or_a_network_of_ipv6(meta, address, rf):
    assert backends.address_of(rf.get("/", **meta)) == address


def test_behind_a_proxy_the_last_address_that_it_names_counts(rf, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    made_up = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, [2001:db8::7]"}
    assert backends.address_of(rf.get("/", **made_up)) == "2001:db8::/64"
    garbage = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, un\nknown"}
    assert backends.address_of(rf.get("/", **garbage)) == r"'un\nknown'"


def test_where_nothing_can_be_written_each_process_counts_and_says_so(
    api, ada, settings, tmp_path, caplog
):
    settings.RUN_DIR = tmp_path / "file"
    settings.RUN_DIR.write_text("in the way")
    tries = [sign_in(api, password="wrong").status_code for _ in range(11)]
    assert tries == [400] * 10 + [429]
    assert "counted by each process alone" in caplog.text


def test_a_damaged_file_is_begun_anew(api, ada, settings, tmp_path, caplog):
    settings.RUN_DIR = tmp_path
    (tmp_path / backends.FILE).write_bytes(b"garbage " * 1000)
    assert sign_in(api).status_code == 200
    assert "not a database" in caplog.text
    caplog.clear()
    assert sign_in(api).status_code == 200
    assert "alone" not in caplog.text
