"""304: what a client has already is not sent again, and not read."""

from dataclasses import replace

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Feed, Language, Topic
from articles.services import refresh_text_facts
from articles.tests.factories import make_article
from tokenization import services, serving
from tokenization.listing import Wanted
from tokenization.models import CacheUse, TokenizationCache
from tokenization.usage import Usage

pytestmark = pytest.mark.django_db

CALLS = {
    "list": "/api/articles/",
    "article": "/api/articles/{pk}/",
    "summary": "/api/articles/{pk}/summary/",
    "summaries": "/api/articles/summaries/?ids={pk}",
}
call = pytest.mark.parametrize("url", CALLS.values(), ids=CALLS)


@pytest.fixture
def article(stub):
    article = make_article(title="Hej du", summary="Ja.")
    services.fill([article])
    return article


def ask_again(api, url, article):
    """A function that asks with the ETag of now, and returns the later status."""
    url = url.format(pk=article.pk)
    tag = api.get(url)["ETag"]
    return lambda: api.get(url, headers={"if-none-match": tag}).status_code


@call
def test_what_has_not_changed_is_not_sent_again(api, article, url):
    url = url.format(pk=article.pk)
    first = api.get(url)
    second = api.get(url, headers={"if-none-match": first["ETag"]})
    assert (second.status_code, second.content) == (304, b"")
    assert not second.has_header("Content-Length")  # the document's is not 0
    assert second["ETag"] == first["ETag"]
    assert second["Cache-Control"] == first["Cache-Control"] == "no-cache"


@call
def test_for_a_304_no_tokens_are_read(api, article, url):
    again = ask_again(api, url, article)
    with CaptureQueriesContext(connection) as queries:
        assert again() == 304
    read = "".join(query["sql"] for query in queries).replace("`", '"')
    assert '"tokenization_tokenizationcache"."tokenizer"' in read
    for column in ("title", "summary", "content"):
        assert f'"tokenization_tokenizationcache"."{column}"' not in read


def edit_the_text(article):
    Article.objects.filter(pk=article.pk).update(title="Hej igen")
    refresh_text_facts(article)


def refill(article):
    services.fill([article])


def invalidate(article):
    services.invalidate(TokenizationCache.objects.all())


@call
@pytest.mark.parametrize("change", [edit_the_text, refill, invalidate])
def test_what_has_changed_is_sent(api, article, url, change):
    again = ask_again(api, url, article)
    change(article)
    assert again() == 200


@call
def test_another_tokenizer_changes_what_is_said(api, article, stub, url):
    again = ask_again(api, url, article)
    stub.release += 1
    assert again() == 200


@pytest.mark.parametrize("name", ["list", "article"])
def test_what_a_card_shows_besides_counts_too(api, article, name):
    again = ask_again(api, CALLS[name], article)
    Feed.objects.update(title="Another name")
    assert again() == 200
    again = ask_again(api, CALLS[name], article)
    article.topics.add(Topic.objects.first())
    assert again() == 200
    again = ask_again(api, CALLS[name], article)
    Article.objects.update(level="B1")
    assert again() == 200
    found = api.get(CALLS[name].format(pk=article.pk)).json()
    assert found.get("results", [found])[0]["level"] == "B1"


@pytest.mark.parametrize("name", ["list", "article"])
def test_what_no_answer_shows_changes_none(api, article, name):
    article.topics.add(Topic.objects.first())
    Feed.objects.update(title="Its name")
    again = ask_again(api, CALLS[name], article)
    Topic.objects.update(name="Another name")
    Feed.objects.update(url="https://elsewhere.example.com/feed")
    Language.objects.update(name="Another name")
    assert again() == 304


def test_topics_in_another_order_are_the_same_version(article):
    article.topics.add(*Topic.objects.all()[:3])
    [row] = serving.page(Wanted(), 1).rows
    other = orjson.dumps(orjson.loads(row.topics_json)[::-1]).decode()
    assert other != row.topics_json
    turned = replace(row, topics_json=other)
    assert serving.version([turned]) == serving.version([row])


def test_a_list_that_goes_on_is_another_list(api, article):
    again = ask_again(api, "/api/articles/?page_size=1", article)
    make_article(published_at=article.published_at.replace(year=2020))
    assert again() == 200


def test_an_article_that_goes_while_a_list_is_read_is_left_out(
    api, article, monkeypatch
):
    again, gone = serving.again, make_article(title="Farvel")

    def slow(seen):
        gone.delete()
        return again(seen)

    monkeypatch.setattr(serving, "again", slow)
    page = api.get("/api/articles/", headers={"if-none-match": '"old"'}).json()
    assert [card["id"] for card in page["results"]] == [article.pk]


@pytest.mark.parametrize("accepted", ["text/html", "application/json; indent=4"])
def test_pages_for_people_show_who_is_signed_in_and_have_no_etag(
    api, article, accepted
):
    url = f"/api/articles/{article.pk}/"
    tag = api.get(url)["ETag"]
    page = api.get(url, headers={"accept": accepted, "if-none-match": tag})
    assert page.status_code == 200
    assert "ETag" not in page


@call
def test_a_304_varies_as_the_answer_does(api, article, url):
    url = url.format(pk=article.pk)
    first = api.get(url)
    second = api.get(url, headers={"if-none-match": first["ETag"]})
    varies = {name.strip() for name in second["Vary"].split(",")}
    assert varies >= {"Accept", "Accept-Encoding"}


@pytest.mark.parametrize("tag", ["*", '"old"'])
def test_an_unknown_article_is_a_404_whatever_the_client_has(
    api, django_assert_num_queries, tag
):
    with django_assert_num_queries(1):
        response = api.get("/api/articles/1/", headers={"if-none-match": tag})
    assert response.status_code == 404


@pytest.fixture
def counted(monkeypatch):
    counted = Usage()
    monkeypatch.setattr(serving, "usage", counted)
    return counted


@pytest.mark.parametrize("name", ["article", "summary", "summaries"])
def test_what_is_asked_for_by_its_id_counts_as_read(api, article, name, counted):
    again = ask_again(api, CALLS[name], article)
    assert again() == 304
    counted.flush()
    assert TokenizationCache.objects.get().reads == 2
    assert CacheUse.objects.get().hits == 2


def test_lists_count_hits_but_no_reading(api, article, counted):
    api.get(CALLS["list"])
    counted.flush()
    assert TokenizationCache.objects.get().reads == 0
    assert CacheUse.objects.get().hits == 1


@pytest.mark.parametrize("query", ["language=da,xx", "topic=science,nope", "page=1"])
def test_a_list_that_is_refused_counts_nothing(api, article, counted, query):
    article.topics.add(Topic.objects.get(slug="science"))
    assert api.get(f"{CALLS['list']}?{query}").status_code == 400
    counted.flush()
    assert not CacheUse.objects.exists()


@call
@pytest.mark.parametrize("accepted", ["text/html", "application/json; indent=4"])
def test_pages_for_developers_are_neither_hits_nor_misses(
    api, article, counted, url, accepted
):
    page = api.get(url.format(pk=article.pk), headers={"accept": accepted})
    assert page.status_code == 200
    counted.flush()
    assert not CacheUse.objects.exists()


def test_a_reader_page_is_a_hit_and_a_reading(client, article, counted):
    assert client.get(f"/read/{article.language_id}/{article.pk}/").status_code == 200
    counted.flush()
    assert CacheUse.objects.get().hits == 1
    assert TokenizationCache.objects.get().reads == 1
