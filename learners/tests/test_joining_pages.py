"""Pages of who signs up, confirms an address, or forgot a password."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from lxml import html

from learners.models import Bookmark, User
from learners.people import cohorts
from learners.people.languages import learned_by
from learners.people.profiles import profile_of
from learners.practice.tests.practising import make_card
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

ADA = "ada@example.com"
PASSWORD, OTHER = "correct horse battery", "a staple, a horse"
LANGUAGES = {"language": "da", "native": "tr"}


def post(client, name, **told):
    return client.post(reverse(f"learners:{name}"), told)


def sign_up(client, email=ADA, password=PASSWORD, **more):
    return post(client, "sign-up", email=email, password=password, **LANGUAGES, **more)


def mailed_code():
    return re.findall(r"^    (\w{8})$", mail.outbox[-1].body, re.MULTILINE)[0]


def errors(response, status=400):
    assert response.status_code == status
    return {*response.context["form"].errors}


def shown(response):
    """A page as somebody sees it, without what is another one each time."""
    assert response.status_code == 200
    page = html.fromstring(response.content.decode())
    return " ".join(page.xpath("//main")[0].text_content().split())


def test_who_signs_up_is_signed_in_learns_and_confirms(client):
    response = sign_up(client, "Ada@Example.com")
    assert response["Location"] == reverse("learners:confirm")
    user = User.objects.get()
    assert (user.email, user.pending_email) == (None, ADA)
    assert [one.language_id for one in learned_by(user)] == ["da"]
    profile = profile_of(user)
    assert (profile.active_id, profile.native_id) == ("da", "tr")
    assert ADA in shown(client.get(reverse("learners:confirm")))
    assert errors(post(client, "confirm", code="wrong")) == {"code"}
    response = post(client, "confirm", code=mailed_code().lower())
    assert response["Location"] == reverse("learners:home")
    user.refresh_from_db()
    assert (user.email, user.pending_email) == (ADA, "")


def test_a_known_address_is_told_by_the_mail_alone(client):
    other = Client()
    sign_up(other, "eve@example.com")
    User.objects.create_user(ADA, PASSWORD)
    new = shown(other.get(reverse("learners:confirm")))
    assert sign_up(client)["Location"] == reverse("learners:confirm")
    known = shown(client.get(reverse("learners:confirm")))
    assert known == new.replace("eve@", "ada@")
    assert [one.subject for one in mail.outbox] == [
        "Your code for Zeeguu",
        "You have an account at Zeeguu already",
    ]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"email": "ada"}, "email"),
        ({"password": "12345"}, "password"),
        ({"language": "tr"}, "language"),
        ({"native": "xx"}, "native"),
        ({"invite": "NOCLASS"}, "invite"),
    ],
)
def test_what_is_wrong_is_told_on_the_page(client, told, wrong):
    facts = {"email": ADA, "password": PASSWORD, **LANGUAGES, **told}
    response = post(client, "sign-up", **facts)
    assert errors(response) == {wrong}
    assert not User.objects.exists()
    assert PASSWORD not in response.content.decode()


def test_an_invite_joins_the_class_and_may_be_needed(client, settings):
    settings.SIGN_UP = "invite"
    cohort = cohorts.create(make_learner(), "7b")
    assert errors(sign_up(client)) == {"invite"}
    sign_up(client, invite=cohort.code)
    assert cohort.memberships.get().learner.pending_email == ADA


def test_who_tries_needs_no_address_and_may_add_one(client):
    response = post(client, "sign-up", **LANGUAGES, **{"try": "yes"})
    assert response["Location"] == reverse("learners:home")
    user = User.objects.get()
    make_card(user)
    response = post(client, "address", email=ADA, password=PASSWORD)
    assert response["Location"] == reverse("learners:confirm")
    post(client, "confirm", code=mailed_code())
    assert User.objects.get().email == ADA
    assert Bookmark.objects.get().learner == user
    # It has one now.
    response = post(client, "address", email="eve@example.com", password=OTHER)
    assert response["Location"] == reverse("learners:account")


def test_another_code_is_mailed_and_not_too_often(client, settings):
    settings.MAIL_RATE = (2, 3600)
    sign_up(client)
    old = mailed_code()
    post(client, "another-code")
    assert errors(post(client, "confirm", code=old)) == {"code"}
    code = mailed_code()
    page = client.post(reverse("learners:another-code"), follow=True)
    assert "Too many tries" in shown(page)
    assert len(mail.outbox) == 2
    post(client, "confirm", code=code)
    assert User.objects.get().email == ADA


def test_a_forgotten_password_is_set_anew(client):
    user = User.objects.create_user(ADA, PASSWORD)
    other = Client()
    other.force_login(user)
    known = shown(post(client, "forgotten", email=ADA))
    unknown = shown(post(client, "forgotten", email="eve@example.com"))
    assert (known, len(mail.outbox)) == (unknown, 1)
    facts = {"email": ADA, "password": OTHER}
    assert errors(post(client, "reset", code="wrong", **facts)) == {"code"}
    weak = {**facts, "password": "12345"}
    assert errors(post(client, "reset", code=mailed_code(), **weak)) == {"password"}
    assert "is set" in shown(post(client, "reset", code=mailed_code(), **facts))
    assert other.get(reverse("learners:account")).status_code == 302
    post(client, "sign-in", username=ADA, password=OTHER)
    assert client.get(reverse("learners:account")).status_code == 200


def test_who_does_it_too_often_has_to_wait(client, settings):
    settings.MAIL_RATE, settings.SIGN_IN_RATE = (1, 3600), (1, 60)
    post(client, "forgotten", email=ADA)
    throttled = {"__all__"}
    assert errors(post(client, "forgotten", email=ADA), 429) == throttled
    assert errors(sign_up(client), 429) == throttled
    facts = {"email": ADA, "password": OTHER, "code": "wrong"}
    assert errors(post(client, "reset", **facts)) == {"code"}
    assert errors(post(client, "reset", **facts), 429) == throttled


@pytest.mark.parametrize("name", ["sign-up", "forgotten", "reset"])
def test_forms_are_kept_by_nobody_and_take_none_of_other_sites(client, name):
    response = client.get(reverse(f"learners:{name}"))
    assert "no-store" in response["Cache-Control"]
    client.handler.enforce_csrf_checks = True
    assert post(client, name).status_code == 403


@pytest.mark.parametrize("name", ["confirm", "address"])
def test_strangers_have_nothing_to_confirm(client, name):
    response = client.get(reverse(f"learners:{name}"))
    assert reverse("learners:sign-in") in response["Location"]
