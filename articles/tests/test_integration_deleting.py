"""Deletions beside crawls, refills and each other, on the run's database."""

import itertools
import random
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from articles import deletion, removal, retention
from articles.crawler.store.articles import FeedGone, revise, store
from articles.models import Address, Article, DeletedArticle, Feed, Fragment
from articles.tests.factories import make_draft, make_feed
from articles.text import ArticleText
from tokenization import claims
from tokenization.models import TokenizationCache

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

LASTS_S = 4
FEW = 40


class Threads:
    """Threads that work until they are told to stop; what one raises is kept."""

    def __init__(self):
        self.stop, self.errors, self.rounds = threading.Event(), [], {}
        self.threads = []

    def begin(self, name, work):
        thread = threading.Thread(target=self._run, args=(name, work))
        self.threads.append(thread)
        thread.start()

    def _run(self, name, work):
        try:
            for number in itertools.count():
                self.rounds[name] = number
                if self.stop.is_set():
                    return
                work(number)
        except Exception as exc:  # noqa: BLE001 - the test tells of it
            self.errors.append((name, exc))
        finally:
            connection.close()


@contextmanager
def working():
    threads = Threads()
    try:
        yield threads
    finally:
        threads.stop.set()
        for thread in threads.threads:
            thread.join()


def draft_of(number, **facts):
    """One of FEW articles, as a crawl would bring it."""
    text = ArticleText(f"Titel {number}", "Resumé", (("p", f"Et {number}."),) * 3)
    facts = {
        "url": f"https://news.example.com/{number}",
        "addresses": (f"https://news.example.com/{number}?ref=feed",),
        **facts,
    }
    return make_draft(text, **facts)


class Tokens:
    """Stands in for what the tokenizer has prepared."""

    error = ""

    def save(self, article_id, fragment_ids):
        now = timezone.now()
        facts = {"created_at": now, "refreshed_at": now, "title": "[]"}
        TokenizationCache.objects.update_or_create(
            article_id=article_id, defaults=facts
        )


def check_that_articles_are_whole():
    for article in Article.objects.all():
        assert article.fragments.count() == 3
        assert article.addresses.exists()
    assert not Fragment.objects.exclude(article__in=Article.objects.all()).exists()
    lost = Article.objects.filter(broken="duplicate", duplicate_of=None)
    assert not lost.exists()
    connection.check_constraints()


def store_some(feed, number):
    number += 10**6 * feed.pk
    chance = random.Random(number)
    leader = Article.objects.filter(broken="").order_by("?").first()
    facts = {}
    if leader and chance.random() < 0.3:
        facts = {"broken": "duplicate", "duplicate_of": leader.pk}
    draft = draft_of(number, **facts)
    store(feed, draft, None if facts else Tokens())


def revise_some(number):
    article = Article.objects.order_by("?").first()
    if article:
        revise(article.pk, draft_of(number), Tokens())


def refill_some(number):
    pks = list(Article.objects.order_by("?").values_list("pk", flat=True)[:5])
    lease = claims.new_lease()
    claimed = claims.claim(pks, timezone.now(), lease)
    claims.release(claimed, lease)


def delete_some(number):
    pks = list(Article.objects.order_by("?").values_list("pk", flat=True)[:7])
    Article.objects.filter(pk__in=pks).delete()


def test_crawls_and_refills_are_not_disturbed_by_deletions():
    feeds = [make_feed(), make_feed()]
    with working() as threads:
        for feed in feeds:
            threads.begin(f"store {feed}", partial(store_some, feed))
        threads.begin("revise", revise_some)
        threads.begin("refill", refill_some)
        threads.begin("delete", delete_some)
        threads.begin(
            "prune", lambda n: list(retention.prune(Article.objects.filter(pk__gt=n)))
        )
        time.sleep(LASTS_S)
    assert threads.errors == []
    assert min(threads.rounds.values()) > 0, threads.rounds
    check_that_articles_are_whole()
    assert DeletedArticle.objects.exists()


def test_two_deletions_of_the_same_articles_leave_one_memory_of_each():
    feed = make_feed()
    for number in range(FEW):
        store(feed, draft_of(number), Tokens())
    barrier = threading.Barrier(2)

    def delete(number):
        if not number:
            barrier.wait()
            Article.objects.all().delete()

    with working() as threads:
        threads.begin("one", delete)
        threads.begin("other", delete)
        while Article.objects.exists() and not threads.errors:
            time.sleep(0.01)
    assert threads.errors == []
    assert DeletedArticle.objects.count() == FEW
    assert Address.objects.filter(article=None).count() == 2 * FEW


def test_a_feed_removed_while_articles_are_stored_is_gone_and_no_one_comes_after():
    feed, ended = make_feed(), threading.Event()

    def store_one(number):
        try:
            store(feed, draft_of(number), Tokens())
        except FeedGone:
            ended.set()
            threads.stop.wait(1)

    with working() as threads:
        threads.begin("store", store_one)
        while not Article.objects.exists():
            time.sleep(0.01)
        for _ in removal.remove(feed):
            pass
        assert ended.wait(10)
    assert threads.errors == []
    for model in (Feed, Article, Address, Fragment, TokenizationCache, DeletedArticle):
        assert not model.objects.exists()


def test_who_waits_for_the_database_gets_it_between_two_batches(monkeypatch):
    monkeypatch.setattr(deletion, "BATCH", 1)
    feed = make_feed()
    for number in range(FEW):
        store(feed, draft_of(number), Tokens())
    waits_s, other = [], make_feed()

    def write(number):
        begun = time.monotonic()
        Feed.objects.filter(pk=other.pk).update(last_error=str(number))
        waits_s.append(time.monotonic() - begun)

    with working() as threads:
        threads.begin("write", write)
        Article.objects.all().delete()
    assert threads.errors == []
    assert len(waits_s) > FEW / 4
    assert max(waits_s) < 2
