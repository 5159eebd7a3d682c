import pytest
from django.urls import reverse
from lxml import html

from learners.knowledge import placement, store
from learners.people.profiles import profile_of

pytestmark = pytest.mark.django_db

PAGE = reverse("learners:placement")


def known(learner):
    return len(store.read(learner.pk, "da").known)


def test_forty_words_are_asked_without_a_script(own):
    page = html.fromstring(own.get(PAGE).content.decode())
    asked = page.xpath("//input[@name='yes']/@value")
    assert asked == placement.make_test("da").shown
    assert len(asked) == 40


def test_who_knows_the_words_knows_the_frequent_ones(own, learner):
    frequent = placement.make_test("da").bands[0]
    own.post(PAGE, {"yes": frequent})
    assert 0 < known(learner) <= 500


def test_who_says_so_knows_the_first_ones(own, learner):
    own.post(PAGE, {"first": "250"})
    assert 0 < known(learner) <= 250
    own.post(PAGE, {"first": "0"})
    assert known(learner) == 0


@pytest.mark.parametrize("wrong", [{"yes": "xyzzy"}, {"first": "7"}, {"first": "x"}])
def test_other_answers_are_refused(own, learner, wrong):
    assert own.post(PAGE, wrong).status_code == 400
    assert known(learner) == 0


def test_without_a_language_one_is_asked_for(own, learner):
    profile = profile_of(learner)
    profile.active = None
    profile.save()
    assert own.get(PAGE)["Location"] == reverse("learners:account")
