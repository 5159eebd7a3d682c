"""Several who write what articles are found by, and delete it, at once."""

import threading

import pytest
from django.db import connection

from articles import deletion
from articles.models import Article
from articles.search.models import SearchText
from articles.tests.factories import make_article
from tokenization import rebuilding, services

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("stub"),
]
WRITERS, ARTICLES = 4, 24


def test_writers_rebuilders_and_deletion_do_not_lose_to_each_other():
    pks = [make_article().pk for _ in range(ARTICLES)]
    gone, failed = pks[::6], []
    works = [
        *([lambda: services.fill([*Article.objects.filter(pk__in=pks)])] * WRITERS),
        lambda: [*rebuilding.rebuild(pks)],
        lambda: deletion.delete(Article.objects.filter(pk__in=gone)),
    ]
    threads = [threading.Thread(target=apart, args=(work, failed)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    rows = SearchText.objects.values_list("pk", flat=True)
    assert set(rows) == set(pks) - set(gone)


def apart(work, failed):
    try:
        work()
    except Exception as exc:  # noqa: BLE001 - told to the test
        failed.append(exc)
    finally:
        connection.close()
