"""Counts that one process makes for all."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from articles import counts
from articles.counts import counted
from articles.models import KeptCount
from articles.tests.factories import make_article

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def many(monkeypatch):
    """As if there were many articles, whose counting takes its time."""
    monkeypatch.setattr(counts, "MANY", -1)
    monkeypatch.setattr(counts, "_are_many", lambda: True)
    monkeypatch.setattr(counts, "MOMENT_S", 0)


def wait():
    for thread in threading.enumerate():
        if thread.name.endswith("(_count_apart)"):
            thread.join()


def keep(value, seconds=1, **age):
    at = timezone.now() - timedelta(**age)
    return KeptCount.objects.create(name="n", value=value, at=at, seconds=seconds)


def refuse():
    raise AssertionError("counted in vain")


@committed
def test_what_is_counted_in_a_moment_is_exact_each_time():
    assert counts.by_language().value == {}
    make_article()
    assert counts.by_language().value == {"da": 1}
    make_article(broken="hidden")
    assert counts.by_language().value == {"da": 2}
    assert counts.by_language(listed_only=True).value == {"da": 1}
    assert not KeptCount.objects.exists()


@committed
def test_a_small_count_is_one_query_and_writes_nothing(django_assert_num_queries):
    make_article()
    counts.by_language()
    with django_assert_num_queries(1):
        assert counts.by_language().value == {"da": 1}


@committed
def test_what_was_quick_and_is_slow_now_is_kept(monkeypatch):
    counted("n", lambda: 1)
    monkeypatch.setattr(counts, "MOMENT_S", 0)
    assert counted("n", lambda: 2).value == 2
    assert KeptCount.objects.get().value == 2


@committed
def test_nobody_waits_for_the_first_count_of_a_large_table(many):
    may_go_on = threading.Event()
    first = counted("n", lambda: may_go_on.wait(10) and 5)
    assert (first.value, first.at) == (None, None)
    assert first.age.startswith("being counted")
    may_go_on.set()
    wait()
    assert KeptCount.objects.get().value == 5


@committed
def test_of_many_articles_too_what_is_quick_is_shown(monkeypatch):
    monkeypatch.setattr(counts, "_are_many", lambda: True)
    make_article()
    counts.by_language()
    wait()
    assert counts.by_language().value == {"da": 1}
    make_article()
    assert counts.by_language().value == {"da": 2}
    # Another process, which has not counted yet.
    counts.quick.clear()
    assert counts.by_language().value in ({"da": 1}, {"da": 2})


@committed
def test_what_took_long_is_good_for_fifty_times_as_long(many):
    keep(3, seconds=2)
    KeptCount.objects.update(at=timezone.now() - timedelta(seconds=99))
    assert counted("n", refuse).value == 3
    KeptCount.objects.update(at=timezone.now() - timedelta(seconds=101))
    assert counted("n", lambda: 4).value == 3
    wait()
    assert KeptCount.objects.get().value == 4


@committed
def test_one_counts_and_the_others_go_on_with_what_there_is(many):
    kept = keep(3, hours=1)
    KeptCount.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    found = counted("n", refuse)
    assert (found.value, found.at) == (3, kept.at)
    assert found.age == "counted 1\xa0hour ago"


@committed
def test_a_count_whose_process_was_killed_is_taken_up(many):
    keep(3, seconds=0.01, hours=1)
    KeptCount.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert counted("n", lambda: 4).value == 4


@committed
@pytest.mark.parametrize("seconds", [0.01, 1])
@pytest.mark.parametrize("is_late", [True, False])
def test_who_is_late_leaves_the_claim_of_who_counts_by_now(many, seconds, is_late):
    keep(3, seconds=seconds, hours=1)
    claimed = timezone.now() + timedelta(minutes=9)

    def count():
        if is_late:
            KeptCount.objects.update(claimed_until=claimed)
        return 4

    counted("n", count)
    wait()
    kept = KeptCount.objects.get()
    assert (kept.value, kept.claimed_until) == (4, claimed if is_late else None)


@committed
def test_who_counts_anew_leaves_the_claim_of_who_is_counting(many):
    keep(3)
    claimed = timezone.now() + timedelta(minutes=1)
    KeptCount.objects.update(claimed_until=claimed)
    assert counted("n", lambda: 4, anew=True).value == 4
    assert KeptCount.objects.get().claimed_until == claimed


@committed
def test_what_is_quick_is_counted_for_the_one_who_asks(many):
    keep(3, seconds=0.01, minutes=1)
    assert counted("n", lambda: 4).value == 4


@committed
def test_anew_is_now(many):
    keep(3)
    assert counted("n", lambda: 4, anew=True).value == 4
    assert KeptCount.objects.get().value == 4


@committed
def test_the_thread_that_counts_leaves_no_connection_open(many):
    seen = []

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        seen.append(connections["default"])
        return 1

    counted("n", count)
    wait()
    assert [one.connection for one in seen] == [None]


@pytest.mark.django_db
def test_in_a_transaction_what_it_changed_is_counted(many):
    keep(3)
    assert counted("n", lambda: 4).value == 4
    assert KeptCount.objects.get().value == 3


@pytest.mark.django_db
def test_articles_are_counted_by_feed_and_topic():
    article = make_article()
    make_article(feed=article.feed, broken="hidden")
    assert counts.by_feed().value == {f"{article.feed_id}": 2}
    assert counts.by_topic().value == {}
