"""What learners did with articles, as the API takes and shows it."""

import pytest
from rest_framework.test import APIClient

from articles.models import Article
from articles.tests.factories import make_article
from learners.readings.models import Activity, Reading
from learners.tests.learning import client_of, make_learner

pytestmark = pytest.mark.django_db

NOTHING = {
    **dict.fromkeys(("opened", "read", "saved", "liked", "hidden", "reported"), False),
    "completion": 0,
    "seconds": 0,
    "difficulty": "",
}


@pytest.fixture
def api():
    return client_of(make_learner())


def address(article):
    return f"/api/articles/{getattr(article, 'pk', article)}/mine/"


def test_what_is_done_with_an_article_is_put_down(api):
    article = make_article()
    assert api.get(address(article)).json() == NOTHING
    facts = {"opened": True, "saved": True, "difficulty": "hard", "seconds": 30}
    answer = api.patch(address(article), facts)
    assert answer.json() == NOTHING | facts
    assert answer["Cache-Control"] == "private, no-store"
    assert api.patch(address(article), {"completion": 0.95}).json()["read"] is True
    assert api.patch(address(article), {"saved": False}).json()["saved"] is False


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"completion": 1.1}, "completion"),
        ({"completion": "nan"}, "completion"),
        ({"seconds": -1}, "seconds"),
        ({"difficulty": "odd"}, "difficulty"),
        ({"saved": "perhaps"}, "saved"),
        ({"loved": True}, "loved"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_put_down(api, facts, name):
    answer = api.patch(address(make_article()), {"opened": True, **facts})
    assert answer.status_code == 400
    assert name in answer.json()["errors"]
    assert not Reading.objects.exists()


@pytest.mark.parametrize("article", ["0", "x", "9" * 19, "9" * 30])
def test_articles_that_are_not_there_are_404(api, article):
    for answer in (api.get(address(article)), api.patch(address(article), {})):
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"There is no article {article}."


def test_nobody_but_learners_may_ask():
    for url in (address(make_article()), "/api/me/articles/?list=saved"):
        assert APIClient().get(url).status_code == 401


def test_lists_have_the_latest_first_and_pages(api, django_assert_max_num_queries):
    articles = [make_article() for _ in range(5)]
    for article in articles:
        api.patch(address(article), {"saved": True, "liked": article is articles[0]})
    client_of(make_learner()).patch(address(articles[0]), {"saved": True})
    Article.objects.filter(pk=articles[1].pk).update(broken="hidden")
    with django_assert_max_num_queries(3):
        page = api.get("/api/me/articles/?list=saved&page_size=3").json()
    assert [card["id"] for card in page["results"]] == [
        article.pk for article in reversed(articles[2:])
    ]
    assert page["results"][0]["mine"] == NOTHING | {"saved": True}
    page = api.get(page["next"]).json()
    assert [card["id"] for card in page["results"]] == [articles[0].pk]
    assert page["next"] is None
    liked = api.get("/api/me/articles/?list=liked").json()["results"]
    assert [card["id"] for card in liked] == [articles[0].pk]


@pytest.mark.parametrize("query", ["", "?list=loved", "?list=saved&cursor=x"])
def test_wrong_lists_are_refused(api, query):
    answer = api.get(f"/api/me/articles/{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() <= {"list", "cursor"}


# --- sittings and activities


def test_a_sitting_begins_goes_on_and_ends(api):
    article = make_article()
    facts = {"kind": "reading", "article": article.pk, "platform": "web"}
    answer = api.post("/api/sittings/", facts)
    assert answer.status_code == 201
    begun = answer.json()
    assert begun == begun | facts | {"ended_at": None, "milliseconds": 0}
    url = f"/api/sittings/{begun['id']}/"
    ended = api.patch(url, {"milliseconds": 0, "ended": True}).json()
    assert ended["ended_at"]
    assert client_of(make_learner()).patch(url, {}).status_code == 404
    assert api.patch("/api/sittings/x/", {}).status_code == 404


def test_a_sitting_of_no_article_is_refused(api):
    answer = api.post("/api/sittings/", {"kind": "reading", "article": 9**9})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"article": [f"There is no article {9**9}."]}


@pytest.mark.parametrize(
    "body",
    ["", "{", "7", "null", "[1, {}]", '{"event": "\\ud800\\u0000"}', "[" * 10_000]
    + ['{"event": "opened", "article": "x", "at": "x", "value": NaN, "odd": {}}']
    + ['{"event": "opened", "extra": ' + "[" * 900 + "]" * 900 + "}"],
)
def test_no_activity_is_an_error(api, body):
    for kind in ("application/json", "text/plain"):
        answer = api.generic("POST", "/api/activities/", body, content_type=kind)
        assert answer.status_code == 204


@pytest.mark.parametrize(
    ("body", "kind"), [("{", "application/json"), ('{"event": "x"}', "text/plain")]
)
def test_no_activity_of_a_browsers_session_is_an_error(body, kind):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(make_learner())
    browser.cookies["csrftoken"] = token = "a" * 32
    answer = browser.generic(
        "POST", "/api/activities/", body, content_type=kind, HTTP_X_CSRFTOKEN=token
    )
    assert answer.status_code == 204


def test_activities_are_stored_for_learners_alone(api):
    assert APIClient().post("/api/activities/", {"event": "x"}).status_code == 401
    assert not Activity.objects.exists()
    api.post("/api/activities/", [{"event": "opened"}, {"event": "closed"}])
    assert [*Activity.objects.values_list("event", flat=True)] == ["opened", "closed"]


def test_what_is_broken_is_reported_with_a_reason(api):
    url = f"/api/articles/{make_article().pk}/broken/"
    assert api.post(url, {"reason": "no text"}).status_code == 204
    assert Reading.objects.get().report == "no text"
    for body in ({}, {"reason": "\u200b"}, {"reason": "x" * 501}):
        answer = api.post(url, body)
        assert answer.status_code == 400
        assert "reason" in answer.json()["errors"]


@pytest.mark.parametrize(
    "body", ['{"\\ud800": 1}', '{"difficulty": "\\udfff"}', '{"opened": ["\\ud800"]}']
)
def test_half_a_character_is_refused_as_other_odd_input(api, body):
    url = f"/api/articles/{make_article().pk}/mine/"
    answer = api.generic("PATCH", url, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_half_a_character_is_told_as_one_that_nobody_knows(api):
    body = '{"language": "da", "words": {"\\ud800": "known"}}'
    answer = api.generic("PATCH", "/api/knowledge/", body, "application/json")
    assert answer.json()["unknown"] == ["\ufffd"]
