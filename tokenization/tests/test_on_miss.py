"""Tokenizing for readers who wait: once, within a budget, and never in their way."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.utils import timezone

from articles.tests.factories import make_article
from tokenization import claims, on_miss, services
from tokenization.models import CacheState, TokenizationCache
from tokenization.stanza.lemmas import Lemmatizer
from tokenization.stanza.tries import Tries
from tokenization.tests.stubs import StubEngine

pytestmark = pytest.mark.django_db(transaction=True)


class HeldEngine(StubEngine):
    """Waits in ``tokenize`` until it is let go."""

    def __init__(self):
        super().__init__()
        self.at_work, self.may_go = threading.Semaphore(0), threading.Event()

    def tokenize(self, texts, language):
        self.at_work.release()
        assert self.may_go.wait(10)
        return super().tokenize(texts, language)


@pytest.fixture
def filling(settings):
    """Two articles at a time, and ten seconds: more than any test needs."""
    settings.TOKENIZE_ON_MISS_CONCURRENCY = 2
    settings.TOKENIZE_ON_MISS_BUDGET_MS = 10_000
    on_miss.filler.cache_clear()
    yield settings
    on_miss.filler()._threads.shutdown()
    on_miss.filler.cache_clear()


@pytest.fixture
def held(monkeypatch, filling):
    engine = HeldEngine()
    monkeypatch.setattr(services, "engine", lambda: engine)
    yield engine
    engine.may_go.set()


def ask(api, article, call="summary/"):
    answer = api.get(f"/api/articles/{article.pk}/{call}")
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("call", ["", "summary/"])
def test_a_miss_is_filled_and_answered(api, stub, filling, call):
    article = make_article(title="Hej du")
    answer = ask(api, article, call)
    assert answer["tokenization"] == "fresh"
    assert [token["text"] for token in answer["title_tokens"][0][0]] == ["Hej", "du"]
    assert ask(api, article, call)["tokenization"] == "fresh"
    assert len(stub.calls) == 1


def test_nobody_waits_for_lemmas_longer_than_for_tokens(
    api, stub, filling, monkeypatch, tmp_path
):
    """The reader's time is over long before the file is made; then it is filled."""
    filling.TOKENIZE_ON_MISS_BUDGET_MS = 50
    may_end = threading.Event()
    build = Tries.build

    def slow(tries, code):
        assert may_end.wait(10)
        return build(tries, code)

    monkeypatch.setattr(Tries, "build", slow)
    monkeypatch.setattr(services, "lemmatizer", lambda: Lemmatizer(tmp_path))
    article = make_article(title="Husene")
    assert ask(api, article)["tokenization"] == "pending"
    assert not services.lemmatizer().is_ready("da")
    may_end.set()
    on_miss.filler()._threads.shutdown()
    assert '"lemma":"hus"' in TokenizationCache.objects.get(pk=article.pk).title


def test_who_asks_for_glosses_fills_a_miss(api, stub, filling):
    assert ask(api, make_article(), "glosses/")["tokenization"] == "fresh"
    assert len(stub.calls) == 1


def test_a_reader_page_fills_a_miss(client, stub, filling):
    article = make_article(title="Hej du")
    page = client.get(f"/read/da/{article.pk}/").content.decode()
    assert "Words can be tapped once" not in page
    assert len(stub.calls) == 1


def test_lists_never_tokenize(api, stub, filling):
    make_article()
    [card] = api.get("/api/articles/").json()["results"]
    assert card["tokenization"] == "missing"
    assert not TokenizationCache.objects.exists()
    assert stub.calls == []


def test_an_article_is_tokenized_once_however_many_ask(api, held):
    article = make_article()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, api, article)
        held.at_work.acquire(timeout=10)
        others = [ask(api, article) for _ in range(14)]
        assert {answer["tokenization"] for answer in others} == {"pending"}
        assert {answer["title_tokens"] for answer in others} == {None}
        assert on_miss.filler()._threads._work_queue.empty()
        held.may_go.set()
        assert first.result()["tokenization"] == "fresh"
    assert len(held.calls) == 1


def test_who_finds_all_places_taken_answers_at_once_and_is_filled_later(api, held):
    articles = [make_article() for _ in range(5)]
    with ThreadPoolExecutor(2) as pool:
        first = [pool.submit(ask, api, article) for article in articles[:2]]
        for _ in first:
            held.at_work.acquire(timeout=10)
        waiting = [ask(api, article) for article in articles[2:]]
        assert {answer["tokenization"] for answer in waiting} == {"pending"}
        assert not held.at_work.acquire(blocking=False)
        held.may_go.set()
        assert {a.result()["tokenization"] for a in first} == {"fresh"}
    on_miss.filler()._threads.shutdown()
    assert TokenizationCache.objects.filled().count() == 5
    assert len(held.calls) == 5


def test_a_reader_waits_no_longer_than_the_budget(api, held, filling):
    filling.TOKENIZE_ON_MISS_BUDGET_MS = 1
    on_miss.filler.cache_clear()
    article = make_article()
    assert ask(api, article)["tokenization"] == "pending"
    held.may_go.set()
    on_miss.filler()._threads.shutdown()
    assert ask(api, article)["tokenization"] == "fresh"


