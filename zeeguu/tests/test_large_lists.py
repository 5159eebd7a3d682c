"""Lists of the admin that cost the same however long they are."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from articles.models import Article, CrawlRun, FeedVisit, Topic
from articles.tests.factories import make_article
from tokenization.models import TokenizationCache
from zeeguu.base import large_lists
from zeeguu.base.large_lists import LargePaginator

pytestmark = pytest.mark.django_db


def paginator(rows=None):
    rows = Article.objects.order_by("-pk") if rows is None else rows
    return LargePaginator(rows, 2)


def test_few_are_counted_exactly():
    for _ in range(3):
        make_article()
    assert (paginator().count, paginator().num_pages) == (3, 2)


def test_of_many_it_is_said_that_they_are_more(monkeypatch, admin_client):
    monkeypatch.setattr(large_lists, "MOST", 2)
    for _ in range(3):
        make_article()
    assert f"{paginator().count}" == "more than 2"
    page = admin_client.get("/admin/articles/article/").content.decode()
    assert "more than 2 articles" in " ".join(page.split())


def test_a_page_has_its_rows_in_order():
    articles = [make_article() for _ in range(3)]
    assert list(paginator().page(1)) == articles[:0:-1]
    assert list(paginator().page(2)) == articles[:1]


def test_a_page_is_found_without_what_it_is_shown_with(django_assert_num_queries):
    make_article()
    rows = Article.objects.select_related("language").order_by("-pk")
    with django_assert_num_queries(3) as captured:
        list(paginator(rows).page(1))
    count, ids, _ = (query["sql"] for query in captured)
    assert "JOIN" not in count and "JOIN" not in ids
    assert "LIMIT 10001" in count


def test_hinted_rows_are_counted_in_the_others_stead(monkeypatch):
    monkeypatch.setattr(large_lists, "EXACT", 0)
    pages = paginator()
    pages.hint = Topic.objects.all()
    assert pages.count == Topic.objects.count()


large = pytest.mark.parametrize(
    "model", [Article, TokenizationCache, FeedVisit, CrawlRun]
)


def list_of(client, model, **address):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return client.get(reverse(name), address)


@large
def test_large_tables_have_such_lists(model):
    site = admin.site._registry[model]
    assert (site.paginator, site.show_full_result_count) == (LargePaginator, False)


@large
def test_nothing_is_counted_for_each_choice_of_a_filter(model, admin_client):
    make_article()
    with CaptureQueriesContext(connection) as plain:
        assert "_facets" not in list_of(admin_client, model).content.decode()
    with CaptureQueriesContext(connection) as asked:
        list_of(admin_client, model, _facets="True")
    assert len(asked) <= len(plain)


def order_of(client, model, order):
    """What a list is sorted by, and the columns that say they are, by number."""
    changes = list_of(client, model, o=order).context["cl"]
    return changes.queryset.query.order_by, changes.get_ordering_field_columns()


@large
def test_lists_are_sorted_by_what_an_index_serves_alone(model, admin_client):
    site = admin.site.get_model_admin(model)
    indexed = {field.name for field in model._meta.fields if field.db_index}
    alone = (index.fields for index in model._meta.indexes if len(index.fields) == 1)
    indexed.update(*alone)
    unsorted = order_of(admin_client, model, "")
    columns = list_of(admin_client, model).context["cl"].list_display
    for place, name in enumerate(columns):
        if name not in site.sortable_by:
            assert order_of(admin_client, model, place) == unsorted, name
            continue
        for sign in ("", "-"):
            (first, second), shown = order_of(admin_client, model, f"{sign}{place}")
            assert first.removeprefix("-") in {"pk", *indexed}
            assert (first[0] == "-", second) == (sign == "-", f"{sign}pk")
            assert shown == {place: "desc" if sign else "asc"}


@pytest.mark.parametrize("order", ["1.4.6", "x.4.-6", "-.99.4", "4.-4", "4.4"])
def test_a_list_is_sorted_by_one_column(order, admin_client):
    expected = (("published_at", "pk"), {4: "asc"})
    assert order_of(admin_client, Article, order) == expected


def test_a_heading_that_sorts_nothing_is_no_link(admin_client):
    make_article()
    page = html.fromstring(list_of(admin_client, Article).content)
    linked = page.xpath("//th[contains(@class, 'sortable')]//a/text()")
    assert linked == ["Published", "Level", "Tokens"]


@large
def test_a_list_of_all_does_not_offer_to_show_all(model, admin_client):
    make_article()
    for plain in ({}, {"o": "1"}, {"q": ""}):
        page = list_of(admin_client, model, **plain).content.decode()
        assert "Show all" not in page
    # Where there is no search there is no place for it.
    assert "Show all" in list_of(admin_client, model, q="x").content.decode()
    assert "Show all" in list_of(admin_client, model, pk__gt="0").content.decode()
