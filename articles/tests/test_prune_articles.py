from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from articles import retention
from articles.models import Article, DeletedArticle, Fragment
from articles.tests.factories import make_article, make_feed
from articles.tests.news import publish
from tokenization.models import TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = pytest.mark.django_db


def make_old(days=100, **facts):
    return make_article(published_at=retention.days_ago(days), **facts)


def run(*args, yes=True):
    out = StringIO()
    call_command("prune_articles", *args, *(["--yes"] if yes else []), stdout=out)
    return out.getvalue().strip()


def refusal(*args, **options):
    with pytest.raises(CommandError) as caught:
        run(*args, **options)
    return caught.value.returncode, str(caught.value)


def left():
    return list(Article.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def needed(monkeypatch):
    """Ids of articles that somebody needs; a test adds to them."""
    ids = []
    monkeypatch.setattr(retention, "needed_by", [lambda: ids])
    return ids


def test_what_was_published_longer_ago_goes_with_all_that_hangs_on_it():
    make_row(make_old(31))
    new = make_row(make_old(29)).article
    assert run("--keep-days", "30") == "1 article deleted"
    assert left() == [new.pk]
    assert TokenizationCache.objects.count() == Fragment.objects.count() == 1


def test_age_is_that_of_the_publication_not_of_the_crawl():
    old, new = make_old(), make_article()
    Article.objects.filter(pk=new.pk).update(crawled_at=retention.days_ago(100))
    run("--keep-days", "30")
    assert left() == [new.pk]
    assert DeletedArticle.objects.get().pk == old.pk


def test_what_readers_never_saw_goes_too():
    make_old(broken="paywall")
    run("--keep-days", "30")
    assert left() == []


def test_only_languages_that_were_named():
    danish, german = make_old(), make_old(feed=make_feed("de"))
    french = make_old(feed=make_feed("fr"))
    run("--keep-days", "30", "--language", "da", "--language", "fr")
    assert left() == [german.pk]
    assert {danish.pk, french.pk} == set(
        DeletedArticle.objects.values_list("pk", flat=True)
    )


def test_what_is_needed_stays_and_is_counted(needed):
    kept, _ = make_old(200), make_old()
    needed.append(kept.pk)
    done = run("--keep-days", "30")
    assert done == "1 article deleted, 1 kept because they are needed"
    assert left() == [kept.pk]


def test_what_is_needed_may_be_a_query(monkeypatch):
    kept, _ = make_old(title="Mine"), make_old()
    mine = Article.objects.filter(title="Mine").values("pk")
    monkeypatch.setattr(retention, "needed_by", [lambda: [], lambda: mine])
    run("--keep-days", "30")
    assert left() == [kept.pk]


def test_what_comes_to_be_needed_during_the_run_stays(needed, monkeypatch):
    def delete_batch(ids, **options):
        needed.append(row.pk)
        return really_delete(ids, **options)

    row, really_delete = make_old(), retention.delete_batch
    monkeypatch.setattr(retention, "delete_batch", delete_batch)
    assert run("--keep-days", "30") == "0 articles deleted"
    assert left() == [row.pk]


@pytest.mark.parametrize("spread", [0, 1], ids=["one-moment", "many"])
def test_all_batches_go_whatever_their_times(monkeypatch, needed, spread):
    monkeypatch.setattr(retention, "BATCH", 2)
    moment = retention.days_ago(100)
    rows = [
        make_article(published_at=moment + timedelta(seconds=spread * n))
        for n in range(7)
    ]
    needed.append(rows[3].pk)
    assert run("--keep-days", "30").startswith("6 articles deleted")
    assert left() == [rows[3].pk]


def test_when_a_leader_goes_its_heir_is_listed():
    heir = make_article(broken="duplicate", duplicate_of=make_old())
    run("--keep-days", "30")
    heir.refresh_from_db()
    assert (heir.broken, heir.duplicate_of) == ("", None)


def test_what_was_pruned_is_not_fetched_again(crawl, web, stub):
    publish(web, "a", "b")
    crawl()
    Article.objects.filter(url=web.url("/a")).update(
        published_at=retention.days_ago(31)
    )
    run("--keep-days", "30")
    publish(web, "a", "b", "c")
    assert crawl().counts == (3, 1, 2)
    assert web.paths().count("/a") == 1


def test_a_dry_run_only_counts(needed):
    old = [make_old(), make_old()]
    needed.append(old[0].pk)
    done = run("--keep-days", "30", "--dry-run", yes=False)
    assert done == "1 article would be deleted, 1 kept because they are needed"
    assert left() == [one.pk for one in old]


def test_away_from_a_terminal_it_needs_yes():
    make_old()
    code, message = refusal("--keep-days", "30", yes=False)
    assert (code, message) == (2, "to delete 1 article older than 30 days, add --yes")
    assert len(left()) == 1


def test_with_nothing_to_delete_it_asks_nothing():
    assert run("--keep-days", "30", yes=False) == "0 articles deleted"


@pytest.mark.parametrize("days", ["0", "-1", "36501"])
def test_a_wrong_number_of_days_is_refused(days):
    assert refusal("--keep-days", days) == (2, f"--keep-days {days}: use 1 to 36500")


def test_an_unknown_language_is_refused():
    code, message = refusal("--keep-days", "30", "--language", "xx")
    assert code == 2
    assert "unknown language xx" in message


def test_a_database_that_fails_ends_it_with_1_and_says_what_went(monkeypatch):
    def fails(ids, keep):
        raise OperationalError("gone")

    make_old()
    monkeypatch.setattr(retention, "delete_batch", fails)
    code, message = refusal("--keep-days", "30")
    assert code == 1
    assert message == "the database failed: gone; 0 articles deleted until then"


def test_it_says_nothing_when_it_is_to_be_quiet():
    make_old()
    assert run("--keep-days", "30", "--verbosity", "0") == ""
    assert left() == []


def test_the_oldest_are_found_by_an_index(django_assert_num_queries):
    old = retention.published_before(timezone.now())
    plan = old.order_by("published_at", "pk").values_list("pk")[:200].explain()
    assert "article_age" in plan
