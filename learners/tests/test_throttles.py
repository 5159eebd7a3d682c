"""Learners' calls are counted, together with all processes, and one too many is 429."""

import pytest

from articles.tests.factories import make_article
from learners.tests.learning import client_of, make_learner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings):
    settings.BUDGETS = {"reading": (60, 60, 2), "heavy": (60, 3600, 1)}


def test_one_call_too_many_is_refused_and_says_when_to_come_back():
    client, other = client_of(make_learner()), client_of(make_learner())
    url = f"/api/articles/{make_article().pk}/mine/"
    answers = [client.get(url) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["status"] == 429
    assert answers[-1]["Retry-After"] == "1"
    assert other.get(url).status_code == 200


def test_heavy_calls_have_a_budget_of_their_own():
    client = client_of(make_learner())
    url = "/api/placement/?language=da"
    assert [client.get(url).status_code for _ in range(2)] == [200, 429]
    assert client.get("/api/knowledge/").status_code == 200


def test_strangers_have_no_budget_to_use_up(api):
    url = f"/api/articles/{make_article().pk}/"
    assert {api.get(url).status_code for _ in range(5)} == {200}
