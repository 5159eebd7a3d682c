"""What is read is counted at once, and written whole, once and off the request."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Language
from articles.tests.factories import make_article
from tokenization import usage as usage_module
from tokenization.models import CacheUse, TokenizationCache
from tokenization.tests.factories import make_row
from tokenization.usage import Usage

pytestmark = pytest.mark.django_db


@pytest.fixture
def usage():
    return Usage()


def uses():
    """{language: (hits, misses)} as they are stored, of all days."""
    rows = CacheUse.objects.values_list("language", "hits", "misses")
    return {language: numbers for language, *numbers in rows}


def reads(*rows):
    numbers = dict(TokenizationCache.objects.values_list("pk", "reads"))
    return [numbers[row.pk] for row in rows]


def test_hits_and_misses_are_counted_by_language(usage):
    usage.served("da", True, 5)
    usage.served("da", False)
    usage.served("de", True)
    usage.flush()
    assert uses() == {"da": [5, 1], "de": [1, 0]}


def test_a_flush_adds_to_what_is_stored(usage):
    for has_tokens in (True, True, False):
        usage.served("da", has_tokens)
        usage.flush()
    assert uses() == {"da": [2, 1]}


def test_uses_belong_to_the_day_they_happened_on(usage, monkeypatch):
    monday = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: monday)
    usage.served("da", True)
    monkeypatch.setattr(timezone, "now", lambda: monday + timedelta(days=1))
    usage.served("da", True, 2)
    usage.flush()
    days = CacheUse.objects.order_by("day").values_list("day", "hits")
    first = date(monday.year, monday.month, monday.day)
    assert list(days) == [(first, 1), (first + timedelta(days=1), 2)]


def test_a_reading_is_noted_at_the_articles_row(usage):
    read, other, before = make_row(reads=3), make_row(), timezone.now()
    for _ in range(2):
        usage.read(read.pk)
    usage.flush()
    read.refresh_from_db()
    assert (read.reads, reads(other)) == (5, [0])
    assert read.last_read_at >= before


def test_an_article_without_a_row_gets_none(usage):
    usage.read(make_article().pk)
    usage.flush()
    assert not TokenizationCache.objects.exists()


def test_counting_asks_the_database_nothing(usage, django_assert_num_queries):
    row = make_row()
    with django_assert_num_queries(0):
        usage.served("da", True)
        usage.read(row.pk)


def test_what_was_read_equally_often_is_written_at_once(usage):
    rows = [make_row() for _ in range(6)]
    for row in rows:
        usage.read(row.pk)
    with CaptureQueriesContext(connection) as queries:
        usage.flush()
    assert (reads(*rows), len(queries)) == ([1] * 6, 1)


def test_many_articles_are_written_in_batches(usage, monkeypatch):
    monkeypatch.setattr(usage_module, "BATCH", 2)
    rows = [make_row() for _ in range(5)]
    for row in rows:
        usage.read(row.pk)
    with CaptureQueriesContext(connection) as queries:
        usage.flush()
    assert (reads(*rows), len(queries)) == ([1] * 5, 3)


def test_what_the_database_refuses_is_written_later(usage, monkeypatch, caplog):
    row = make_row()
    usage.served("da", True)
    usage.read(row.pk)

    def refuse(*args, **options):
        raise OperationalError("the server has gone away")

    with monkeypatch.context() as patch:
        patch.setattr(CacheUse.objects, "bulk_create", refuse)
        usage.flush()
    assert "the server has gone away" in caplog.text
    usage.flush()
    assert (uses(), reads(row)) == ({"da": [1, 0]}, [1])


def test_what_was_written_before_an_error_is_not_written_again(usage, monkeypatch):
    row = make_row()
    usage.served("da", True)
    usage.read(row.pk)

    def refuse(*args, **options):
        raise OperationalError("deadlock")

    with monkeypatch.context() as patch:
        patch.setattr(TokenizationCache.objects, "filter", refuse)
        usage.flush()
    usage.flush()
    assert (uses(), reads(row)) == ({"da": [1, 0]}, [1])


def test_a_language_that_is_gone_keeps_nothing_from_being_written(usage):
    Language.objects.create(code="xx", name="X", native_name="X")
    usage.served("xx", True)
    usage.served("da", True)
    Language.objects.get(code="xx").delete()
    usage.flush()
    assert uses() == {"da": [1, 0]}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_processes_write_at_once():
    row = make_row()
    start = threading.Barrier(4)

    def work():
        usage = Usage()
        start.wait(10)
        for _ in range(10):
            usage.served("da", True)
            usage.served("de", False)
            usage.read(row.pk)
            usage.flush()
        usage.flush()
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work) for _ in range(4)]:
            future.result()
    assert (uses(), reads(row)) == ({"da": [40, 0], "de": [0, 40]}, [40])
