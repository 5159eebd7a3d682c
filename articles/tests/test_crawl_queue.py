"""Whose turn it is, who has a feed in hand, and what nobody foresaw in a visit."""

import contextlib
import os
import signal
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import InterfaceError
from django.db.models import F
from django.utils import timezone

from articles.crawler import run, visit
from articles.crawler.line import DueLine
from articles.crawler.report import FeedReport
from articles.crawler.store.claims import claim, give_up
from articles.crawler.web.fetch import Fetcher
from articles.management.commands import crawl as crawl_command
from articles.models import CrawlRun, Feed, FeedVisit
from articles.tests.factories import make_feed
from articles.tests.news import publish, slugs

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def ago(hours):
    return timezone.now() - timedelta(hours=hours)


def wait_hours(hours):
    Feed.objects.update(next_fetch_at=F("next_fetch_at") - timedelta(hours=hours))


@pytest.fixture
def time_for_one(monkeypatch):
    """The feeds visited, in order; each run has time for one."""
    visited, crawl = [], visit.Visit.crawl

    def last(visit):
        note = crawl(visit)
        visited.append(visit.feed.pk)
        visit.shared.deadline = 0
        return note

    monkeypatch.setattr(visit.Visit, "crawl", last)
    return visited


# --- whose turn it is


def test_feeds_are_visited_in_turn_where_a_run_has_time_for_one(
    crawl, web, time_for_one
):
    feeds = [publish(web, f"a{n}", path=f"/{n}").pk for n in range(3)]
    for _ in range(4):
        wait_hours(2)
        crawl(due=True)
    assert time_for_one == [*feeds, feeds[0]]


def test_who_has_waited_for_longest_is_visited_first(crawl, web, time_for_one):
    publish(web, "a", path="/one")
    overdue = publish(web, "b", path="/two")
    Feed.objects.filter(pk=overdue.pk).update(next_fetch_at=ago(hours=9))
    crawl(due=True)
    assert time_for_one == [overdue.pk]


def test_a_feed_that_was_not_begun_keeps_its_place(crawl, web, time_for_one):
    feeds = [publish(web, f"a{n}", path=f"/{n}") for n in range(2)]
    before = Feed.objects.get(pk=feeds[1].pk)
    done = crawl()
    assert [feed["put_off"] for feed in done.report["feeds"]] == ["", "out of time"]
    after = Feed.objects.get(pk=feeds[1].pk)
    assert vars(after) | {"_state": 0} == vars(before) | {"_state": 0}
    assert not after.visits.exists()


def test_a_feed_cut_short_by_the_run_s_end_is_due_again_behind_those_who_wait(
    crawl, web, monkeypatch
):
    def stop_after(visit, drafts):
        visit.shared.deadline = 0
        return store(visit, drafts)

    store = visit.Visit._store
    monkeypatch.setattr(visit.Visit, "_store", stop_after)
    monkeypatch.setattr(visit, "BATCH", 1)
    feed, waiting = publish(web, "a", "b"), publish(web, "c", path="/other")
    assert crawl(due=True).counts == (2, 1, 0)
    order = list(Feed.objects.active().due())
    assert order == [waiting, feed]
    monkeypatch.undo()
    crawl(due=True)
    assert slugs() == ["a", "b", "c"]


# --- who has a feed in hand


def test_a_feed_that_was_deleted_before_its_turn_is_said_to_be(crawl, web, monkeypatch):
    feed = publish(web, "a")

    def preload(languages):
        Feed.objects.all().delete()

    monkeypatch.setattr(crawl_command, "preload", preload)
    done = crawl()
    assert f"put off: {feed.url}: it was deleted before its turn" in done.out
    assert (done.code, web.requests) == (0, [])


def test_a_feed_that_somebody_has_in_hand_is_left_alone(crawl, web):
    feed = publish(web, "a")
    other = claim(feed)
    done = crawl()
    assert (done.code, done.reasons) == (0, {})
    assert f"put off: {feed.url}: another crawl" in done.out
    assert web.requests == []
    give_up(other)
    assert crawl().counts == (1, 1, 0)


@pytest.mark.parametrize("options", [{"due": True}, {}])
def test_a_claim_of_a_crawl_that_was_killed_ends_with_its_lease(crawl, web, options):
    feed = publish(web, "a")
    claim(feed)
    Feed.objects.update(claimed_until=ago(hours=0.01))
    assert crawl(**options).counts == (1, 1, 0)


