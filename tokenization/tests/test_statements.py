"""SQL that is made once, and filled with each request's values."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from tokenization import listing, serving
from tokenization.listing import Wanted
from zeeguu.base.statements import Slot, Statement

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
    monkeypatch.setattr(listing, "Statement", lambda q: made.append(q) or Statement(q))
    for code in ("da", "sv", "da"):
        make_article(language=code)
        rows = serving.page(Wanted(languages=(code,)), 10).rows
        assert {row.language for row in rows} == {code}
    assert len(made) == 1
    listing._page.cache_clear()
