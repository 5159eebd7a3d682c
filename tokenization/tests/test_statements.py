"""SQL that is made once, and filled with each request's values."""

import gc
import threading
import weakref
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles.models import Article, CrawlRun, Topic
from articles.tests.factories import make_article
from tokenization import listing, serving
from tokenization.listing import Wanted
from zeeguu.base.statements import Insert, Slot, Statement, Update

pytestmark = pytest.mark.django_db


def test_each_run_brings_its_own_values():
    ids = [make_article(title=title).pk for title in ("Et", "To", "Tre")]
    articles = Article.objects.filter(pk__in=[Slot("a"), Slot("b")], broken="")
    statement = Statement(articles.order_by("pk").values_list("pk", "title"))
    assert [*map(tuple, statement.rows(a=ids[0], b=ids[2]))] == [
        (ids[0], "Et"),
        (ids[2], "Tre"),
    ]
    assert [*map(tuple, statement.rows(a=0, b=ids[1]))] == [(ids[1], "To")]


def test_times_go_in_and_come_out_as_django_has_them():
    article, later = make_article(), timezone.now() + timedelta(days=1)
    articles = Article.objects.filter(published_at__lt=Slot("until"))
    statement = Statement(articles.values_list("published_at"))
    assert [*map(tuple, statement.rows(until=later))] == [(article.published_at,)]
    assert not statement.rows(until=article.published_at)


def test_a_value_is_never_part_of_the_sql():
    make_article(title="Et")
    statement = Statement(Article.objects.filter(title=Slot("title")).values_list("pk"))
    assert statement.rows(title="' OR ''='") == []
    assert "OR" not in statement.sql


def test_a_value_that_is_missing_is_an_error():
    statement = Statement(Article.objects.filter(pk=Slot("id")).values_list("pk"))
    with pytest.raises(KeyError):
        statement.rows()


def test_lists_of_one_shape_share_their_sql(stub, monkeypatch):
    made = []
    listing._page.cache_clear()
    monkeypatch.setattr(
        listing, "Statement", lambda q, most: made.append(q) or Statement(q, most)
    )
    for code, size in (("da", 10), ("sv", 10), ("da", 3)):
        make_article(language=code)
        rows = serving.page(Wanted(languages=(code,)), size).rows
        assert {row.language for row in rows} == {code}
    assert len(made) == 1
    listing._page.cache_clear()


def test_no_more_rows_than_asked_for_of_each_language_and_of_all(stub):
    ids = [make_article(language=code).pk for code in ("da", "sv") * 3]
    wanted = Wanted(languages=("da", "sv"))
    for most in (1, 4, 10):
        found = listing.read(("id",), wanted, most)
        assert [pk for [pk] in found] == ids[::-1][:most]
    statement = listing._page(("id",), wanted.shape(), False, False)
    assert statement.sql.count("LIMIT %s") == 3


def test_the_sql_of_a_list_of_many_values_is_not_kept(stub):
    make_article(language="da")
    listing._page.cache_clear()
    many = tuple(f"x{number}" for number in range(listing.MOST_KEPT))
    for wanted in (
        Wanted(languages=("da", *many)),
        Wanted(languages=("da", "sv"), levels=("A1", *many[:10])),
    ):
        serving.page(wanted, 10)
    assert listing._page.cache_info().currsize == 0


def test_few_numbers_of_ids_have_sql_of_their_own(stub):
    articles = [make_article() for _ in range(5)]
    listing._by_id.cache_clear()
    for number in range(1, 6):
        ids = [article.pk for article in articles[:number]]
        assert {row.id for row in serving.summaries(ids).rows} == set(ids)
    assert listing._by_id.cache_info().currsize == 4  # for 1, 2, 4 and 8


def test_rows_are_changed_and_counted():
    articles = [make_article(title=title) for title in ("Et", "To")]
    named = Article.objects.filter(title=Slot("old"))
    update = Update(named, title=Slot("new"), guid=Slot("guid"))
    assert update.run(old="Et", new="Tre", guid="3") == 1
    assert update.run(old="Et", new="Fire", guid="4") == 0
    titles = Article.objects.filter(pk__in=[one.pk for one in articles])
    assert set(titles.values_list("title", "guid")) == {("Tre", "3"), ("To", "")}


def test_the_connection_of_a_thread_that_made_a_statement_goes_with_it():
    make_article(published_at=timezone.now())
    articles = Article.objects.values_list("published_at", "title")
    made: list[Statement] = []
    gone: list[weakref.ref] = []

    def make():
        gone.append(weakref.ref(connection.ops))
        made.append(Statement(articles))
        connection.close()

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    gc.collect()
    assert gone[0]() is None
    assert made[0].rows() == [*articles]


def test_a_row_is_inserted_as_the_model_would():
    now = timezone.now()
    run = CrawlRun(started_at=now)
    CrawlRun.objects.create(started_at=now)
    pk = Insert(CrawlRun).run(run)
    first, second = CrawlRun.objects.order_by("pk").values()
    assert second == first | {"id": pk}


def test_a_row_that_is_there_is_refused_or_ignored():
    Topic.objects.create(slug="moon", name="Moon")
    again = Topic(slug="moon", name="The Moon")
    Insert(Topic, or_ignore=True).run(again)
    assert Topic.objects.get(slug="moon").name == "Moon"
    with pytest.raises(IntegrityError), transaction.atomic():
        Insert(Topic).run(again)


def test_articles_by_their_ids_are_found_by_these_and_not_by_reading_all():
    statement = listing._by_id(("id", "title"), 32)
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        params = statement.params(**{f"id_{place}": place for place in range(32)})
        cursor.execute(f"{explain} {statement.sql}", params)
        plan = str(cursor.fetchall())
    assert "article_newest" not in plan
