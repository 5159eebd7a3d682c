import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from articles.models import Article
from articles.tests.factories import make_article
from learners.accounts import joining, sessions
from learners.models import (
    Bookmark,
    Knowledge,
    LearnedLanguage,
    PracticeCard,
    Reading,
    User,
)
from learners.people.languages import learned_by
from learners.people.profiles import profile_of
from learners.practice.tests.practising import make_card
from learners.readings import actions
from learners.readings.actions import Said
from learners.tests.learning import knows, make_learner

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def learner():
    user = make_learner()
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def own(client, learner):
    """A client of a learner who is signed in."""
    client.force_login(learner)
    return client


def sign_in(client, user, password=PASSWORD, next_page=""):
    fields = {"username": user.email, "password": password, "next": next_page}
    return client.post(reverse("learners:sign-in"), fields)


def is_signed_in(client):
    return client.get(reverse("learners:account")).status_code == 200


# --- strangers --------------------------------------------------------------


def test_a_page_for_strangers_sets_no_cookie_and_varies_by_none(client):
    response = client.get(reverse("learners:home"))
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "Cache-Control" not in response


def test_strangers_are_led_to_sign_in_and_back(client):
    path = reverse("learners:account")
    response = client.get(path)
    assert response["Location"] == f"{reverse('learners:sign-in')}?next={path}"


def test_a_page_of_a_reader_is_kept_by_nobody(own):
    for name in ("home", "account"):
        response = own.get(reverse(f"learners:{name}"))
        assert response["Cache-Control"] == "private, no-store"
        assert "Cookie" in response["Vary"]


# --- signing in and out -----------------------------------------------------


def test_who_signs_in_comes_to_the_page_that_was_asked_for(client, learner):
    response = sign_in(client, learner, next_page="/read/da/")
    assert response["Location"] == "/read/da/"
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "next_page",
    [
        "https://evil.example.com/",
        "//evil.example.com",
        "javascript:alert(1)",
        "/\\evil",
    ],
)
def test_signing_in_never_leads_elsewhere(client, learner, next_page):
    response = sign_in(client, learner, next_page=next_page)
    assert response["Location"] == reverse("learners:home")


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client, learner):
    known = sign_in(client, learner, "wrong")
    learner.email = "nobody@example.com"
    unknown = sign_in(client, learner, "wrong")
    errors = [answer.context["form"].errors for answer in (known, unknown)]
    assert errors[0] == errors[1] != {}
    assert not is_signed_in(client)


def test_the_session_from_before_signing_in_is_worth_nothing(client, learner):
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    sign_in(client, learner)
    assert client.session.session_key != before
    assert not type(session)().exists(before)


def test_signing_out_takes_a_post(own):
    assert own.get(reverse("learners:sign-out")).status_code == 405
    assert is_signed_in(own)
    own.post(reverse("learners:sign-out"))
    assert not is_signed_in(own)


@pytest.mark.parametrize("name", ["sign-in", "sign-out"])
def test_forms_of_other_sites_are_refused(client, learner, name):
    client.handler.enforce_csrf_checks = True
    client.force_login(learner)
    assert client.post(reverse(f"learners:{name}"), {}).status_code == 403


# --- languages and preferences ----------------------------------------------


def learned(learner):
    return [(one.language_id, one.level) for one in learned_by(learner)]


def test_a_language_is_learned_and_left(own, learner):
    own.post(reverse("learners:learn"), {"language": "de", "level": "B1"})
    assert learned(learner) == [("da", ""), ("de", "B1")]
    own.post(reverse("learners:leave", args=["da"]))
    assert learned(learner) == [("de", "B1")]
    assert profile_of(learner).active_id == "de"


def test_what_cannot_be_learned_is_told_on_the_page(own, learner):
    response = own.post(reverse("learners:learn"), {"language": "xx"})
    assert response.status_code == 400
    assert "xx is not one of the available choices" in response.content.decode()
    assert learned(learner) == [("da", "")]


def test_another_language_becomes_the_active_one(own, learner):
    own.post(reverse("learners:learn"), {"language": "de"})
    own.post(reverse("learners:activate", args=["de"]))
    assert profile_of(learner).active_id == "de"
    own.post(reverse("learners:activate", args=["fr"]))
    assert profile_of(learner).active_id == "de"