def test_what_another_process_fills_is_pending(api, stub, filling):
    article = make_article()
    claims.claim([article.pk], timezone.now(), claims.new_lease())
    assert ask(api, article)["tokenization"] == "pending"
    assert stub.calls == []


def test_summaries_wait_for_nothing_and_are_filled(api, held):
    articles = [make_article() for _ in range(3)]
    ids = ",".join(str(article.pk) for article in articles)
    answer = api.get(f"/api/articles/summaries/?ids={ids}").json()
    assert [row["tokenization"] for row in answer["summaries"]] == ["pending"] * 3
    held.may_go.set()
    on_miss.filler()._threads.shutdown()
    assert TokenizationCache.objects.filled().count() == 3


def test_a_failure_is_stored_and_not_tried_again_before_its_time(api, stub, filling):
    stub.bad.add("bad")
    article = make_article(title="bad")
    assert ask(api, article)["tokenization"] == "failed"
    assert ask(api, article)["tokenization"] == "failed"
    assert len(stub.calls) == 1
    past = timezone.now() - timedelta(seconds=1)
    TokenizationCache.objects.update(retry_at=past)
    stub.bad.clear()
    assert ask(api, article)["tokenization"] == "fresh"


def test_stale_tokens_are_served_as_they_are(api, stub, filling):
    article = make_article()
    ask(api, article)
    stub.release += 1
    assert ask(api, article)["tokenization"] == "stale"
    assert len(stub.calls) == 1


def test_a_pruned_row_is_filled_when_it_is_read(api, stub, filling):
    article = make_article()
    now = timezone.now()
    TokenizationCache.objects.create(
        article=article, created_at=now, refreshed_at=now, pruned_at=now
    )
    assert ask(api, article)["tokenization"] == CacheState.FRESH
    assert TokenizationCache.objects.get().pruned_at is None


def test_a_database_error_is_logged_and_the_reader_answered(
    api, stub, filling, monkeypatch, caplog
):
    def lost(*args):
        raise OperationalError("gone away")

    monkeypatch.setattr(claims, "claim", lost)
    with caplog.at_level(logging.ERROR):
        assert ask(api, make_article())["tokenization"] == "pending"
        on_miss.filler()._threads.shutdown()
    assert "gone away" in caplog.text


def test_no_more_than_the_queue_holds_is_queued(api, held, monkeypatch):
    monkeypatch.setattr(on_miss, "QUEUE", 3)
    articles = [make_article() for _ in range(5)]
    ids = ",".join(str(article.pk) for article in articles)
    api.get(f"/api/articles/summaries/?ids={ids}")
    held.may_go.set()
    on_miss.filler()._threads.shutdown()
    assert len(held.calls) == 3


def test_summaries_are_pending_only_where_they_will_be_filled(api, held, monkeypatch):
    monkeypatch.setattr(on_miss, "QUEUE", 2)
    ids = ",".join(str(make_article().pk) for _ in range(3))
    answer = api.get(f"/api/articles/summaries/?ids={ids}").json()
    states = sorted(row["tokenization"] for row in answer["summaries"])
    assert states == ["missing", "pending", "pending"]


def test_what_another_tokenizer_failed_on_is_tried_again(api, stub, filling):
    stub.bad.add("bad")
    article = make_article(title="bad")
    assert ask(api, article)["tokenization"] == "failed"
    stub.bad.clear()
    stub.release += 1
    assert ask(api, article)["tokenization"] == "fresh"


def test_a_304_does_not_keep_an_article_without_tokens(api, stub, filling):
    article = make_article()
    url = f"/api/articles/{article.pk}/"
    filling.TOKENIZE_ON_MISS_CONCURRENCY = 0
    on_miss.filler.cache_clear()
    missing = api.get(url)
    assert missing.json()["tokenization"] == "missing"
    filling.TOKENIZE_ON_MISS_CONCURRENCY = 2
    on_miss.filler.cache_clear()
    again = api.get(url, headers={"if-none-match": missing["ETag"]})
    assert again.json()["tokenization"] == "fresh"


def test_a_list_with_a_miss_is_not_sent_again(api, stub, filling):
    make_article()
    tag = api.get("/api/articles/")["ETag"]
    again = api.get("/api/articles/", headers={"if-none-match": tag})
    assert again.status_code == 304


def test_the_fillers_thread_leaves_no_connection_open(api, stub, filling):
    opened, test_thread = [], threading.get_ident()

    def note(sender, connection, **kwargs):
        if threading.get_ident() != test_thread:
            opened.append(connection)

    connection_created.connect(note)
    ask(api, make_article())
    on_miss.filler()._threads.shutdown()
    connection_created.disconnect(note)
    assert opened
    assert all(connection.connection is None for connection in opened)


def test_it_can_be_switched_off(api, stub, filling):
    filling.TOKENIZE_ON_MISS_CONCURRENCY = 0
    on_miss.filler.cache_clear()
    assert ask(api, make_article())["tokenization"] == "missing"
    filling.TOKENIZE_ON_MISS_CONCURRENCY = 2
    on_miss.filler.cache_clear()
