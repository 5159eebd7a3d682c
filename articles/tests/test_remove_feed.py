import io
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from articles import deletion, removal
from articles.crawler import run as crawl_run
from articles.crawler import visit
from articles.crawler.store.articles import FeedGone, store
from articles.crawler.store.claims import claim
from articles.models import (
    Address,
    Article,
    CrawlRun,
    DeletedArticle,
    Feed,
    FeedVisit,
)
from articles.tests.factories import (
    make_article,
    make_draft,
    make_feed,
    make_run,
    make_visit,
)
from articles.tests.news import publish
from articles.text import ArticleText

pytestmark = pytest.mark.django_db


def remove(feed, *args, yes=True):
    out = StringIO()
    args = [str(getattr(feed, "pk", feed)), *args, *(["--yes"] if yes else [])]
    call_command("remove_feed", *args, stdout=out)
    return out.getvalue().strip()


def refusal(feed, *args, **options):
    with pytest.raises(CommandError) as caught:
        remove(feed, *args, **options)
    return caught.value.returncode, str(caught.value)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_feed_without_articles_goes_with_its_history():
    feed, other = make_feed(title="Avis"), make_feed()
    make_visit(feed), make_visit(other)
    done = remove(feed)
    assert done == f"deleted: feed {feed.pk} (Avis) with 0 articles"
    assert list(Feed.objects.all()) == [other]
    assert FeedVisit.objects.get().feed == other


def test_a_feed_may_be_named_by_its_address():
    remove(make_feed(url="https://news.example.com/feed"), yes=True)
    feed = make_feed(url="https://news.example.com/feed")
    remove(feed.url)
    assert not Feed.objects.exists()


def test_several_feeds_may_be_named():
    feeds = [make_article().feed, make_feed()]
    kept = make_feed()
    remove(feeds[0], str(feeds[1].pk), "--with-articles")
    assert list(Feed.objects.all()) == [kept]


def test_of_several_feeds_none_goes_where_one_may_not():
    feeds = [make_feed(), make_article().feed]
    assert refusal(feeds[0], str(feeds[1].pk))[0] == 2
    assert Feed.objects.count() == 2


@pytest.mark.parametrize("feed", ["7", "https://nowhere.example.com/"])
def test_a_feed_that_is_not_there_is_named(feed):
    assert refusal(feed) == (2, f"there is no feed {feed}")


def test_a_feed_with_articles_stays_and_the_remedy_is_told():
    feed = make_article(feed=make_feed(title="Avis")).feed
    code, message = refusal(feed)
    assert code == 2
    assert message.startswith(f"feed {feed.pk} (Avis) with 1 article: add --with-art")
    assert Feed.objects.get().active


def test_with_articles_they_go_too_and_nobody_else_s(monkeypatch):
    monkeypatch.setattr(deletion, "BATCH", 2)
    feed, other = make_feed(), make_article()
    for _ in range(5):
        make_article(feed=feed)
    assert remove(feed, "--with-articles").endswith("with 5 articles")
    assert list(Article.objects.all()) == [other]
    assert list(Feed.objects.all()) == [other.feed]


def test_a_dry_run_only_counts():
    feed = make_article().feed
    done = remove(feed, "--with-articles", "--dry-run", yes=False)
    assert done.endswith("with 1 article would be deleted")
    assert Feed.objects.get().active


def test_a_dry_run_refuses_what_the_command_would_refuse():
    feed = make_article().feed
    code, message = refusal(feed, "--dry-run", yes=False)
    assert (code, "add --with-articles" in message) == (2, True)


def test_away_from_a_terminal_it_needs_yes():
    feed = make_feed(title="Avis")
    code, message = refusal(feed, yes=False)
    assert (code, message[-9:]) == (2, "add --yes")
    assert Feed.objects.exists()


@pytest.mark.parametrize(("answer", "is_there"), [("y\n", False), ("\n", True)])
def test_on_a_terminal_it_asks(monkeypatch, capsys, answer, is_there):
    feed = make_article(feed=make_feed(title="Avis")).feed
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    try:
        remove(feed, "--with-articles", yes=False)
    except CommandError as exc:
        assert (exc.returncode, str(exc)) == (2, "nothing was deleted")
    asked = f"Delete feed {feed.pk} (Avis) with 1 article? [y/N] "
    assert asked in capsys.readouterr().err
    assert Feed.objects.exists() == Article.objects.exists() == is_there


