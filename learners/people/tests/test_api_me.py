"""The account, its preferences and languages, as the API tells and takes them."""

import pytest

from learners.models import User
from learners.people import languages
from learners.people.profiles import profile_of
from learners.tests.learning import client_of, make_learner

pytestmark = pytest.mark.django_db

ME, LANGUAGES = "/api/me/", "/api/me/languages/"


@pytest.fixture
def user():
    return make_learner()


@pytest.fixture
def api(user):
    return client_of(user)


def refused(response):
    assert response.status_code == 400
    return response.json()["errors"]


def test_an_account_tells_its_preferences_and_languages(user, api):
    me = api.get(ME).json()
    assert me["email"] == user.email
    assert (me["active"], me["native"], me["new_a_day"]) == ("da", "en", 10)
    assert [one["code"] for one in me["languages"]] == ["da"]


def test_nobody_else_keeps_the_answer(api):
    assert api.get(ME).headers["Cache-Control"] == "private, no-store"


def test_strangers_have_no_account(client):
    assert client.get(ME).status_code == 401


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Ada"},
        {"native": "tr"},
        {"native": None},
        {"time_zone": "Europe/Copenhagen", "pronounces": True},
        {"new_a_day": 0, "reviews_a_day": 9999},
        {"topics_wanted": ["science", "sport"], "topics_excluded": []},
        {"keywords_excluded": ["klima", "eu"]},
    ],
)
def test_what_is_said_is_kept_and_the_rest_stays(facts, api):
    before = api.get(ME).json()
    assert api.patch(ME, facts, format="json").json() == before | facts
    assert api.get(ME).json() == before | facts


def test_keywords_are_kept_in_lower_case_and_once(api):
    answer = api.patch(ME, {"keywords_wanted": ["EU", " eu "]}, format="json")
    assert answer.json()["keywords_wanted"] == ["eu"]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"active": "de"}, "'de' is not learned: PUT /api/me/languages/de/ first"),
        ({"active": "tr"}, "'tr': use da, de, el"),
        ({"native": "xx"}, "'xx': use ar, bg"),
        ({"time_zone": "Mars/Base"}, "use a name such as Europe/Copenhagen"),
        ({"new_a_day": -1}, "greater than or equal to 0"),
        ({"topics_wanted": ["nothing"]}, "'nothing': use"),
        ({"keywords_wanted": ["x" * 51]}, "no more than 50"),
        ({"email": "b@example.com"}, "unknown field"),
        ({"is_staff": True}, "unknown field"),
    ],
)
def test_what_can_not_be_is_refused_by_name(facts, message, user, api):
    [(name, messages)] = refused(api.patch(ME, facts, format="json")).items()
    assert name in facts
    assert message in str(messages)
    user.refresh_from_db()
    assert not user.is_staff


def test_topics_that_are_gone_are_not_told(user, api):
    api.patch(ME, {"topics_wanted": ["science"]}, format="json")
    profile = profile_of(user)
    profile.topics_wanted.append(10**6)
    profile.save()
    assert api.get(ME).json()["topics_wanted"] == ["science"]


def test_more_languages_and_topics_cost_no_more_queries(
    user, api, django_assert_max_num_queries
):
    for code in ("de", "fr", "sv"):
        languages.learn(user, code)
    api.patch(ME, {"topics_wanted": ["science", "sport"]}, format="json")
    with django_assert_max_num_queries(3):
        api.get(ME)


def test_a_language_is_begun_changed_and_left(user, api):
    begun = api.put(f"{LANGUAGES}de/", {"level": "A2"}, format="json")
    assert (begun.status_code, begun.json()["level"]) == (201, "A2")
    assert api.put(f"{LANGUAGES}de/", {"level": "B1"}, format="json").status_code == 200
    assert [one["level"] for one in api.get(LANGUAGES).json()] == ["", "B1"]
    assert api.delete(f"{LANGUAGES}de/").status_code == 204
    assert api.delete(f"{LANGUAGES}de/").status_code == 404


@pytest.mark.parametrize("code", ["tr", "xx", "%00", "d" * 300])
def test_only_what_can_be_read_is_learned(code, api):
    assert api.put(f"{LANGUAGES}{code}/").status_code == 404


def test_a_level_that_is_none_is_refused(api):
    answer = api.put(f"{LANGUAGES}de/", {"level": "Z9"}, format="json")
    assert "Z9" in refused(answer)["level"][0]


def test_who_has_no_profile_yet_gets_one():
    user = User.objects.create_user("new@example.com")
    assert client_of(user).get(ME).json()["languages"] == []
