"""Deleting in the admin: pages that count, batches that end, and what is in the way."""

from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import deletion, services
from articles.models import (
    Article,
    DeletedArticle,
    Feed,
    FeedVisit,
    JudgeRule,
    Language,
    Topic,
)
from articles.tests.factories import make_article, make_feed, make_rule, make_visit
from learners.models import User
from tokenization.models import TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

MODELS = ["feed", "article", "language", "topic"]


def delete_url(row):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_delete", args=[row.pk])


def list_url(model, **query):
    meta = model._meta
    name = f"admin:{meta.app_label}_{meta.model_name}_changelist"
    return reverse(name, query=query)


def delete_selected(client, model, *rows, query=None, **data):
    data = {
        "action": "delete_selected",
        "_selected_action": [row.pk for row in rows],
        **data,
    }
    return client.post(list_url(model, **(query or {})), data, follow=True)


@pytest.fixture
def begun(monkeypatch):
    """Commands that are begun in the background, and what they are given."""
    begun = []
    monkeypatch.setattr(
        services,
        "start",
        lambda command, timeout_s, given=b"": begun.append((command, given)),
    )
    return begun


# --- feeds


def test_the_page_counts_what_goes_with_a_feed(admin_client):
    feed = make_article(feed=make_feed(title="Avis")).feed
    make_visit(feed), make_visit(feed)
    page = admin_client.get(delete_url(feed)).content.decode()
    assert "<li>Articles: 1</li>" in page
    assert "<li>Visits: 2</li>" in page
    assert Feed.objects.exists()


def test_a_feed_goes_with_its_articles_and_visits(admin_client):
    feed, other = make_article().feed, make_article().feed
    make_visit(feed)
    page = admin_client.post(delete_url(feed), {"post": "yes"}, follow=True)
    assert "was deleted successfully" in page.content.decode()
    assert list(Feed.objects.all()) == [other]
    assert Article.objects.get().feed == other
    assert not FeedVisit.objects.exists()
    assert not DeletedArticle.objects.exists()


def test_several_feeds_go_at_once(admin_client):
    feeds = [make_article().feed, make_feed()]
    kept = make_feed()
    page = delete_selected(admin_client, Feed, *feeds).content.decode()
    assert "<li>Articles: 1</li>" in page
    assert Feed.objects.count() == 3
    page = delete_selected(admin_client, Feed, *feeds, post="yes").content.decode()
    assert "Successfully deleted 2 feeds." in page
    assert list(Feed.objects.all()) == [kept]


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_large_feed_is_paused_and_goes_in_the_background(
    admin_client, begun, monkeypatch, way
):
    monkeypatch.setattr(services, "FEW", 2)
    feed = make_feed()
    for _ in range(3):
        make_article(feed=feed)
    if way == "page":
        page = admin_client.post(delete_url(feed), {"post": "yes"}, follow=True)
    else:
        page = delete_selected(admin_client, Feed, feed, post="yes")
    assert "The deletion has started" in page.content.decode()
    assert "deleted success" not in page.content.decode().lower()
    assert not Feed.objects.get().active
    [(command, _)] = begun
    call_command(*command, stdout=StringIO())
    assert not Feed.objects.exists()


def test_who_may_not_delete_articles_deletes_no_feed_that_has_some(client):
    user = User.objects.create_user("staff@example.com", is_staff=True)
    codes = ("delete_feed", "view_feed")
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(user)
    feed, empty = make_article().feed, make_feed()
    page = client.get(delete_url(feed)).content.decode()
    assert "permission to delete the following types of objects" in page
    assert client.post(delete_url(feed), {"post": "yes"}).status_code == 403
    assert client.post(delete_url(empty), {"post": "yes"}).status_code == 302
    assert list(Feed.objects.all()) == [feed]


# --- articles


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_deleted_article_is_remembered_and_its_tokens_go_along(admin_client, way):
    article, kept = make_row().article, make_row().article
    if way == "page":
        admin_client.post(delete_url(article), {"post": "yes"})
    else:
        delete_selected(admin_client, Article, article, post="yes")
    assert DeletedArticle.objects.get().pk == article.pk
    assert TokenizationCache.objects.get().article == kept


def across(client, **data):
    article = Article.objects.filter(broken="").first()
    data = {"select_across": "1", **data}
    query = {"broken": "no"}
    return delete_selected(client, Article, article, query=query, **data)


def test_a_selection_across_pages_goes_whole_and_nothing_else(admin_client):
    for _ in range(130):
        make_article()
    kept = make_article(broken="hidden")
    page = across(admin_client)
    html = page.content.decode()
    assert "<li>Articles: 130</li>" in html
    assert "… and 110 more" in html
    assert html.count('name="_selected_action"') == 1
    came_later = make_article()
    page = across(admin_client, post="yes", up_to=page.context["up_to"])
    assert "Successfully deleted 130 articles." in page.content.decode()
    assert set(Article.objects.all()) == {kept, came_later}
    assert LogEntry.objects.get().object_repr == "130 articles"


@pytest.mark.parametrize("up_to", ["x", "9" * 30, "-1", "\0"])
def test_a_last_row_that_can_not_be_is_refused(admin_client, up_to):
    make_article()
    assert across(admin_client, post="yes", up_to=up_to).status_code == 400
    assert Article.objects.exists()


