"""How accounts begin, are confirmed, get a new password; and what strangers learn."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from learners.accounts import codes, joining, mails, passwords, sessions
from learners.models import Bookmark, Code, Cohort, Session, User
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

ADA, EVE = "ada@example.com", "eve@example.com"
PASSWORD, OTHER = "correct horse battery", "a staple, a horse"
SIGN_UP, TRY = "/api/accounts/", "/api/accounts/anonymous/"
UPGRADE, CONFIRM = "/api/account/upgrade/", "/api/account/confirm/"
RESEND, CHANGE = "/api/account/resend/", "/api/account/password/"
FORGOTTEN, RESET = "/api/password/forgotten/", "/api/password/reset/"
SESSIONS = "/api/sessions/"


@pytest.fixture
def ada():
    """Somebody whose address is confirmed."""
    return User.objects.create_user(ADA, PASSWORD)


def sign_up(email=ADA, password=PASSWORD, status=201, **more):
    response = APIClient().post(SIGN_UP, {"email": email, "password": password, **more})
    assert response.status_code == status, response.json()
    return response


def client_of(response):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {response.json()['token']}")
    return client


def client_in(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {sessions.begin(user)[1]}")
    return client


def mailed_code(to=ADA):
    [*_, last] = mail.outbox
    assert last.to == [to]
    return re.findall(r"^    (\w{8})$", last.body, re.MULTILINE)[0]


def sign_in(email=ADA, password=PASSWORD):
    return APIClient().post("/api/token/", {"email": email, "password": password})


# --- signing up


def test_who_signs_up_is_signed_in_and_has_the_address_by_the_code():
    client = client_of(sign_up("Ada@Example.com"))
    [account] = User.objects.all()
    assert (account.email, account.pending_email) == (None, ADA)
    response = client.post(CONFIRM, {"code": f" {mailed_code().lower()} "})
    assert response.json()["is_confirmed"] is True
    account.refresh_from_db()
    assert (account.email, account.pending_email) == (ADA, "")
    assert not Code.objects.exists()
    # Once more does no harm.
    assert client.post(CONFIRM, {"code": "again"}).status_code == 200


def test_who_waits_for_the_mail_may_sign_in_again():
    mine = sign_up().json()["account"]["id"]
    assert sign_in().status_code == 200
    assert sign_in(password=OTHER).status_code == 400
    assert Session.objects.filter(user__uuid=mine).count() == 2


def test_a_taken_address_is_answered_as_a_new_one_and_the_mail_says_it(ada):
    taken, new = sign_up(ADA, OTHER), sign_up(EVE, OTHER)
    ours = re.compile(r'"(token|id|email|expiry|joined_at)":"[^"]+"')
    shapes = {ours.sub("", answer.content.decode()) for answer in (taken, new)}
    assert len(shapes) == 1
    assert taken.headers.keys() == new.headers.keys()
    first, second = mail.outbox
    assert first.to == [ADA]
    assert "already" in first.subject
    assert re.search(r"^    \w{8}$", second.body, re.MULTILINE)
    assert not re.search(r"^    \w{8}$", first.body, re.MULTILINE)
    # Nor by what the new account can do.
    for email in (ADA, EVE):
        assert sign_in(email, OTHER).status_code == 200
        assert sign_in(email, "neither of them").status_code == 400
    for client in map(client_of, (taken, new)):
        assert client.post(CONFIRM, {"code": "ABCDEFGH"}).status_code == 400
        assert client.post(RESEND).status_code == 204
    assert sign_in(ADA, PASSWORD).status_code == 200
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def work_of(call, monkeypatch):
    """The statements and the hashes that a call takes."""
    hashed, pbkdf2 = [], hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda *args: hashed.append(1) or pbkdf2(*args),
    )
    with CaptureQueriesContext(connection) as captured:
        status = call().status_code
    monkeypatch.undo()
    sql = [re.sub(r"'[^']*'|\b\d+\b|NULL|x'\w+'", "?", one["sql"]) for one in captured]
    return status, len(hashed), [re.sub(r"_?s\d+_x\d+", "", one)[:40] for one in sql]


@pytest.mark.parametrize("call", ["sign up", "sign in", "forgotten", "reset", "again"])
def test_known_and_unknown_addresses_take_the_same_work(call, ada, monkeypatch):
    client = APIClient()

    def asks(email):
        if call == "sign up":
            return client.post(SIGN_UP, {"email": email, "password": OTHER})
        if call == "sign in":
            return client.post("/api/token/", {"email": email, "password": OTHER})
        if call == "reset":
            facts = {"email": email, "code": "ABCDEFGH", "password": OTHER}
            return client.post(RESET, facts)
        return client.post(FORGOTTEN, {"email": email})

    if call in ("reset", "again"):
        for email in (ADA, EVE):
            client.post(FORGOTTEN, {"email": email})
    known = work_of(lambda: asks(ADA), monkeypatch)
    assert work_of(lambda: asks(EVE), monkeypatch) == known


def test_who_waits_for_an_address_takes_no_more_hashes_to_try(monkeypatch):
    sign_up(ADA)
    (_, waiting, _), (_, unknown, _) = (
        work_of(lambda email=email: sign_in(email, OTHER), monkeypatch)
        for email in (ADA, EVE)
    )
    assert waiting == unknown == 2


def test_mails_are_no_work_of_the_call(settings, monkeypatch):
    """They begin after it, in a thread."""
    settings.MAIL_THREAD = True
    told = []
    monkeypatch.setattr(mails, "_thread", lambda: Told(told))
    sign_up()
    assert not mail.outbox
    [(due, name, to, _)] = told
    assert (name, to) == ("confirm", ADA)


class Told:
    def __init__(self, told):
        self._told = told

    def submit(self, _, *given):
        self._told.append(given)


def test_a_mail_that_cannot_be_sent_is_logged_without_the_address(monkeypatch, caplog):
    def refused(*args):
        raise OSError(f"nobody is at {ADA}")

    monkeypatch.setattr(mails, "send_mail", refused)
    sign_up()
    assert "A mail (confirm) was not sent: OSError" in caplog.text
    assert ADA not in caplog.text


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({"password": "12345678"}, ["password"]),
        ({"password": "ada@example"}, ["password"]),
        ({"email": f"{ADA}\nBcc: {EVE}"}, ["email"]),
        ({"email": "a" * 250 + "@example.com"}, ["email"]),
        ({"email": "", "name": "Ada"}, ["name"]),
        ({"invite": "nobody's"}, ["invite"]),
    ],
)
def test_what_cannot_be_taken_is_named(facts, names):
    response = sign_up(**{"status": 400, **facts})
    assert sorted(response.json()["errors"]) == names
    assert not User.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize("is_needed", [False, True])
def test_an_invite_is_the_code_of_a_class_which_is_joined(settings, is_needed):
    settings.SIGN_UP = "invite" if is_needed else "open"
    teacher = make_learner()
    Cohort.objects.create(name="7b", code="TITFORTAT2", teacher=teacher)
    sign_up(invite="titfortat2")
    assert APIClient().post(TRY, {"invite": "titfortat2"}).status_code == 201
    assert teacher.teaches.get().memberships.count() == 2
    sign_up(EVE, status=400 if is_needed else 201)
    alone = APIClient().post(TRY, {})
    assert alone.status_code == (400 if is_needed else 201)


def test_signing_up_is_throttled_by_network_and_mails_by_address(settings):
    settings.SIGN_UP_RATE, settings.MAIL_RATE = (4, 3600), (2, 3600)
    for _ in range(2):
        sign_up()
    assert sign_up(status=429).headers["Retry-After"]
    sign_up(EVE)
    sign_up("bob@example.com", status=429)
    assert User.objects.count() == 3


def test_other_mails_count_too_whoever_has_the_address(ada, settings):
    settings.MAIL_RATE = (2, 3600)
    for email in (ADA, EVE):
        statuses = [
            APIClient().post(FORGOTTEN, {"email": email}).status_code for _ in range(3)
        ]
        assert statuses == [204, 204, 429]


def test_one_account_mails_no_more_strangers_than_signing_up_does(settings):
    settings.SIGN_UP_RATE = (4, 3600)
    client = client_of(APIClient().post(TRY, {}))
    statuses = [
        client.post(UPGRADE, {"email": f"{n}@example.com", "password": PASSWORD})
        for n in range(5)
    ]
    assert [one.status_code for one in statuses] == [200] * 3 + [429] * 2
    assert len(mail.outbox) == 3


def test_who_waits_for_no_mail_uses_up_nobody_s(ada, settings):
    settings.MAIL_RATE = (1, 3600)
    client = client_in(ada)
    assert [client.post(RESEND).status_code for _ in range(3)] == [409] * 3


def try_from(address, password):
    client = APIClient(REMOTE_ADDR=address)
    return client.post("/api/token/", {"email": ADA, "password": password}).status_code


def test_an_account_that_waits_for_an_address_spares_nobody_its_owner_s_limit(ada):
    """Neither may more be guessed then, nor is the owner kept out."""
    assert try_from("10.0.0.1", PASSWORD) == 200
    sign_up(ADA, OTHER)
    elsewhere = [f"10.0.1.{n}" for n in range(12)]
    assert {try_from(one, OTHER) for one in elsewhere} == {200}
    guesses = [try_from(one, "a guess") for one in elsewhere]
    # Twenty a minute, of which the owner's and theirs were thirteen.
    assert guesses == [400] * 7 + [429] * 5
    assert try_from("10.0.0.1", PASSWORD) == 200


# --- codes


def test_a_code_has_few_tries_and_then_the_right_one_is_wrong_too():
    client = client_of(sign_up())
    statuses = [
        client.post(CONFIRM, {"code": "ABCDEFGH"}).status_code
        for _ in range(codes.TRIES)
    ]
    statuses.append(client.post(CONFIRM, {"code": mailed_code()}).status_code)
    assert statuses == [400] * (codes.TRIES + 1)
    client.post(RESEND)
    assert client.post(CONFIRM, {"code": mailed_code()}).status_code == 200


def test_a_code_expires_and_is_removed():
    client = client_of(sign_up())
    Code.objects.update(expires_at=timezone.now())
    assert client.post(CONFIRM, {"code": mailed_code()}).status_code == 400
    assert codes.prune() == 1


def test_a_code_is_stored_nowhere_and_is_one_account_s_for_one_purpose(ada):
    first, second = client_of(sign_up(EVE)), client_of(sign_up("bob@example.com"))
    code = mailed_code("bob@example.com")
    assert code not in str([*Code.objects.values()])
    assert first.post(CONFIRM, {"code": code}).status_code == 400
    facts = {"email": "bob@example.com", "code": code, "password": OTHER}
    assert APIClient().post(RESET, facts).status_code == 400
    assert second.post(CONFIRM, {"code": code}).status_code == 200


def test_a_code_for_another_address_confirms_none():
    client = client_of(sign_up(EVE))
    code = mailed_code(EVE)
    client.post(UPGRADE, {"email": ADA, "password": PASSWORD})
    assert client.post(CONFIRM, {"code": code}).status_code == 400
    assert client.post(CONFIRM, {"code": mailed_code()}).status_code == 200
    assert User.objects.get().email == ADA


def test_an_address_that_is_given_while_another_is_confirmed_is_not(monkeypatch):
    user = joining.sign_up(EVE, PASSWORD)

    def use_meanwhile(*given):
        joining.upgrade(User.objects.get(), ADA, PASSWORD)
        return Code()

    monkeypatch.setattr(codes, "use", use_meanwhile)
    with pytest.raises(joining.WrongCode):
        joining.confirm(user, mailed_code(EVE))
    assert User.objects.get().email is None


def test_of_two_who_wait_for_an_address_the_first_to_confirm_has_it():
    clients, sent = [], []
    for _ in range(2):
        clients.append(client_of(sign_up()))
        sent.append(mailed_code())
    assert clients[1].post(CONFIRM, {"code": sent[1]}).status_code == 200
    assert clients[0].post(CONFIRM, {"code": sent[0]}).status_code == 409
    assert User.objects.filter(email=ADA).count() == 1


# --- without an address


def test_an_anonymous_account_is_upgraded_and_stays_what_it_is():
    client = client_of(APIClient().post(TRY, {}))
    account = User.objects.get()
    Bookmark.objects.create(
        learner=account, language_id="da", term="t", word="hus", context="", key="k"
    )
    response = client.post(UPGRADE, {"email": ADA, "password": PASSWORD})
    assert response.json()["email"] == ADA
    assert client.post(CONFIRM, {"code": mailed_code()}).status_code == 200
    assert sign_in().status_code == 200
    again = User.objects.get()
    assert (again.pk, again.uuid) == (account.pk, account.uuid)
    assert again.bookmarks.count() == 1
    assert client.get(SESSIONS).status_code == 200
    facts = {"email": EVE, "password": OTHER}
    assert client.post(UPGRADE, facts).status_code == 409


def test_a_session_alone_changes_no_password_and_no_address():
    client = client_of(sign_up())
    response = client.post(UPGRADE, {"email": EVE, "password": OTHER})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["password"]
    account = User.objects.get()
    assert (account.pending_email, account.check_password(PASSWORD)) == (ADA, True)
    assert client.post(UPGRADE, {"email": EVE, "password": PASSWORD}).status_code == 200


def test_passwords_tried_for_another_address_are_tries_to_sign_in(settings):
    settings.SIGN_IN_RATE = (2, 60)
    client = client_of(sign_up())
    facts = {"email": EVE, "password": OTHER}
    answers = [client.post(UPGRADE, facts).status_code for _ in range(2)]
    assert [*answers, sign_in().status_code] == [400, 400, 429]


def test_a_browser_stays_signed_in_through_an_upgrade():
    client = Client()
    client.force_login(joining.anonymous())
    facts = {"email": ADA, "password": PASSWORD}
    response = client.post(UPGRADE, facts, content_type="application/json")
    assert response.status_code == 200
    assert client.get(SESSIONS).status_code == 200


def test_nobody_signs_in_to_an_account_without_a_password():
    joining.anonymous()
    for email in ("", " ", "none"):
        assert sign_in(email, "").status_code == 400
        assert Client().login(username=email, password="") is False


def test_accounts_that_nobody_can_get_into_are_deleted():
    lost, used, waiting = joining.anonymous(), joining.anonymous(), User()
    waiting.pending_email = ADA
    waiting.save()
    sessions.begin(used)
    long_ago = timezone.now() - timedelta(days=31)
    User.objects.update(date_joined=long_ago)
    new = joining.anonymous()
    assert joining.prune() == 1
    kept = {user.pk for user in User.objects.all()}
    assert kept == {used.pk, waiting.pk, new.pk}
    assert lost.pk not in kept


# --- passwords


def test_a_forgotten_password_is_set_anew_and_all_sessions_end(ada):
    client = client_in(ada)
    APIClient().post(FORGOTTEN, {"email": "ADA@example.com"})
    facts = {"email": ADA, "code": mailed_code(), "password": "12345678"}
    weak = APIClient().post(RESET, facts)
    assert [*weak.json()["errors"]] == ["password"]
    facts["password"] = OTHER
    statuses = [APIClient().post(RESET, facts).status_code for _ in range(2)]
    assert statuses == [204, 400]
    assert client.get(SESSIONS).status_code == 401
    assert sign_in(password=PASSWORD).status_code == 400
    assert sign_in(password=OTHER).status_code == 200


def test_an_address_of_nobody_gets_no_mail_and_no_code_is_right():
    assert APIClient().post(FORGOTTEN, {"email": EVE}).status_code == 204
    assert not mail.outbox
    assert Code.objects.get().user is None


def change_by_call(ada):
    facts = {"old_password": PASSWORD, "password": OTHER}
    assert client_in(ada).post(CHANGE, facts).status_code == 204


def change_by_model(ada):
    ada.set_password(OTHER)
    ada.save()


def change_address(ada):
    ada.email = EVE
    ada.save()


@pytest.mark.parametrize("change", [change_by_call, change_by_model, change_address])
def test_a_code_opens_nothing_after_a_change_of_password_or_address(change, ada):
    APIClient().post(FORGOTTEN, {"email": ADA})
    facts = {"email": ADA, "code": mailed_code(), "password": "yet another horse"}
    change(ada)
    assert APIClient().post(RESET, facts).status_code == 400
    ada.refresh_from_db()
    assert not ada.check_password("yet another horse")


def test_codes_for_a_new_password_are_tries_to_sign_in(ada):
    facts = {"email": ADA, "code": "ABCDEFGH", "password": OTHER}
    statuses = [APIClient().post(RESET, facts).status_code for _ in range(11)]
    assert statuses == [400] * 10 + [429]
    assert sign_in().status_code == 429


@pytest.mark.parametrize("by", ["token", "cookie"])
def test_a_password_is_changed_by_the_old_one_and_others_are_signed_out(ada, by):
    other, mine = client_in(ada), client_in(ada)
    if by == "cookie":
        mine = APIClient()
        mine.force_login(ada)
    wrong = mine.post(CHANGE, {"old_password": OTHER, "password": OTHER})
    assert [*wrong.json()["errors"]] == ["old_password"]
    right = mine.post(CHANGE, {"old_password": PASSWORD, "password": OTHER})
    assert right.status_code == 204
    assert mine.get(SESSIONS).status_code == 200
    assert other.get(SESSIONS).status_code == 401
    assert sign_in(password=OTHER).status_code == 200


# --- sessions


def test_sessions_are_listed_and_ended_by_their_owner_alone(ada):
    eve = User.objects.create_user(EVE)
    mine, others = client_in(ada), client_in(eve)
    browser = APIClient()
    browser.force_login(ada)
    listed = {one["kind"]: one for one in mine.get(SESSIONS).json()}
    assert [listed[kind]["is_this"] for kind in ("api", "browser")] == [True, False]
    assert not {"digest", "data"} & listed["api"].keys()
    address = f"{SESSIONS}{listed['browser']['id']}/"
    assert others.delete(address).status_code == 404
    assert browser.get(SESSIONS).status_code == 200
    assert mine.delete(address).status_code == 204
    assert browser.get(SESSIONS).status_code == 401


def test_everywhere_else_is_signed_out(ada):
    mine, other = client_in(ada), client_in(ada)
    stranger = client_in(User.objects.create_user(EVE))
    assert mine.delete(SESSIONS).status_code == 204
    statuses = [one.get(SESSIONS).status_code for one in (mine, other, stranger)]
    assert statuses == [200, 401, 200]


def test_a_session_goes_on_while_it_is_used(ada):
    client = client_in(ada)
    soon = timezone.now() + timedelta(minutes=1)
    Session.objects.update(expires_at=soon, seen_at=soon - timedelta(days=29))
    assert client.get(SESSIONS).status_code == 200
    assert Session.objects.get().expires_at > timezone.now() + timedelta(days=29)


@pytest.mark.parametrize(
    ("method", "url"),
    [("post", UPGRADE), ("post", CHANGE), ("delete", SESSIONS)],
)
def test_a_cookie_alone_changes_nothing(method, url, ada):
    """Which another site's page could have a browser send."""
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ada)
    response = getattr(client, method)(url, {})
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example"])
def test_signing_in_leads_to_no_other_site(next_page, ada):
    form = {"username": ADA, "password": PASSWORD, "next": next_page}
    response = Client().post("/account/sign-in/", form)
    assert response.status_code == 302
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith("//")


