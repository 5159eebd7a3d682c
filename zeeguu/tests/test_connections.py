"""No connection is held while something slow is done: it is looked at in that moment.

Rows are committed, since within a transaction a connection is kept.
"""

import httpx
import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.signals import request_finished
from django.db import connection, transaction
from django.urls import reverse

from articles.crawler import run, visit
from articles.crawler.web.fetch import FetchError, Page
from articles.models import Language
from articles.tests.factories import make_article, make_feed
from articles.tests.news import page_of
from learners.models import User
from tokenization import on_miss, services
from tokenization.backlog import fill_in_batches
from tokenization.tests.factories import make_row
from zeeguu.base.connections import release

pytestmark = pytest.mark.django_db(transaction=True)

FEED = """<rss version="2.0"><channel><title>News</title>
<item><title>One</title><link>https://news.example.com/one</link></item>
<item><title>Two</title><link>https://news.example.com/two</link></item>
</channel></rss>"""


def is_held():
    return connection.connection is not None


class Looking:
    """Notes whether a connection was held at each call, then calls what it wraps."""

    def __init__(self, wrapped):
        self.wrapped, self.held = wrapped, []

    def __call__(self, *args, **kwargs):
        self.held.append(is_held())
        return self.wrapped(*args, **kwargs)


def fetched(url, **validators):
    """What a Fetcher's ``get`` answers: a feed of two articles."""
    body = FEED if url.endswith("/feed") else page_of(url)
    return Page(url, 200, body.encode(), httpx.Headers())


class Fetcher:
    def __init__(self, answer=fetched):
        self.get = self.get_article = Looking(answer)


class Here:
    """A KillablePool without processes: what it runs can be looked at."""

    def run(self, function, *args, **limits):
        return function(*args)


@pytest.fixture
def tokenizing(stub, monkeypatch):
    """The stub engine's ``tokenize``, looking."""
    looking = Looking(stub.tokenize)
    monkeypatch.setattr(stub, "tokenize", looking)
    return looking


@pytest.fixture
def waiting(stub, settings, monkeypatch):
    """What a request does until its article is filled, looking."""
    settings.TOKENIZE_ON_MISS_CONCURRENCY = 1
    settings.TOKENIZE_ON_MISS_BUDGET_MS = 10_000
    on_miss.filler.cache_clear()
    looking = Looking(on_miss.wait)
    monkeypatch.setattr(on_miss, "wait", looking)
    yield looking
    on_miss.filler()._threads.shutdown()
    on_miss.filler.cache_clear()


# --- release


def test_a_connection_is_given_back():
    assert Language.objects.exists()
    assert is_held()
    release()
    assert not is_held()


def test_the_next_query_borrows_one_again():
    release()
    assert Language.objects.exists()
    assert is_held()


def test_releasing_twice_does_no_harm():
    release()
    release()
    assert not is_held()


def test_in_a_transaction_it_is_kept():
    with transaction.atomic():
        feed = make_feed()
        release()
        assert is_held()
    feed.refresh_from_db()


def test_in_a_savepoint_it_is_kept():
    with transaction.atomic(), transaction.atomic():
        feed = make_feed()
        release()
        assert is_held()
    feed.refresh_from_db()


# --- the crawler


@pytest.mark.parametrize("batch", [20, 1])
def test_none_is_held_while_the_crawler_downloads(stub, monkeypatch, batch):
    monkeypatch.setattr(visit, "BATCH", batch)
    feed, fetcher = make_feed(url="https://news.example.com/feed"), Fetcher()
    report = run.Crawl(fetcher, Here(), services.prepare).feed(feed)
    assert (report.stored, report.errors) == (2, [])
    assert fetcher.get.held == [False] * 3


def test_none_is_held_while_the_crawler_asks_for_a_feed():
    def unreachable(url, **validators):
        raise FetchError("nobody answers")

    feed, fetcher = make_feed(), Fetcher(unreachable)
    crawl = run.Crawl(fetcher, Here(), services.prepare)
    assert [crawl.feed(feed).stored, crawl.feed(feed).stored] == [0, 0]
    assert fetcher.get.held == [False, False]


@pytest.mark.parametrize("batch", [20, 1])
def test_none_is_held_while_the_crawler_tokenizes(tokenizing, monkeypatch, batch):
    monkeypatch.setattr(visit, "BATCH", batch)
    feed = make_feed(url="https://news.example.com/feed")
    assert run.Crawl(Fetcher(), Here(), services.prepare).feed(feed).tokenized == 2
    assert tokenizing.held == [False] * (2 // batch or 1)


# --- the tokenizer


def test_none_is_held_while_articles_are_tokenized(tokenizing):
    assert services.fill([make_article(), make_article()]) == {}
    assert tokenizing.held == [False]


def test_none_is_held_while_they_are_tried_one_by_one(tokenizing, stub):
    stub.bad.add("bad")
    articles = [make_article(title="bad"), make_article(), make_article()]
    assert list(services.fill(articles)) == [articles[0].pk]
    assert tokenizing.held == [False] * 4


def test_none_is_held_while_the_backlog_is_filled(tokenizing):
    todo = [(make_article(language=code).pk, code) for code in ("da", "de")]
    assert [done.filled for done in fill_in_batches(todo)] == [1, 1]
    assert tokenizing.held == [False, False]


def test_none_is_held_while_staff_has_an_article_filled(staff_api, tokenizing):
    row = make_row()
    answer = staff_api.post(f"/api/tokenization/{row.pk}/refill/")
    assert answer.json()["state"] == "fresh"
    assert tokenizing.held == [False]


def test_none_is_held_while_the_admin_refills(admin_client, tokenizing):
    row = make_row()
    form = {"action": "refill", "_selected_action": [row.pk]}
    url = reverse("admin:tokenization_tokenizationcache_changelist")
    assert admin_client.post(url, form).status_code == 302
    assert tokenizing.held == [False]


# --- readers who wait


@pytest.mark.parametrize(
    "url", ["/api/articles/{}/", "/api/articles/{}/summary/", "/read/da/{}/"]
)
def test_none_is_held_while_a_reader_waits(client, waiting, url):
    article = make_article()
    assert client.get(url.format(article.pk)).status_code == 200
    assert waiting.held == [False]
    article.refresh_from_db()
    assert article.tokenization_cache.has_tokens


def test_none_is_held_while_somebody_with_a_token_waits(staff_api, waiting):
    article = make_article()
    answer = staff_api.get(f"/api/articles/{article.pk}/").json()
    assert answer["tokenization"] == "fresh"
    assert waiting.held == [False]


def test_a_connection_that_no_thread_keeps_is_back_before_the_answer_is_sent(client):
    is_back = []

    def look(**kwargs):
        is_back.append(connection.connection is None)

    request_finished.connect(look)
    client.get("/api/languages/")
    request_finished.disconnect(look)
    is_kept = bool(connection.settings_dict["CONN_MAX_AGE"])
    assert is_back == [not is_kept]


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_none_is_held_while_a_password_is_hashed(monkeypatch, email):
    User.objects.create_user("ada@example.com", "correct horse")
    held, encode = [], MD5PasswordHasher.encode

    def look(*args):
        held.append(connection.connection is not None)
        return encode(*args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", look)
    user = authenticate(email=email, password="correct horse")
    assert (user is not None) == (email == "ada@example.com")
    assert held and not any(held)