def test_many_articles_go_in_the_background(admin_client, begun, monkeypatch):
    monkeypatch.setattr(services, "FEW", 2)
    articles = [make_article() for _ in range(3)]
    kept = make_article(broken="hidden")
    page = across(admin_client, post="yes", up_to=articles[-1].pk)
    assert "The deletion has started" in page.content.decode()
    [(command, given)] = begun
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(given)))
    call_command(*command, stdout=StringIO())
    assert list(Article.objects.all()) == [kept]
    assert DeletedArticle.objects.count() == 3


def test_the_command_for_that_takes_numbers_only(monkeypatch):
    article = make_article()
    monkeypatch.setattr(
        "sys.stdin", TextIOWrapper(BytesIO(f"{article.pk}\nall\n".encode()))
    )
    with pytest.raises(CommandError, match="'all' is no article's number") as caught:
        call_command("delete_articles", "--yes")
    assert caught.value.returncode == 2
    assert Article.objects.exists()


# --- languages and topics


def test_what_keeps_a_language_is_counted_and_linked(admin_client):
    make_article(language="da"), make_feed("da"), make_feed("sv")
    page = admin_client.get(delete_url(Language.objects.get(pk="da")))
    html = page.content.decode()
    assert "feeds in da: 2</a>" in html
    assert "articles in da: 1</a>" in html
    link = list_url(Feed, language__code__exact="da")
    assert link in html
    assert admin_client.get(link).context["cl"].result_count == 2


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_language_that_is_in_use_stays(admin_client, way):
    danish = make_feed("da").language
    if way == "page":
        admin_client.post(delete_url(danish), {"post": "yes"})
    else:
        page = delete_selected(admin_client, Language, danish, post="yes")
        assert "Cannot delete" in page.content.decode()
    assert Language.objects.filter(pk="da").exists()


def test_a_language_without_feeds_goes_with_its_rules(admin_client):
    JudgeRule.objects.all().delete()
    rule, other = make_rule(language="hu"), make_rule(language=None)
    url = delete_url(rule.language)
    assert "<li>Judge rules: 1</li>" in admin_client.get(url).content.decode()
    admin_client.post(url, {"post": "yes"})
    assert not Language.objects.filter(pk="hu").exists()
    assert list(JudgeRule.objects.all()) == [other]


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_topic_goes_and_its_articles_stay(admin_client, monkeypatch, way):
    monkeypatch.setattr(deletion, "SMALL_BATCH", 2)
    topic, other = Topic.objects.all()[:2]
    articles = [make_article(topics=[topic, other]) for _ in range(3)]
    page = admin_client.get(delete_url(topic)).content.decode()
    assert "<li>Articles that lose it, and stay: 3</li>" in page
    if way == "page":
        admin_client.post(delete_url(topic), {"post": "yes"})
    else:
        delete_selected(admin_client, Topic, topic, post="yes")
    assert not Topic.objects.filter(pk=topic.pk).exists()
    assert [list(one.topics.all()) for one in articles] == [[other]] * 3


def test_a_row_of_the_token_cache_goes_alone(admin_client):
    rows = [make_row(), make_row()]
    delete_selected(admin_client, TokenizationCache, rows[0], post="yes")
    assert list(TokenizationCache.objects.all()) == [rows[1]]
    assert Article.objects.count() == 2


# --- however much it is


def make_much(number):
    topic = Topic.objects.first()
    feed = make_feed("da")
    for _ in range(number):
        make_row(make_article(feed=feed, topics=[topic]))
        make_visit(feed)
    return {
        "feed": feed,
        "article": feed.articles.first(),
        "language": feed.language,
        "topic": topic,
    }


@pytest.mark.parametrize("model", MODELS)
def test_the_pages_that_ask_cost_the_same_however_much_there_is(admin_client, model):
    def queries(number):
        rows = make_much(number)
        with CaptureQueriesContext(connection) as page:
            admin_client.get(delete_url(rows[model]))
        with CaptureQueriesContext(connection) as action:
            delete_selected(
                admin_client, type(rows[model]), rows[model], select_across="1"
            )
        return len(page), len(action)

    queries(1)
    few = queries(2)
    assert queries(30) == few


def test_no_page_that_asks_loads_texts(admin_client):
    rows = make_much(3)
    with CaptureQueriesContext(connection) as page:
        admin_client.get(delete_url(rows["feed"]))
        admin_client.get(delete_url(rows["topic"]))
        across(admin_client)
    asked = " ".join(q["sql"] for q in page).replace('"', "").replace("`", "")
    assert "fragment" not in asked
    assert "tokenizationcache.content" not in asked


def test_a_feed_is_not_deleted_in_one_transaction(admin_client, monkeypatch):
    monkeypatch.setattr(deletion, "BATCH", 1)
    depths = []
    really = deletion.delete_batch
    monkeypatch.setattr(
        deletion,
        "delete_batch",
        lambda *args, **options: (
            depths.append(len(connection.savepoint_ids)),
            really(*args, **options),
        )[1],
    )
    feed = make_article().feed
    depth = len(connection.savepoint_ids)
    admin_client.post(delete_url(feed), {"post": "yes"})
    assert depths == [depth]
