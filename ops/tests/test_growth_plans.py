"""What is asked for often is answered by an index, however many rows there are."""

import orjson
import pytest
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from articles.models import Article
from ops.benchmarks import rows
from tokenization import backlog
from tokenization.models import TokenizationCache
from zeeguu.base.large_lists import LargePaginator

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "mysql", reason="plans of MariaDB"),
]


@pytest.fixture
def many():
    rows.make(20_000)


def plan(query: QuerySet) -> dict[str, tuple[str, str]]:
    """{table: (index, what else is done)}"""
    return explain(*query.query.sql_with_params())


def explain(sql: str, params: list | tuple) -> dict[str, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["table"]: (row["key"], row["Extra"] or "") for row in found}


def test_the_rows_are_answered_as_others_are(admin_client):
    rows.make(20)
    for pk in Article.objects.listed().values_list("pk", flat=True):
        row = TokenizationCache.objects.filter(pk=pk).first()
        assert admin_client.get(f"/api/articles/{pk}/").status_code == 200
        if row:
            page = f"/admin/tokenization/tokenizationcache/{pk}/change/"
            assert admin_client.get(page).status_code == 200
            assert row.content == "" or orjson.loads(row.content)


def test_hot_queries_use_their_index_and_sort_nothing(many):
    caches = TokenizationCache.objects.order_by("-pk").values("pk")
    stale = caches.in_state("stale")
    german = stale.filter(article__language="de")
    newest = Article.objects.listed().newest_first()
    plans = {
        "article_tokens": plan(stale[:100]),
        "article_tokens_in_language": plan(german[:100]),
        "article_newest": plan(newest[:20]),
        "article_newest_in_language": plan(newest.filter(language="de")[:20]),
    }
    for index, found in plans.items():
        key, extra = found["articles_article"]
        assert (key, "filesort" in extra) == (index, False), (index, found)


def test_sorted_lists_of_the_admin_sort_nothing(many, admin_client):
    lists = {
        "articles_article": {
            "published": "article_age",
            "level": "article_level",
            "tokens": "article_tokens",
        },
        "tokenization_tokenizationcache": {"article": "PRIMARY"},
    }
    for name, indexes in lists.items():
        url = reverse(f"admin:{name}_changelist")
        changes = admin_client.get(url).context["cl"]
        assert set(indexes) == set(changes.sortable_by) & set(changes.list_display)
        for column, index in indexes.items():
            for sign in ("", "-"):
                order = f"{sign}{changes.list_display.index(column)}"
                rows = admin_client.get(url, {"o": order}).context["cl"].queryset
                found = plan(rows.values("pk")[:100])[name]
                assert (found[0], "filesort" in found[1]) == (index, False), order


def test_the_backlog_and_the_counts_read_an_index_alone(many):
    key, _ = plan(backlog.backlog(["missing"]))["articles_article"]
    assert key in {"article_counts", "article_tokens"}
    counts = Article.objects.order_by().values("broken", "token_state", "language")
    assert plan(counts.distinct())["articles_article"][0] == "article_counts"


def test_a_page_of_a_large_list_joins_only_what_it_filters_by(many):
    caches = TokenizationCache.objects.select_related("article__language")
    page = LargePaginator(caches.in_state("fresh").order_by("-pk"), 100).page(1)
    assert len(page.object_list) == 100
