"""The admin's page of statistics."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from articles import counts
from articles.tests.factories import make_article
from learners.models import User
from tokenization.models import CacheUse
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

LIST = "/admin/tokenization/tokenizationcache/"
PAGE = f"{LIST}statistics/"
NOTHING = "There is nothing to draw yet."


def make_use(language="da", hits=3, misses=1):
    day = timezone.now().date()
    CacheUse.objects.create(day=day, language_id=language, hits=hits, misses=misses)


def page_of(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def texts(elements):
    return [" ".join(element.text_content().split()) for element in elements]


def tables(client):
    """The cells of each table of the page, line by line."""
    return [
        [texts(line.xpath("th|td")) for line in table.xpath(".//tbody/tr")]
        for table in page_of(client).find_class("numbers")
    ]


def test_the_numbers_of_each_language_are_in_a_table(admin_client):
    make_row(bytes=2048, token_count=1234)
    make_article(language="de")
    make_use()
    [languages, _, _] = tables(admin_client)
    assert [" ".join(cells) for cells in languages] == [
        "da 1 1 1 0 0 0 0 100.0% 75.0% 1,234 2.0 KB",
        "de 1 0 0 0 0 0 1 0.0% – 0 0 bytes",
    ]


def test_ages_and_growth_are_in_tables_too(admin_client):
    make_row(bytes=2048)
    [_, ages, growth] = tables(admin_client)
    assert ages[0] == ["< 1 day", "1", "2.0 KB"]
    assert len(ages) == 6
    assert growth[-1] == [f"{timezone.now():%d %b}", "1", "2.0 KB"]
    assert len(growth) == 30


def test_the_figures_are_those_of_all_languages(admin_client):
    make_row()
    make_row(make_article(language="de"), text_hash="old")
    page = page_of(admin_client)
    names, numbers = texts(page.xpath("//dt")), texts(page.xpath("//dd"))
    figures = dict(zip(names, numbers, strict=True))
    assert (figures["Rows"], figures["Coverage"]) == ("2", "50.0%")


def test_each_chart_has_a_title(admin_client):
    make_row()
    make_use()
    page = page_of(admin_client)
    titles = texts(page.xpath("//*[name()='svg'][@role='img']/*[name()='title']"))
    assert titles == texts(page.xpath("//figcaption"))
    assert len(titles) == 6


def test_a_chart_without_numbers_is_replaced_by_words(admin_client):
    make_row(created_at=timezone.now() - timedelta(days=40))
    figures = texts(page_of(admin_client).xpath("//figure"))
    without = [text.removesuffix(f" {NOTHING}") for text in figures if NOTHING in text]
    growth = ["Rows made a day", "Megabytes made a day"]
    assert without == ["Hit ratio of the last 30 days", *growth]


def test_an_empty_cache_is_told_how_to_be_filled(admin_client):
    page = page_of(admin_client)
    [text] = texts(page.xpath("//p[@class='nothing']"))
    assert "manage.py pretokenize" in text
    assert page.find_class("chart") + page.find_class("numbers") == []


def test_what_nobody_has_counted_yet_is_not_none(admin_client, monkeypatch):
    make_row(make_article())
    unknown = counts.Counted(None, None)
    monkeypatch.setattr(counts, "by_state", lambda *args: unknown)
    page = page_of(admin_client)
    (words,) = texts(page.xpath('//*[@id="content-main"]'))
    assert words == "Being counted: look again in a moment."


def test_the_list_leads_to_the_page_and_the_page_back(admin_client):
    listed = html.fromstring(admin_client.get(LIST).content)
    assert PAGE in listed.xpath("//ul[@class='object-tools']//a/@href")
    crumbs = page_of(admin_client).xpath("//div[@class='breadcrumbs']//a/@href")
    assert crumbs == ["/admin/", "/admin/tokenization/", LIST]


@pytest.mark.parametrize(("may_view", "status"), [(True, 200), (False, 403)])
def test_the_page_is_for_those_who_may_look(client, may_view, status):
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    if may_view:
        permission = Permission.objects.get(codename="view_tokenizationcache")
        clerk.user_permissions.add(permission)
    client.force_login(clerk)
    assert client.get(PAGE).status_code == status


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(PAGE).headers["Location"] == f"/admin/login/?next={PAGE}"


def test_more_rows_cost_no_more_queries(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page_of(admin_client)
        return len(captured)

    make_row()
    queries()  # fills Django's own caches
    few = queries()
    for language in ("da", "de", "sv"):
        make_row(make_article(language=language))
        make_use(language)
    assert queries() == few
