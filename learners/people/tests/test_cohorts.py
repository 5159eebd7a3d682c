"""Classes: who makes, joins and leaves them, and who sees what of whom."""

import pytest

from learners.models import Cohort, Membership, Text
from learners.people import cohorts
from learners.people.tests.test_languages import at_once
from learners.tests.learning import client_of, make_learner

pytestmark = pytest.mark.django_db

COHORTS = "/api/cohorts/"


def named(name):
    user = make_learner()
    user.name = name
    user.save()
    return user


@pytest.fixture
def teacher():
    return named("Frau Holle")


@pytest.fixture
def learner():
    return named("Ada")


@pytest.fixture
def cohort(teacher):
    return cohorts.create(teacher, "7b", "da")


def join(user, code):
    return client_of(user).post(f"{COHORTS}join/", {"code": code}, format="json")


def test_a_class_is_made_with_a_code_for_its_teacher(teacher):
    answer = client_of(teacher).post(
        COHORTS, {"name": "7b", "language": "da"}, format="json"
    )
    made = answer.json()
    assert (answer.status_code, made["role"], made["members"]) == (201, "teacher", 0)
    assert made["code"] == Cohort.objects.get().code


def test_a_learner_joins_by_the_code_in_any_spelling(learner, cohort):
    answer = join(learner, f" {cohort.code.lower()} ")
    assert answer.json()["name"] == "7b"
    assert join(learner, cohort.code).status_code == 200
    assert Membership.objects.count() == 1


def test_a_member_sees_the_teacher_s_name_and_nothing_of_others(
    learner, teacher, cohort
):
    cohorts.join(named("Bob"), cohort.code)
    cohorts.join(learner, cohort.code)
    [seen] = client_of(learner).get(COHORTS).json()
    assert (seen["role"], seen["teacher"]) == ("member", "Frau Holle")
    assert (seen["code"], seen["members"]) == (None, None)
    for address in (f"{COHORTS}{cohort.pk}/", f"{COHORTS}{cohort.pk}/members/"):
        assert client_of(learner).get(address).status_code == 404


def test_a_teacher_sees_names_and_no_addresses(learner, teacher, cohort):
    cohorts.join(learner, cohort.code)
    answer = client_of(teacher).get(f"{COHORTS}{cohort.pk}/members/")
    assert [one["name"] for one in answer.json()] == ["Ada"]
    assert learner.email not in answer.content.decode()


def test_another_teacher_sees_nothing(cohort):
    other = client_of(make_learner())
    for method in ("get", "patch", "delete"):
        assert getattr(other, method)(f"{COHORTS}{cohort.pk}/").status_code == 404


@pytest.mark.parametrize("by_teacher", [True, False])
def test_who_goes_shares_nothing_any_more(by_teacher, learner, teacher, cohort):
    member = cohorts.join(learner, cohort.code)
    text = Text.objects.create(learner=learner, language_id="da", title="Mit")
    text.shared_with.add(cohort)
    own = f"{COHORTS}{cohort.pk}/membership/"
    of_teacher = f"{COHORTS}{cohort.pk}/members/{member.pk}/"
    client = client_of(teacher if by_teacher else learner)
    address = of_teacher if by_teacher else own
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    assert not text.shared_with.exists()


def test_a_new_code_takes_the_place_of_the_old_one(learner, teacher, cohort):
    answer = client_of(teacher).patch(
        f"{COHORTS}{cohort.pk}/", {"new_code": True, "name": "8b"}, format="json"
    )
    assert answer.json()["name"] == "8b"
    assert "ask the teacher" in str(join(learner, cohort.code).json()["errors"])
    assert join(learner, answer.json()["code"]).status_code == 200


def test_a_class_that_is_deleted_leaves_its_members(learner, teacher, cohort):
    cohorts.join(learner, cohort.code)
    assert client_of(teacher).delete(f"{COHORTS}{cohort.pk}/").status_code == 204
    assert client_of(learner).get(COHORTS).json() == []


def test_who_has_no_address_can_not_teach(learner):
    learner.email = None
    learner.save()
    answer = client_of(learner).post(COHORTS, {"name": "x"}, format="json")
    assert (answer.status_code, Cohort.objects.count()) == (403, 0)


def test_nobody_joins_a_class_of_their_own(teacher, cohort):
    assert "You teach" in str(join(teacher, cohort.code).json()["errors"])


def test_numbers_are_bounded(teacher, learner, cohort, monkeypatch):
    monkeypatch.setattr(cohorts, "MOST_TAUGHT", 1)
    monkeypatch.setattr(cohorts, "MOST_MEMBERS", 0)
    with pytest.raises(cohorts.Refused, match="more than 1 classes"):
        cohorts.create(teacher, "8b")
    with pytest.raises(cohorts.Refused, match="full"):
        cohorts.join(learner, cohort.code)
    monkeypatch.setattr(cohorts, "MOST_JOINED", 0)
    with pytest.raises(cohorts.Refused, match="more than 0"):
        cohorts.join(learner, cohort.code)


def test_more_classes_cost_no_more_queries(
    teacher, learner, django_assert_max_num_queries
):
    for number in range(4):
        cohorts.join(learner, cohorts.create(teacher, f"{number}b").code)
    for user in (teacher, learner):
        with django_assert_max_num_queries(2):
            assert len(client_of(user).get(COHORTS).json()) == 4


@pytest.mark.django_db(transaction=True)
def test_of_two_classes_at_once_only_as_many_are_made_as_may_be(teacher, monkeypatch):
    monkeypatch.setattr(cohorts, "MOST_TAUGHT", 1)
    refused = []

    def make():
        try:
            cohorts.create(teacher, "7b")
        except cohorts.Refused as exc:
            refused.append(exc)

    at_once(*[make] * 4)
    assert (Cohort.objects.count(), len(refused)) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_who_joins_twice_at_once_is_one_member(learner, cohort):
    at_once(*[lambda: cohorts.join(learner, cohort.code)] * 4)
    assert Membership.objects.count() == 1