# --- at the same time


def at_once(*calls):
    """What calls answer, or raise, that threads make at the same time."""
    barrier, answers = Barrier(len(calls)), []

    def run(call):
        barrier.wait()
        try:
            answers.append(call())
        except Exception as exc:  # noqa: BLE001 - the test looks at it
            answers.append(type(exc).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_double_sign_ups_give_the_address_to_one():
    answers = at_once(*[lambda: joining.sign_up(ADA, PASSWORD)] * 4)
    sent = [re.findall(r"^    (\w{8})$", one.body, re.M)[0] for one in mail.outbox]
    assert len(answers) == len(sent) == User.objects.count() == 4
    pairs = [
        (user, next(text for text in sent if is_of(user, text))) for user in answers
    ]
    confirmed = at_once(*[lambda pair=pair: joining.confirm(*pair) for pair in pairs])
    assert sorted(map(str, confirmed)) == ["None", "Taken", "Taken", "Taken"]
    assert User.objects.filter(email=ADA).count() == 1


def is_of(user, text):
    digest = codes._digest(codes.Purpose.CONFIRM, str(user.uuid), ADA, text)
    return Code.objects.filter(user=user, digest=digest).exists()


@pytest.mark.django_db(transaction=True)
def test_a_code_is_used_once_however_many_come_with_it():
    user = joining.sign_up(ADA, PASSWORD)
    of = (codes.Purpose.CONFIRM, str(user.uuid), ADA, mailed_code())
    used = at_once(*[lambda: codes.use(*of)] * 6)
    assert sum(isinstance(one, Code) for one in used) == 1
    assert used.count(None) == 5


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_time_are_all_counted():
    user = joining.sign_up(ADA, PASSWORD)
    of = (codes.Purpose.CONFIRM, str(user.uuid), ADA)
    assert at_once(*[lambda: codes.use(*of, "ABCDEFGH")] * 4) == [None] * 4
    assert Code.objects.get().tries_left == codes.TRIES - 4


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_upgraded_twice_while_it_reads_loses_nothing():
    user = joining.anonymous()
    client, browser = client_in(user), APIClient()
    browser.force_login(user)

    def upgrade(email, password):
        joining.upgrade(User.objects.get(), email, password)

    def read(by):
        return {by.get(SESSIONS).status_code for _ in range(8)}

    answers = at_once(
        lambda: upgrade(ADA, PASSWORD),
        lambda: upgrade(EVE, OTHER),
        lambda: read(client),
        lambda: read(browser),
    )
    assert answers.count(None) == 1
    assert answers.count({200}) == 2
    [refused] = [one for one in answers if one not in (None, {200})]
    assert refused in ("HasAddress", "ValidationError")
    [one] = User.objects.all()
    ways = {(ADA, PASSWORD), (EVE, OTHER)}
    assert any(
        one.pending_email == email and one.check_password(password)
        for email, password in ways
    )
    assert Session.objects.count() == 2
    assert passwords.forgotten(EVE) is None
