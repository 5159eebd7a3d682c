"""``?q=`` of the API's list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from tokenization import searching, services

pytestmark = [
    # MySQL's index knows what was committed, and nothing else.
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("stub"),
]


@pytest.fixture(autouse=True)
def languages_known():
    searching._language_names.cache_clear()
    searching.language_names()


@pytest.fixture
def ask(client):
    def ask(q, **params):
        return client.get("/api/articles/", {"q": q, **params})

    return ask


def put(title="Hund", **facts):
    article = make_article(title=title, **facts)
    services.fill([article])
    return article.pk


def ids(response):
    return [row["id"] for row in response.json()["results"]]


def test_articles_with_the_words_are_listed_as_cards_with_tokens(ask):
    pk = put("En hund i EU")
    put("En kat")
    response = ask("hund eu")
    assert ids(response) == [pk]
    assert response.json()["results"][0]["title_tokens"]


@pytest.mark.parametrize("q", ["", "  "])
def test_without_words_all_are_listed(ask, q):
    pk = put()
    assert ids(ask(q)) == [pk]


@pytest.mark.parametrize("q", ["!!!", "\x00", "%", "hund" * 2000, '"', "(+-~*"])
def test_every_input_is_answered(ask, q):
    put("kat")
    response = ask(q)
    assert (response.status_code, response.json()["results"]) == (200, [])


def test_other_filters_hold_and_are_checked(ask):
    put()
    pk = put(language="de")
    assert ids(ask("hund", language="de")) == [pk]
    refused = ask("hund", language="xx")
    assert refused.status_code == 400
    assert "there is no language 'xx'" in refused.text
    assert ask("hund", level="Z9").status_code == 400


def test_pages_lead_to_all_that_was_found_and_back(client, ask):
    pks = {put() for _ in range(5)}
    page, seen = ask("hund", page_size=2), []
    while True:
        seen += ids(page)
        if page.json()["next"] is None:
            break
        page = client.get(page.json()["next"])
    assert (len(seen), set(seen)) == (5, pks)
    back = client.get(page.json()["previous"])
    assert ids(back) == seen[2:4]


def test_pages_lead_to_all_that_was_there_at_the_first(client, ask, monkeypatch):
    monkeypatch.setattr(searching, "SCANNED", 3)
    monkeypatch.setattr(searching, "ENOUGH", 3)
    put("Kat")
    pks = {put(published_at=timezone.now() - timedelta(days=1)) for _ in range(5)}
    page, seen = ask("hund", page_size=2), []
    assert page.json()["next"]
    for _ in range(4):
        put()
    while True:
        seen += ids(page)
        if page.json()["next"] is None:
            break
        page = client.get(page.json()["next"])
    assert (len(seen), set(seen)) == (5, pks)


def test_who_has_the_page_is_answered_with_304(client, ask):
    put()
    etag = ask("hund")["ETag"]
    again = client.get("/api/articles/?q=hund", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    put()
    changed = client.get("/api/articles/?q=hund", headers={"If-None-Match": etag})
    assert changed.status_code == 200


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("q", ["hund", "hund med dig", "findesikke"])
def test_a_page_takes_six_queries_at_most(
    ask, q, number, django_assert_max_num_queries
):
    for _ in range(number):
        put()
    with django_assert_max_num_queries(6):
        ask(q, language="da")


@pytest.mark.parametrize("q", ["hund", '"hund hund"', "hund findesikke"])
def test_a_page_of_what_has_too_much_takes_ten(
    ask, q, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(searching, "SCANNED", 0)
    for name in ("MOST", "MOST_PHRASES", "MOST_OF_WINDOW", "MOST_ALONE"):
        monkeypatch.setattr(searching, name, 3)
    for _ in range(9):
        put("Hund hund")
    for filters in ({}, {"level": "A1"}):
        with django_assert_max_num_queries(10):
            ask(q, language="da", **filters)


def test_what_is_hidden_is_not_found(ask):
    pk = put()
    Article.objects.filter(pk=pk).update(broken="hidden")
    assert ids(ask("hund")) == []
