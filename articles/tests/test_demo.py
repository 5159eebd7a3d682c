import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from articles import demo_site
from articles.management.commands import demo as command
from articles.models import (
    Address,
    Article,
    CrawlRun,
    DeletedArticle,
    Feed,
    FeedVisit,
    Language,
)
from articles.tests.factories import make_article, make_feed, make_run, make_visit
from learners.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers")]


@pytest.fixture
def papers(monkeypatch, settings, free_port, stub):
    """A demo of two newspapers, on a port of its own."""
    settings.DEMO_SITE_PORT = free_port
    two = {code: demo_site.papers()[code] for code in ("da", "de")}
    monkeypatch.setattr(demo_site, "papers", lambda: two)


def demo(*args):
    out = StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def languages():
    return set(Feed.objects.values_list("language", flat=True))


def test_a_new_database_gets_the_demo_and_its_articles():
    demo("--if-new")
    assert languages() == {"da", "de"}
    assert Article.objects.count() == 8


@pytest.mark.parametrize("paper", ["README.md", "docs/api.md"])
def test_the_papers_first_call_of_the_api_finds_articles(client, paper):
    demo("--if-new")
    text = (settings.BASE_DIR / paper).read_text()
    path = re.search(r"curl 'http://127.0.0.1:8000(/api/articles/\?[^']+)'", text)[1]
    assert client.get(path).json()["results"]


def test_a_language_that_the_database_lacks_comes_with_its_newspaper():
    Language.objects.filter(pk="de").delete()
    demo()
    assert languages() == {"da", "de"}


def test_it_is_crawled_again_where_it_is():
    demo("--if-new")
    Feed.objects.update(etag="", last_modified="", content_hash="")
    assert "8 found: 0 listed, 0 hidden, 0 updated, 8 known" in demo("--if-new")
    assert CrawlRun.objects.count() == 2


def test_a_database_with_other_feeds_gets_no_demo():
    make_feed("sv")
    assert "manage.py demo" in demo("--if-new")
    assert languages() == {"sv"}


def test_taken_away_it_leaves_all_else_and_does_not_come_back():
    article = make_article(feed=make_feed("sv", active=False))
    run = make_run(finished_at=article.crawled_at)
    visit = make_visit(article.feed, run=run)
    demo()
    User.objects.create_user("admin@example.com", is_staff=True)
    done = demo("--remove", "--yes")
    assert done == "the demo's 2 feeds with 8 articles deleted\n"
    left = [Feed, Article, FeedVisit, CrawlRun]
    rows = [list(model.objects.all()) for model in left]
    assert rows == [[article.feed], [article], [visit], [run]]
    assert list(Address.objects.all()) == list(article.addresses.all())
    demo("--if-new")
    assert languages() == {"sv"}


def test_taken_away_before_there_are_other_feeds_it_stays_away_too():
    demo("--if-new")
    User.objects.create_user("admin@example.com", is_staff=True)  # as make run does
    demo("--remove", "--yes")
    demo("--if-new")
    assert not Feed.objects.exists()


def test_asked_for_it_comes_back_whole():
    demo()
    Article.objects.first().delete()
    demo("--remove", "--yes")
    assert not DeletedArticle.objects.exists()
    demo()
    assert Article.objects.count() == 8


def test_a_dry_run_only_counts():
    demo()
    done = demo("--remove", "--dry-run")
    assert done == "the demo's 2 feeds with 8 articles would be deleted\n"
    assert Article.objects.count() == 8


def test_away_from_a_terminal_taking_it_away_needs_yes():
    demo()
    with pytest.raises(CommandError, match="add --yes") as caught:
        demo("--remove")
    assert caught.value.returncode == 2
    assert Article.objects.count() == 8


def test_a_feed_of_another_local_server_is_none_of_the_demo():
    make_feed(url="http://127.0.0.1:9/da/feed")
    assert demo("--remove", "--yes") == "the demo's 0 feeds with 0 articles deleted\n"
    assert Feed.objects.exists()


def test_yes_without_remove_is_refused():
    with pytest.raises(CommandError, match="--remove") as caught:
        demo("--yes")
    assert caught.value.returncode == 2


def test_it_is_taken_away_from_whatever_port_it_was_made_on(settings):
    demo()
    settings.DEMO_SITE_PORT += 1
    done = demo("--remove", "--yes")
    assert done == "the demo's 2 feeds with 8 articles deleted\n"
    assert not Feed.objects.exists()


def test_to_bring_and_to_take_away_at_once_is_refused():
    with pytest.raises(CommandError, match="--if-new and --remove") as caught:
        demo("--remove", "--if-new", "--yes")
    assert caught.value.returncode == 2


def test_without_models_no_feeds_are_brought(monkeypatch):
    def refuse():
        raise CommandError("no models", returncode=2)

    monkeypatch.setattr(command, "require_models", refuse)
    with pytest.raises(CommandError, match="no models"):
        demo()
    assert not Feed.objects.exists()
