"""Preferences and languages of a learner, and two that change them at once."""

from threading import Thread

import pytest
from django.db import connection

from articles.models import Language
from learners.models import LearnedLanguage, Profile, User
from learners.people import languages, profiles
from learners.people.profiles import profile_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return User.objects.create_user("one@example.com")


def codes(user):
    return [one.language_id for one in languages.learned_by(user)]


def at_once(*works):
    """Do all at the same time, each in a thread with a connection of its own."""

    def done(work):
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=done, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_profile_is_made_once(user, django_assert_num_queries):
    assert profile_of(user).new_a_day == 10
    with django_assert_num_queries(1):
        assert profile_of(user).pk == user.pk
    assert Profile.objects.count() == 1


def test_the_first_language_is_the_active_one(user):
    assert languages.learn(user, "da", "A1")
    assert languages.learn(user, "de")
    assert profile_of(user).active_id == "da"
    assert codes(user) == ["da", "de"]


def test_learning_a_language_again_changes_its_level(user):
    languages.learn(user, "da", "A1")
    assert not languages.learn(user, "da", "B2")
    assert [one.level for one in languages.learned_by(user)] == ["B2"]


def test_leaving_the_active_language_activates_the_last_begun(user):
    for code in ("da", "de", "fr"):
        languages.learn(user, code)
    assert languages.leave(user, "da")
    assert profile_of(user).active_id == "fr"
    assert not languages.leave(user, "da")


def test_who_leaves_all_languages_has_none_active(user):
    languages.learn(user, "da")
    languages.leave(user, "da")
    assert profile_of(user).active_id is None


def test_only_a_learned_language_can_be_active(user):
    languages.learn(user, "da")
    with pytest.raises(profiles.NotLearned):
        profiles.change(user, {"active": Language.objects.get(pk="de")})
    assert profile_of(user).active_id == "da"


def test_a_change_leaves_other_fields_alone(user):
    profiles.change(user, {"new_a_day": 5})
    profiles.change(user, {"time_zone": "Europe/Copenhagen"})
    profile = profile_of(user)
    assert (profile.new_a_day, profile.time_zone) == (5, "Europe/Copenhagen")


def test_a_time_zone_that_is_gone_is_utc(user):
    profile = profiles.change(user, {"time_zone": "Europe/Atlantis"})
    assert profiles.zone_of(profile).key == "UTC"


@pytest.mark.django_db(transaction=True)
def test_a_language_that_is_learned_and_left_at_once_is_active_only_if_learned(user):
    for _ in range(5):
        at_once(
            lambda: languages.learn(user, "da"),
            lambda: languages.leave(user, "da"),
            lambda: languages.learn(user, "da"),
            lambda: profile_of(user),
        )
        assert profile_of(user).active_id == (codes(user) or [None])[0]
    assert LearnedLanguage.objects.count() <= 1
