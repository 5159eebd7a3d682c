import threading
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from articles.crawler.fetch import FetchError, Page
from articles.crawler.store import (
    Draft,
    known_urls,
    record_failure,
    record_success,
    store,
)
from articles.models import Article, Feed, Fragment, Topic
from articles.tests.factories import make_article, make_feed
from articles.text import ArticleText
from tokenization.models import TokenizationCache
from tokenization.services import Prepared

pytestmark = pytest.mark.django_db

BODY = (("p", "Et."), ("h2", "To"), ("p", "Tre."))
VALIDATORS = {"ETag": '"1"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}


def make_draft(fragments=BODY, title="Titel", **facts):
    text = ArticleText(title, "Resumé", fragments)
    facts = {
        "url": "https://news.example.com/a",
        "guid": "1",
        "text": text,
        "authors": "Ib Lund",
        "image_url": "",
        "published_at": timezone.now(),
        **facts,
    }
    return Draft(**facts)


def make_page(status=200, **headers):
    headers = httpx.Headers({**VALIDATORS, **headers})
    body = None if status == 304 else b"..."
    return Page("https://news.example.com/feed", status, body, headers)


class Tokens:
    """Stands in for tokenization.services.Prepared; calls hook with what it gets."""

    def __init__(self, hook):
        self.save = hook


class Stop(Exception):
    pass


# --- storing


def test_an_article_is_stored_with_all_its_parts():
    topic = Topic.objects.get(slug="science")
    draft = make_draft(topics=[topic])
    feed = make_feed("sv")
    article = store(feed, draft)
    assert (article.feed, article.language_id) == (feed, "sv")
    assert (article.text(), article.text_hash) == (draft.text, draft.text.hash)
    assert (article.word_count, list(article.topics.all())) == (3, [topic])


def test_tokens_are_saved_with_the_ids_of_the_fragments_in_order():
    saved = []
    store(make_feed(), make_draft(), Tokens(lambda *given: saved.append(given)))
    article = Article.objects.get()
    ids = [Fragment.objects.get(position=place).pk for place in range(3)]
    assert saved == [(article.pk, ids)]


def test_an_article_whose_tokens_are_not_saved_is_not_stored():
    def fail(article_id, fragment_ids):
        raise Stop

    with pytest.raises(Stop):
        store(make_feed(), make_draft(topics=[Topic.objects.first()]), Tokens(fail))
    assert not Article.objects.exists()
    assert not Fragment.objects.exists()


def test_an_article_whose_fragments_fail_is_not_stored(monkeypatch):
    def fail(*args, **kwargs):
        raise Stop

    monkeypatch.setattr(Fragment.objects, "bulk_create", fail)
    with pytest.raises(Stop):
        store(make_feed(), make_draft())
    assert not Article.objects.exists()


def test_tokens_are_saved_inside_the_transaction_of_the_article():
    depths = []
    before = len(connection.savepoint_ids)
    store(
        make_feed(),
        make_draft(),
        Tokens(lambda *given: depths.append(len(connection.savepoint_ids) - before)),
    )
    assert depths == [1]


def test_a_failed_tokenization_is_stored_with_its_error():
    draft = make_draft()
    article = store(make_feed(), draft, Prepared(draft.text, error="no model"))
    assert TokenizationCache.objects.get(article=article).error == "no model"


def test_a_known_draft_changes_nothing():
    feed = make_feed()
    store(feed, make_draft())
    other = make_draft((("p", "Noget andet."),), authors="En anden")
    assert store(make_feed(), other, Tokens(pytest.fail)) is None
    article = Article.objects.get()
    assert (article.feed, article.authors) == (feed, "Ib Lund")
    assert article.text().fragments == BODY


def test_authors_longer_than_the_column_are_cut():
    article = store(make_feed(), make_draft(authors="Ø" * 600))
    article.refresh_from_db()
    assert article.authors == "Ø" * 500


def test_what_a_database_finds_hard_is_stored_as_it_is():
    body = (("p", "𝔄 a\u0301 'x' \\ %s {} " * 20_000),)
    draft = make_draft(body, title="😀" * 500, guid="😀" * 500)
    article = Article.objects.get(pk=store(make_feed(), draft).pk)
    assert article.text() == draft.text
    assert (article.title, article.guid) == ("😀" * 500, "😀" * 500)


def test_a_draft_without_text_is_stored_as_broken():
    article = store(make_feed(), make_draft((), broken=Article.Broken.NO_TEXT))
    assert article.broken == "no_text"
    assert not Article.objects.listed().exists()


def test_known_urls_are_told_apart_from_new_ones():
    known = make_article().url
    assert known_urls([known, "https://news.example.com/new"]) == {known}


def test_looking_for_known_urls_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        known_urls(f"https://news.example.com/{number}" for number in range(500))


@pytest.mark.django_db(transaction=True)
def test_two_threads_storing_one_draft_give_one_article():
    feed, draft = make_feed(), make_draft()
    start, results = threading.Barrier(2), []

    def run():
        try:
            start.wait(10)
            results.append(store(feed, draft, Prepared(draft.text, error="x")))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(str, results)) == ["None", "Titel"]
    assert Article.objects.get().fragments.count() == 3
    assert TokenizationCache.objects.count() == 1