def test_a_run_that_visited_nothing_else_goes_too():
    feed = make_feed()
    alone, both, unfinished = (make_run(finished_at=at) for at in (NOW, NOW, None))
    for run in (alone, both, unfinished):
        make_visit(feed, run=run)
    make_visit(run=both)
    remove(feed)
    assert set(CrawlRun.objects.all()) == {both, unfinished}


NOW = "2026-11-17T08:00:00Z"
TEXT = ArticleText("Titel", "", (("p", "Et."),))
DRAFT = make_draft(TEXT, published_at=NOW)


def test_what_is_removed_with_its_feed_is_forgotten(crawl, web, stub):
    feed = publish(web, "a", "b")
    crawl()
    Article.objects.get(url=web.url("/a")).delete()
    remove(feed, "--with-articles")
    assert not Address.objects.exists()
    assert not DeletedArticle.objects.exists()
    publish(web, "a", "b")
    assert crawl().counts == (2, 2, 0)


def test_another_feed_that_carries_an_article_brings_it(crawl, web, stub):
    feed = publish(web, "a")
    other = publish(web, "a", path="/other")
    Feed.objects.filter(pk=other.pk).update(active=False)
    crawl()
    remove(feed, "--with-articles")
    Feed.objects.filter(pk=other.pk).update(active=True)
    assert crawl().counts == (1, 1, 0)


def test_its_near_duplicates_in_other_feeds_are_listed():
    leader = make_article()
    heir = make_article(broken="duplicate", duplicate_of=leader)
    remove(leader.feed, "--with-articles")
    heir.refresh_from_db()
    assert (heir.broken, heir.duplicate_of) == ("", None)


# --- what goes on meanwhile


@pytest.mark.django_db(transaction=True)
def test_a_feed_removed_while_it_is_visited_ends_the_visit_and_leaves_nothing(
    crawl, web, stub, monkeypatch, caplog
):
    def store(feed, draft, tokens):
        stored = really_store(feed, draft, tokens)
        if Article.objects.count() == 2:
            remove(feed, "--with-articles")
        return stored

    publish(web, "a", "b", "c", "d")
    really_store = visit.store
    monkeypatch.setattr(visit, "store", store)
    done = crawl()
    assert (done.code, done.errors) == (0, {})
    assert "was deleted meanwhile" in done.out
    assert not any(record.exc_info for record in caplog.records)
    for model in (Feed, Article, Address, FeedVisit):
        assert not model.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_feed_that_goes_before_its_visit_is_noted_leaves_no_traceback(
    crawl, web, stub, monkeypatch, caplog
):
    def record_visit(report, *args):
        Article.objects.all().delete()
        for _ in removal.remove(Feed.objects.get()):
            pass
        return really_record(report, *args)

    publish(web, "a")
    really_record = crawl_run.record_visit
    monkeypatch.setattr(crawl_run, "record_visit", record_visit)
    assert crawl().code == 0
    assert not any(record.exc_info for record in caplog.records)
    assert not FeedVisit.objects.exists()


def test_an_article_that_came_during_the_removal_goes_too(monkeypatch):
    def forget(feed_id):
        if not comes:
            comes.append(make_article(feed=feed))

    feed, comes = make_article().feed, []
    monkeypatch.setattr(deletion, "forget", forget)
    remove(feed, "--with-articles")
    assert comes
    assert not Article.objects.exists()


def test_an_article_that_came_to_an_empty_feed_saves_it(monkeypatch):
    feed = make_feed()
    monkeypatch.setattr(deletion, "forget", lambda pk: make_article(feed=feed))
    code, message = refusal(feed)
    assert (code, message[-16:]) == (2, "has articles now")
    assert Feed.objects.get().active


def test_it_takes_the_feed_from_all_visits_before_anything_goes(monkeypatch):
    def stops(articles, remember):
        raise OperationalError("gone")
        yield

    feed = make_article().feed
    Feed.objects.update(claimed_until=NOW)
    monkeypatch.setattr(deletion, "in_batches", stops)
    code, message = refusal(feed, "--with-articles")
    assert (code, message) == (
        1,
        "the database failed: gone; run it again, and it goes on",
    )
    feed.refresh_from_db()
    assert not feed.active
    assert claim(feed) is None
    with pytest.raises(FeedGone):
        store(feed, DRAFT)
    assert Article.objects.count() == 1
    monkeypatch.undo()
    remove(feed, "--with-articles")
    assert not Feed.objects.exists()
