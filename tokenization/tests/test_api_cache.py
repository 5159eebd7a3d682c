"""The API's token cache: what staff sees of it and sets off."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.languages import LANGUAGES
from articles.models import Article
from articles.tests.factories import make_article, make_feed
from learners.api import cache_serializers as serializers
from tokenization import services
from tokenization.models import TokenizationCache
from tokenization.states import ensure_marked
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

LIST = "/api/tokenization/"
STATISTICS = "/api/tokenization/statistics/"


def make_filled(**facts):
    article = make_article(**facts)
    assert services.fill([article]) == {}
    return article


def make_stale(**facts):
    article = make_filled(**facts)
    Article.objects.filter(pk=article.pk).update(text_hash="other")
    services.mark([article.pk])
    return article


def make_failed(stub, **facts):
    article = make_article(**facts)
    stub.bad.add(article.title)
    services.fill([article])
    return article


def rows(client, **params):
    response = client.get(LIST, params)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def states(client, **params):
    return {row["article"]: row["state"] for row in rows(client, **params)}


@pytest.mark.parametrize(
    ("client", "status"), [("api", 401), ("reader_api", 403), ("staff_api", 200)]
)
@pytest.mark.parametrize("url", [LIST, STATISTICS, "{article}"])
def test_only_staff_may_look(request, client, status, url):
    article = make_filled()
    url = url.format(article=f"{LIST}{article.pk}/")
    assert request.getfixturevalue(client).get(url).status_code == status


@pytest.mark.parametrize(("client", "status"), [("api", 401), ("reader_api", 403)])
def test_only_staff_may_refill(request, stub, client, status):
    article = make_article()
    url = f"{LIST}{article.pk}/refill/"
    assert request.getfixturevalue(client).post(url).status_code == status
    assert stub.calls == []


def test_a_row_has_the_fields_that_the_schema_declares(staff_api):
    make_filled()
    [row] = rows(staff_api)
    assert set(row) == set(serializers.CacheSerializer().fields)


def test_a_row_tells_facts_without_the_tokens(staff_api):
    article = make_filled(title="Hej med dig")
    row = staff_api.get(f"{LIST}{article.pk}/").json()
    assert (row["title"], row["language"], row["state"]) == (
        "Hej med dig",
        "da",
        "fresh",
    )
    assert (row["token_count"], row["tokenizer"]) == (6, "stub 1 da")


def test_each_row_has_its_state(staff_api, stub):
    fresh, stale, failed = make_filled(), make_stale(), make_failed(stub)
    make_article()
    assert states(staff_api) == {
        fresh.pk: "fresh",
        stale.pk: "stale",
        failed.pk: "failed",
    }


@pytest.mark.parametrize("state", ["fresh", "stale", "failed"])
def test_rows_are_filtered_by_state(staff_api, stub, state):
    articles = {
        "fresh": make_filled(),
        "stale": make_stale(),
        "failed": make_failed(stub),
    }
    assert states(staff_api, state=state) == {articles[state].pk: state}


def test_rows_are_filtered_by_language(staff_api):
    make_filled()
    german = make_filled(feed=make_feed("de"))
    assert list(states(staff_api, language="de")) == [german.pk]


@pytest.mark.parametrize("query", ["language=de,da", "language=da&language=de"])
def test_rows_are_filtered_by_several_languages(staff_api, query):
    danish, german = make_filled(), make_filled(feed=make_feed("de"))
    make_row(make_article(feed=make_feed("sv")))
    found = staff_api.get(f"{LIST}?{query}").json()["results"]
    assert [row["article"] for row in found] == [german.pk, danish.pk]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "missing"),
        ("state", "x"),
        ("language", "xx"),
        ("feed", "1"),
        ("page_size", "0"),
        ("cursor", "x"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(staff_api, name, value):
    response = staff_api.get(LIST, {name: value})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [name]


def test_pages_together_are_the_whole_list(staff_api):
    pks = [make_filled().pk for _ in range(5)]
    TokenizationCache.objects.update(
        refreshed_at=TokenizationCache.objects.first().refreshed_at
    )
    url, found = f"{LIST}?page_size=2", []
    while url:
        page = staff_api.get(url).json()
        found += [row["article"] for row in page["results"]]
        url = page["next"]
    assert found == pks[::-1]


@pytest.mark.parametrize("pk", ["4711", "9" * 30])
def test_an_unknown_row_is_a_404(staff_api, pk):
    for response in (
        staff_api.get(f"{LIST}{pk}/"),
        staff_api.post(f"{LIST}{pk}/refill/"),
    ):
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"


def test_more_rows_cost_no_more_queries(staff_api):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            rows(staff_api)
        return len(captured)

    make_filled()
    few = queries()
    for _ in range(10):
        make_filled()
    assert queries() == few


def test_refill_answers_with_the_new_state(staff_api):
    article = make_stale()
    answer = staff_api.post(f"{LIST}{article.pk}/refill/")
    assert answer.status_code == 200
    assert answer.json()["state"] == "fresh"


def test_refill_makes_a_missing_row(staff_api):
    article = make_article()
    assert staff_api.post(f"{LIST}{article.pk}/refill/").json()["state"] == "fresh"
    assert states(staff_api) == {article.pk: "fresh"}


def test_refill_tells_why_it_failed(staff_api, stub):
    article = make_article(title="Umulig")
    stub.bad.add("Umulig")
    row = staff_api.post(f"{LIST}{article.pk}/refill/").json()
    assert (row["state"], row["error"]) == ("failed", "refused: Umulig")


def test_rows_are_only_read(staff_api):
    article = make_filled()
    for method in (staff_api.put, staff_api.patch, staff_api.delete):
        assert method(f"{LIST}{article.pk}/", {"error": "x"}).status_code == 405
    assert staff_api.post(LIST, {}).status_code == 405


# --- statistics


def statistics(client):
    answer = client.get(STATISTICS).json()
    return answer["total"], {row["language"]: row for row in answer["languages"]}


def test_statistics_count_each_state_by_language(staff_api, stub):
    for make in (make_filled, make_filled, make_stale, make_article):
        make()
    make_failed(stub)
    make_filled(feed=make_feed("de"))
    total, languages = statistics(staff_api)
    counts = ("articles", "fresh", "stale", "failed", "missing", "coverage")
    assert [languages["da"][name] for name in counts] == [5, 2, 1, 1, 1, 0.4]
    assert [languages["de"][name] for name in counts] == [1, 1, 0, 0, 0, 1.0]
    assert [total[name] for name in counts] == [6, 3, 1, 1, 1, 0.5]


def test_statistics_sum_up_tokens_and_bytes(staff_api):
    for _ in range(2):
        make_filled(title="En to", summary="", fragments=[("p", "Tre")])
    sizes = TokenizationCache.objects.values_list("bytes", flat=True)
    total, languages = statistics(staff_api)
    assert (total["tokens"], total["bytes"]) == (6, sum(sizes))
    assert languages["da"]["bytes"] == sum(sizes) > 0


def test_statistics_leave_out_broken_articles(staff_api):
    make_filled(broken=Article.Broken.NO_TEXT)
    total, _ = statistics(staff_api)
    assert (total["articles"], total["fresh"], total["coverage"]) == (0, 0, None)
    assert total["tokens"] > 0  # they take up room all the same


def test_a_language_without_articles_has_no_coverage(staff_api):
    total, languages = statistics(staff_api)
    assert len(languages) == len(LANGUAGES)
    assert (total["coverage"], languages["sv"]["coverage"]) == (None, None)


def test_statistics_have_the_fields_that_the_schema_declares(staff_api):
    total, languages = statistics(staff_api)
    declared = set(serializers.LanguageStatisticsSerializer().fields)
    assert set(total) == set(languages["da"]) == declared


def test_ages_and_growth_have_the_fields_that_the_schema_declares(staff_api):
    answer = staff_api.get(STATISTICS).json()
    assert set(answer) == set(serializers.StatisticsSerializer().fields)
    assert set(answer["ages"][0]) == set(serializers.AgeSerializer().fields)
    assert set(answer["growth"][0]) == set(serializers.GrowthSerializer().fields)


def test_a_new_tokenizer_takes_the_coverage_away(staff_api, stub):
    make_filled()
    stub.release = 2
    ensure_marked()
    total, _ = statistics(staff_api)
    assert (total["fresh"], total["stale"], total["coverage"]) == (0, 1, 0.0)