def test_only_one_of_two_gets_a_feed():
    feed = make_feed()
    assert [claim(feed) is None, claim(feed) is None] == [False, True]


def test_a_claim_is_on_the_feed_while_it_is_visited_and_then_given_up(
    crawl, web, monkeypatch
):
    def seeing(feed, items):
        seen.append(Feed.objects.get(pk=feed.pk).claimed_until)
        return known_items(feed, items)

    seen, known_items = [], visit.known_items
    monkeypatch.setattr(visit, "known_items", seeing)
    publish(web, "a")
    crawl()
    assert seen[0] > timezone.now()
    assert Feed.objects.get().claimed_until is None


@pytest.mark.parametrize("fault", [AssertionError, KeyboardInterrupt, SystemExit])
def test_a_claim_is_given_up_however_a_visit_ends(web, crawl, monkeypatch, fault):
    def end(*args):
        raise fault

    publish(web, "a")
    monkeypatch.setattr(visit, "known_items", end)
    with contextlib.suppress(BaseException):
        call_command("crawl", stdout=StringIO())
    assert Feed.objects.get().claimed_until is None


def test_a_feed_visited_by_somebody_else_meanwhile_is_not_due_any_more():
    feed = make_feed(next_fetch_at=timezone.now() + HOUR)
    assert claim(feed, only_due=True) is None
    assert claim(feed) == feed


def test_a_feed_that_changed_since_it_was_read_is_claimed_as_it_is_now():
    feed = make_feed()
    Feed.objects.update(url="https://moved.example.com/feed", etag='"new"')
    claimed = claim(feed)
    assert (claimed.url, claimed.etag) == ("https://moved.example.com/feed", '"new"')
    assert Feed.objects.get().claimed_until == claimed.claimed_until is not None


def test_a_claim_that_is_another_s_by_now_is_not_given_up():
    feed = make_feed()
    mine = claim(feed)
    Feed.objects.update(claimed_until=timezone.now() + HOUR)
    give_up(mine)
    assert Feed.objects.get().claimed_until is not None


# --- what nobody foresaw


