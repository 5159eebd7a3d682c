"""Deleted articles stay deleted, and leave nothing behind."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import deletion
from articles.models import Address, Article, DeletedArticle, Feed, Fragment, Topic
from articles.tests.factories import make_article, make_feed
from articles.tests.news import page_of, publish, slugs
from tokenization.models import TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = pytest.mark.django_db

ITEM = "<item><title>{title}</title><link>{link}</link>{more}</item>"
GUID = "<guid isPermaLink='false'>nyt-1</guid>"
TIME = "<pubDate>Tue, 17 Nov 2026 08:00:00 GMT</pubDate>"


def feed_of(link, title="Om a", more=""):
    item = ITEM.format(title=title, link=link, more=more)
    return f"<rss version='2.0'><channel><title>Avis</title>{item}</channel></rss>"


def visit_again(crawl):
    Feed.objects.update(etag="", last_modified="", content_hash="")
    return crawl()


# --- what goes


def test_all_that_hangs_on_an_article_goes_with_it():
    article = make_article(topics=Topic.objects.all()[:2])
    make_row(article)
    Article.objects.all().delete()
    left = [Article, Fragment, TokenizationCache, Article.topics.through]
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]


@pytest.mark.usefixtures("small_batches")
def test_batches_say_how_many_rows_of_each_model_went():
    for _ in range(5):
        make_article()
    total, rows = Article.objects.all().delete()
    assert rows["articles.Article"] == rows["articles.Fragment"] == 5
    assert total == sum(rows.values())


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(deletion, "BATCH", 2)


def test_a_batch_costs_the_same_statements_whatever_it_holds():
    def statements(number):
        leaders = []
        for _ in range(number):
            leader = make_article()
            make_row(leader)
            make_article(broken="duplicate", duplicate_of=leader)
            leaders.append(leader.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            deletion.delete_batch(leaders)
        Article.objects.all().delete()
        return len(queries)

    assert statements(2) == statements(20)


def test_no_text_of_what_goes_is_loaded():
    make_row(make_article(summary="Resumé"))
    with CaptureQueriesContext(connection) as queries:
        Article.objects.all().delete()
    read = [q["sql"] for q in queries if q["sql"].startswith("SELECT")]
    assert read
    assert not any("summary" in sql or "content" in sql for sql in read)


@pytest.mark.usefixtures("small_batches")
def test_heirs_are_found_across_batches_until_none_is_left():
    leader = make_article()
    rest = [make_article(broken="duplicate", duplicate_of=leader) for _ in range(4)]
    kept = rest[-1]
    Article.objects.exclude(pk=kept.pk).delete()
    kept.refresh_from_db()
    assert (kept.broken, kept.duplicate_of) == ("", None)


def test_of_two_leaders_deleted_at_once_each_has_its_own_heir():
    leaders = [make_article(), make_article(broken="hidden")]
    heirs = [make_article(broken="duplicate", duplicate_of=one) for one in leaders]
    others = [make_article(broken="duplicate", duplicate_of=one) for one in leaders]
    Article.objects.filter(pk__in=[one.pk for one in leaders]).delete()
    assert [Article.objects.get(pk=h.pk).broken for h in heirs] == ["", "hidden"]
    assert [Article.objects.get(pk=o.pk).duplicate_of for o in others] == heirs


def test_one_that_an_admin_hid_is_no_heir_and_points_nowhere():
    leader = make_article()
    hidden = make_article(broken="hidden", duplicate_of=leader)
    leader.delete()
    hidden.refresh_from_db()
    assert (hidden.broken, hidden.duplicate_of) == ("hidden", None)


def test_who_gives_way_in_a_deadlock_deletes_again(monkeypatch, transactional_db):
    def deadlocked_once(facts):
        monkeypatch.undo()
        raise OperationalError(1213, "Deadlock found when trying to get lock")

    make_article()
    monkeypatch.setattr(deletion, "_remember", deadlocked_once)
    Article.objects.all().delete()
    assert (Article.objects.count(), DeletedArticle.objects.count()) == (0, 1)


# --- what is remembered


@pytest.mark.parametrize(
    "delete",
    [Article.delete, lambda one: deletion.delete(Article.objects.filter(pk=one.pk))],
    ids=["single", "bulk"],
)
def test_a_deleted_article_is_not_fetched_again(crawl, web, stub, delete):
    publish(web, "a", "b")
    crawl()
    delete(Article.objects.get(url=web.url("/a")))
    assert visit_again(crawl).counts == (2, 0, 2)
    assert slugs() == ["b"]
    assert web.paths().count("/a") == 1


def test_it_is_known_by_its_guid_at_another_address(crawl, web, stub):
    web.add("/a", page_of("a"))
    web.add("/b", page_of("b"))
    make_feed(url=web.add("/feed", feed_of("/a", more=GUID + TIME)))
    crawl()
    Article.objects.all().delete()
    web.add("/feed", feed_of("/b", title="Andet", more=GUID + TIME))
    assert crawl().counts == (1, 0, 1)
    assert "/b" not in web.paths()


def test_another_article_with_its_guid_is_none_of_it(crawl, web, stub):
    web.add("/a", page_of("a"))
    web.add("/b", page_of("b"))
    make_feed(url=web.add("/feed", feed_of("/a", more=GUID + TIME)))
    crawl()
    Article.objects.all().delete()
    more = GUID + TIME.replace("17", "19")
    web.add("/feed", feed_of("/b", title="Andet", more=more))
    assert crawl().counts == (1, 1, 0)


def test_it_is_known_by_the_canonical_address_of_its_page(crawl, web, stub):
    canonical = f"<head><link rel='canonical' href='{web.url('/a')}'></head><body>"
    web.add("/a", page_of("a"))
    web.add("/other", page_of("other").replace("<body>", canonical))
    make_feed(url=web.add("/feed", feed_of("/a")))
    crawl()
    Article.objects.all().delete()
    web.add("/feed", feed_of("/other", title="Andet"))
    assert crawl().counts == (1, 0, 1)
    assert visit_again(crawl).counts == (1, 0, 1)
    assert (slugs(), web.paths().count("/other")) == ([], 1)


def test_it_is_known_where_another_address_redirects_to_it(crawl, web, stub):
    web.add("/a", page_of("a"))
    web.add("/moved", "", status=302, headers={"Location": "/a"})
    make_feed(url=web.add("/feed", feed_of("/a")))
    crawl()
    Article.objects.all().delete()
    web.add("/feed", feed_of("/moved"))
    assert crawl().counts == (1, 0, 1)
    assert visit_again(crawl).counts == (1, 0, 1)
    assert (slugs(), web.paths().count("/moved")) == ([], 1)


def test_another_feed_does_not_bring_it_back(crawl, web, stub):
    publish(web, "a")
    crawl()
    Article.objects.all().delete()
    publish(web, "a", path="/other")
    assert visit_again(crawl).counts == (2, 0, 2)


def bring_elsewhere(web, paragraphs=8, summary=""):
    """The article at /a, at another address and in another feed of the site."""
    web.add("/b", page_of("a", paragraphs=paragraphs))
    more = f"<description>{summary}</description>"
    return make_feed(url=web.add("/sport", feed_of("/b", more=more)))


@pytest.mark.parametrize(
    "changed", [{}, {"summary": "Kort fortalt"}, {"paragraphs": 9}]
)
def test_its_text_is_known_in_another_feed_at_another_address(
    crawl, web, stub, changed
):
    publish(web, "a")
    web.add("/a", page_of("a", paragraphs=8))
    crawl()
    Article.objects.all().delete()
    bring_elsewhere(web, **changed)
    assert visit_again(crawl).counts == (2, 0, 2)
    assert visit_again(crawl).counts == (2, 0, 2)
    assert (slugs(), web.paths().count("/b")) == ([], 1)


def test_its_very_text_is_known_when_it_is_no_news_any_more(crawl, web, stub):
    publish(web, "a")
    web.add("/a", page_of("a", paragraphs=8))
    crawl()
    Article.objects.update(crawled_at=timezone.now() - timedelta(days=30))
    Article.objects.all().delete()
    bring_elsewhere(web)
    assert visit_again(crawl).counts == (2, 0, 2)
    web.add("/c", page_of("a", paragraphs=9))
    make_feed(url=web.add("/culture", feed_of("/c")))
    assert visit_again(crawl).report["listed"] == 1


def test_what_is_like_a_deleted_advert_comes(crawl, web, stub):
    publish(web, "a")
    web.add("/a", page_of("a", paragraphs=8))
    crawl()
    Article.objects.update(broken="advert")
    Article.objects.all().delete()
    bring_elsewhere(web, paragraphs=9)
    assert visit_again(crawl).report["listed"] == 1


def test_what_is_like_a_deleted_and_a_listed_one_is_kept_as_a_duplicate(
    crawl, web, stub
):
    publish(web, "a")
    web.add("/a", page_of("a", paragraphs=8))
    crawl()
    kept = Article.objects.get()
    make_article(simhash=kept.simhash).delete()
    bring_elsewhere(web, paragraphs=9)
    visit_again(crawl)
    assert Article.objects.get(url=web.url("/b")).duplicate_of == kept


def test_a_feed_s_new_articles_come_nevertheless(crawl, web, stub):
    publish(web, "a")
    crawl()
    Article.objects.all().delete()
    publish(web, "a", "b")
    assert visit_again(crawl).counts == (2, 1, 1)


def test_what_an_admin_adds_by_hand_and_deletes_again_stays_deleted(crawl, web, stub):
    feed = publish(web, "a")
    crawl()
    for _ in range(2):
        Article.objects.all().delete()
        article = make_article(feed=feed, url=web.url("/a"))
    article.delete()
    assert visit_again(crawl).counts == (1, 0, 1)
    assert Address.objects.filter(deleted=None, article=None).count() == 0