def test_preferences_are_kept_and_told(own, learner):
    facts = {"native": "de", "time_zone": "Europe/Copenhagen", "new_a_day": 7}
    url = reverse("learners:preferences")
    page = own.post(url, {**facts, "reviews_a_day": 70}, follow=True)
    profile = profile_of(learner)
    assert (profile.native_id, profile.new_a_day, profile.shows_states) == (
        *("de", 7, False),
    )
    assert "Your preferences are kept." in page.content.decode()


def test_preferences_that_make_no_sense_are_refused(own, learner):
    facts = {"time_zone": "Mars/Crater", "new_a_day": -1, "reviews_a_day": "x"}
    response = own.post(reverse("learners:preferences"), facts)
    assert response.status_code == 400
    assert len(response.context["preferences"].errors) == 3
    assert profile_of(learner).new_a_day == 10


# --- password and end -------------------------------------------------------


def test_another_password_keeps_this_session_and_ends_others(own, learner, client):
    other = Client()
    other.force_login(learner)
    facts = dict.fromkeys(("new_password1", "new_password2"), "another correct horse")
    response = own.post(
        reverse("learners:password"), {"old_password": PASSWORD, **facts}
    )
    assert response["Location"] == reverse("learners:account")
    assert is_signed_in(own)
    assert not is_signed_in(other)


def test_a_weak_password_is_refused(own, learner):
    facts = dict.fromkeys(("new_password1", "new_password2"), "12345")
    response = own.post(
        reverse("learners:password"), {"old_password": PASSWORD, **facts}
    )
    assert response.context["form"].errors
    assert response["Cache-Control"] == "private, no-store"


def test_an_account_is_deleted_with_all_that_is_its_own(own, learner):
    other, article = make_learner(), make_article()
    for one in (learner, other):
        make_card(one)
        knows(one, [1])
        actions.change(one.pk, article.pk, Said(saved=True))
    path = reverse("learners:delete-account")
    response = own.post(path, {"password": PASSWORD})
    told = html.fromstring(response.content.decode()).xpath("//main//li/text()")
    assert {"1 bookmark", "1 practice card", "1 reading", "1 session"} <= {*told}
    assert not is_signed_in(own)
    assert not User.objects.filter(pk=learner.pk).exists()
    for model in (Bookmark, PracticeCard, Knowledge, Reading, LearnedLanguage):
        assert model.objects.get().learner == other
    assert Article.objects.filter(pk=article.pk).exists()


def test_an_account_is_deleted_by_its_password_alone(own, learner):
    path = reverse("learners:delete-account")
    assert own.post(path, {"password": "wrong"}).status_code == 400
    assert own.post(path).status_code == 400
    assert own.get(path).status_code == 200
    assert User.objects.filter(pk=learner.pk).exists()


def test_an_account_without_a_password_is_deleted_by_a_post(client):
    user = joining.anonymous()
    client.force_login(user)
    path = reverse("learners:delete-account")
    assert "password" not in client.get(path).context["form"].fields
    assert client.post(path).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["delete-account", "password"])
def test_who_tries_too_many_passwords_has_to_wait(own, settings, name):
    settings.SIGN_IN_RATE = (2, 60)
    wrong = {"password": "wrong", "old_password": "wrong"}
    path = reverse(f"learners:{name}")
    answers = [own.post(path, wrong).status_code for _ in range(3)]
    assert answers[-1] == 429
    assert 429 not in answers[:2]


# --- sessions ---------------------------------------------------------------


def test_other_sessions_are_listed_and_ended(own, learner):
    other = Client()
    other.force_login(learner)
    page = html.fromstring(own.get(reverse("learners:account")).content.decode())
    [path] = page.xpath("//form/@action[contains(., '/sessions/')]")
    own.post(path)
    assert is_signed_in(own)
    assert not is_signed_in(other)


def test_another_s_session_can_not_be_ended(own):
    stranger, other = make_learner(), Client()
    other.force_login(stranger)
    session = sessions.of(stranger).get()
    path = reverse("learners:end-session", args=[session.pk])
    assert own.post(path).status_code == 404
    assert is_signed_in(other)