class Odd(Exception):
    """Nobody foresaw it."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [Odd("odd"), InterfaceError(0, "odd")], ids=repr)
@pytest.mark.parametrize("workers", [1, 2])
def test_whatever_ends_a_visit_is_that_feed_s_failure_and_nobody_else_s(
    crawl, web, monkeypatch, caplog, fault, workers
):
    def known_items(feed, items):
        if feed.pk == bad.pk:
            raise fault
        return run_known_items(feed, items)

    run_known_items = visit.known_items
    bad = publish(web, "x", path="/bad")
    publish(web, "a", path="/good")
    monkeypatch.setattr(visit, "known_items", known_items)
    done = crawl(workers=workers)
    assert (done.code, slugs()) == (1, ["a"])
    bad.refresh_from_db()
    assert (bad.consecutive_failures, bad.last_status) == (1, "failed")
    assert bad.next_fetch_at > timezone.now() + timedelta(minutes=15)
    assert (bad.claimed_until, bad.content_hash) == (None, "")
    assert "odd" in bad.last_error == bad.visits.get().error
    assert "in known_items" in caplog.text


@pytest.mark.parametrize("place", ["fetch", "store"])
def test_what_nobody_foresaw_of_an_article_costs_that_article(
    crawl, web, monkeypatch, place
):
    def odd(subject, *args):
        known = subject if isinstance(subject, str) else args[0].url
        if known.endswith("/ond"):
            raise Odd("odd")
        return real(*([fetcher[-1]] if place == "fetch" else []), subject, *args)

    def get_article(self, url):
        fetcher.append(self)
        return odd(url)

    fetcher = []
    if place == "fetch":
        real = Fetcher.get_article
        monkeypatch.setattr(Fetcher, "get_article", get_article)
    else:
        real = visit.store
        monkeypatch.setattr(visit, "store", odd)
    publish(web, "ond", "a")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "odd" in done.errors[web.url("/ond")]
    assert Feed.objects.get().last_status == "ok"


def test_what_nobody_foresaw_of_a_tokenizer_costs_one_text_s_tokens(
    crawl, web, stub, monkeypatch, caplog
):
    def tokenize(texts, language):
        if any("Om ond" in text for text in texts):
            raise Odd("odd")
        return stub_tokenize(texts, language)

    stub_tokenize = stub.tokenize
    monkeypatch.setattr(stub, "tokenize", tokenize)
    publish(web, "a", "ond", "b")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a", "b", "ond"])
    assert done.report["tokenized"] == 2
    assert (
        "an unforeseen error, which the log tells: odd" in done.errors[web.url("/ond")]
    )
    assert "in tokenize" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_feed_whose_failure_can_not_be_noted_rests(crawl, web, monkeypatch):
    def away(*args):
        raise InterfaceError(0, "gone")

    publish(web, "a")
    monkeypatch.setattr(visit, "known_items", away)
    monkeypatch.setattr(run, "record_failure", away)
    assert crawl().code == 1
    left = Feed.objects.get().claimed_until - timezone.now()
    assert timedelta(0) < left <= run.REST


def test_the_visit_of_a_feed_deleted_meanwhile_is_no_failure_and_not_kept(
    crawl, web, monkeypatch
):
    def delete(visit, document):
        Feed.objects.all().delete()

    publish(web, "a")
    monkeypatch.setattr(visit.Visit, "_take_in", delete)
    assert crawl().code == 0
    assert not FeedVisit.objects.exists()


# --- for ever


def test_what_nobody_foresaw_does_not_end_a_service(web, crawl, monkeypatch):
    def _serve(command):
        served.append(1)
        if len(served) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        raise Odd("odd")

    served, out = [], StringIO()
    make_feed()
    monkeypatch.setattr(crawl_command.Command, "_serve", _serve)
    monkeypatch.setattr(crawl_command, "PAUSE_S", 0)
    call_command("crawl", forever=True, stdout=out)
    assert (len(served), out.getvalue()) == (3, "stopped\n")


def test_a_service_goes_on_after_a_feed_that_breaks_and_keeps_one_run(
    web, crawl, monkeypatch
):
    def known_items(feed, items):
        if feed.pk == bad.pk:
            raise Odd("odd")
        os.kill(os.getpid(), signal.SIGTERM)
        return run_known_items(feed, items)

    run_known_items = visit.known_items
    bad = publish(web, "x", path="/bad")
    publish(web, "a", path="/good")
    monkeypatch.setattr(visit, "known_items", known_items)
    out = StringIO()
    call_command("crawl", forever=True, stdout=out)
    assert f"{bad.title}: failed\n" in out.getvalue()
    crawl_run = CrawlRun.objects.get()
    assert crawl_run.finished_at is not None
    assert set(FeedVisit.objects.values_list("run", flat=True)) == {crawl_run.pk}


class Slow(run.Crawl):
    """A crawl whose visits of the first feed last until the others are done."""

    def __init__(self, others):
        self.fetcher = Fetcher()
        self.others, self.visited, self.not_noted = others, [], set()
        self.all_done = threading.Event()

    def _take_up(self, feed):
        return feed, None

    def feed(self, feed):
        if feed.pk == 1:
            assert self.all_done.wait(10)
        self.visited.append(feed.pk)
        if len(self.visited) == self.others:
            self.all_done.set()
        return FeedReport(feed.pk, "", "", "da")


class Stop:
    is_asked = False


def unsaved(pk):
    url = f"https://{pk}.example.com/feed"
    return Feed(pk=pk, url=url, next_fetch_at=ago(hours=9 - pk))


def test_who_is_slow_holds_up_its_own_thread_only():
    crawl = Slow(others=5)
    found = crawl.feeds([unsaved(pk) for pk in range(1, 7)], workers=2)
    done = [report.feed for report in found]
    assert (done[:4], set(done[4:])) == ([2, 3, 4, 5], {1, 6})


def test_a_service_visits_what_becomes_due_while_another_feed_is_slow():
    crawl, stop, rounds = Slow(others=3), Stop(), iter(range(2, 99))

    def find():
        return [unsaved(1), unsaved(next(rounds))] if not crawl.visited[3:] else []

    line = DueLine(find, crawl.room, stop, 0)
    for report in crawl.visits(line, workers=2):
        stop.is_asked = stop.is_asked or report.feed == 1
    assert 1 in crawl.visited
    assert len(crawl.visited) >= 4


def test_two_feeds_of_one_host_do_not_hold_up_all_threads():
    feeds = [unsaved(pk) for pk in range(1, 6)]
    feeds[1].url = feeds[2].url = feeds[0].url  # where one visit is slow
    crawl = Slow(others=2)
    assert len(list(crawl.feeds(feeds, workers=3))) == 5
    assert {*crawl.visited[:2]} == {4, 5}