# --- the state of the feed


def test_a_complete_visit_keeps_the_validators():
    feed = make_feed()
    record_success(feed, make_page(), complete=True)
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified) == tuple(VALIDATORS.values())
    assert feed.last_status == "ok"


def test_an_incomplete_visit_drops_the_validators():
    # Else the next answer would be 304 and hide what was left.
    feed = make_feed(etag='"0"', last_modified="Sun, 01 Nov 2026 10:00:00 GMT")
    record_success(feed, make_page(), complete=False)
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified) == ("", "")


def test_an_unchanged_feed_keeps_the_validators_it_had():
    feed = make_feed(etag='"0"')
    record_success(feed, make_page(304), complete=True)
    feed.refresh_from_db()
    assert (feed.etag, feed.last_status) == ('"0"', "unchanged")


def test_validators_longer_than_their_columns_are_cut():
    feed = make_feed()
    page = make_page(**{"ETag": "x" * 600, "Last-Modified": "y" * 200})
    record_success(feed, page, complete=True)
    feed.refresh_from_db()
    assert (len(feed.etag), len(feed.last_modified)) == (500, 100)


def test_a_feed_without_a_title_takes_the_one_it_tells():
    feed = make_feed(title="")
    record_success(feed, make_page(), complete=True, title="F" * 300)
    feed.refresh_from_db()
    assert feed.title == "F" * 200


def test_a_title_that_was_given_stays():
    feed = make_feed(title="Min avis")
    record_success(feed, make_page(), complete=True, title="Fjordbladet")
    feed.refresh_from_db()
    assert feed.title == "Min avis"


def test_a_visit_leaves_alone_what_an_admin_changes_meanwhile():
    feed = make_feed()
    Feed.objects.update(active=False, url="https://news.example.com/moved")
    record_success(feed, make_page(), complete=True)
    feed.refresh_from_db()
    assert (feed.active, feed.url) == (False, "https://news.example.com/moved")


def test_a_success_forgets_failures():
    feed = make_feed(consecutive_failures=3, last_error="HTTP status 500")
    record_success(feed, make_page(), complete=True)
    feed.refresh_from_db()
    assert (feed.consecutive_failures, feed.last_error) == (0, "")
    assert feed.next_fetch_at == feed.last_fetched_at + feed.interval


def test_a_failure_is_noted_with_its_error():
    feed = make_feed()
    record_failure(feed, ValueError("HTTP status 500"))
    feed.refresh_from_db()
    assert (feed.consecutive_failures, feed.last_status) == (1, "failed")
    assert feed.last_error == "HTTP status 500"
    assert feed.last_success_at is None


@pytest.mark.parametrize(
    "earlier, hours", [(0, 2), (1, 4), (2, 8), (3, 16), (4, 24), (100, 24)]
)
def test_each_failure_doubles_the_wait_up_to_a_day(earlier, hours):
    feed = make_feed(interval=timedelta(hours=1), consecutive_failures=earlier)
    record_failure(feed, "HTTP status 500")
    assert feed.next_fetch_at - feed.last_fetched_at == timedelta(hours=hours)


@pytest.mark.parametrize("asked_h, hours", [(1, 2), (5, 5)])
def test_a_server_that_asks_for_more_time_gets_it(asked_h, hours):
    feed = make_feed(interval=timedelta(hours=1))
    record_failure(feed, FetchError("later", 503, timedelta(hours=asked_h)))
    assert feed.next_fetch_at - feed.last_fetched_at == timedelta(hours=hours)


def test_a_feed_that_is_gone_for_good_is_switched_off_and_says_so():
    feed = make_feed()
    record_failure(feed, FetchError("HTTP status 410", 410))
    feed.refresh_from_db()
    assert (feed.active, feed.last_status) == (False, "gone")


def test_a_feed_that_is_not_found_stays_active():
    feed = make_feed()
    record_failure(feed, FetchError("HTTP status 404", 404))
    feed.refresh_from_db()
    assert (feed.active, feed.last_status) == (True, "failed")


def test_a_feed_deleted_meanwhile_does_not_come_back():
    feed = make_feed()
    Feed.objects.all().delete()
    record_failure(feed, "HTTP status 500")
    assert not Feed.objects.exists()


def test_an_interval_of_thousands_of_years_is_a_day():
    feed = make_feed(interval=timedelta(days=10**6), consecutive_failures=9)
    record_failure(feed, "gone")
    feed.refresh_from_db()
    assert feed.next_fetch_at - feed.last_fetched_at == timedelta(days=1)


def test_an_article_that_is_too_long_is_kept_without_its_body():
    body = tuple(("p", "ord") for _ in range(50))
    text = ArticleText("Langt", "", body)
    article = store(make_feed(), make_draft(text=text, broken=Article.Broken.TOO_LONG))
    assert (article.word_count, article.fragments.count()) == (50, 0)
