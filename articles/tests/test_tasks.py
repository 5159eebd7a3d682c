import os
import signal
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from articles import services, tasks
from articles.crawler import visit
from articles.crawler.store.claims import claim
from articles.models import Article, Feed, FeedVisit
from articles.tests.factories import make_article, make_feed
from zeeguu.base.process_pool import KillablePool
from zeeguu.celery import app

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)


@pytest.fixture
def sent(monkeypatch):
    """What is sent to the queue: (feed id, lease)."""
    sent = []
    monkeypatch.setattr(tasks.visit, "delay", lambda *args: sent.append(args))
    return sent


def test_feeds_that_are_due_are_sent(sent):
    due = make_feed()
    make_feed(next_fetch_at=timezone.now() + LATER)
    make_feed(active=False)
    assert tasks.send_due() == 1
    assert [pk for pk, _ in sent] == [due.pk]


def test_a_feed_that_is_in_the_queue_is_not_sent_again(sent):
    make_feed()
    assert [tasks.send_due(), tasks.send_due()] == [1, 0]


def test_a_feed_whose_worker_was_killed_is_sent_again_when_its_lease_is_over(sent):
    feed = make_feed()
    tasks.send_due()
    Feed.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert tasks.send_due() == 1
    assert sent[0][0] == sent[1][0] == feed.pk
    assert sent[0][1] != sent[1][1]


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test begins as a worker's process does."""
    yield
    tasks.kept.close()


def test_the_most_overdue_feed_is_sent_first(sent):
    now = timezone.now()
    feeds = [
        make_feed(
            url=f"https://{n}.example.com/", next_fetch_at=now - timedelta(hours=n)
        )
        for n in (1, 3, 2)
    ]
    tasks.send_due()
    assert [pk for pk, _ in sent] == [feeds[1].pk, feeds[2].pk, feeds[0].pk]


@pytest.fixture
def site(web, settings):
    """A feed on the test's web that the tasks may visit."""
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({web.host_port})
    items = "<item><title>Nyt</title><link>/nyt</link></item>"
    url = web.add("/feed", f"<rss version='2.0'><channel>{items}</channel></rss>")
    words = "Fiskerne ved fjorden har ventet længe på, at ålen kom tilbage. " * 12
    web.add("/nyt", f"<html><body><article><p>{words}</p></article></body></html>")
    return make_feed(url=url)


def test_a_visit_stores_articles_with_tokens_and_gives_its_claim_up(site, sent, stub):
    tasks.send_due()
    tasks.visit(*sent[0])
    site.refresh_from_db()
    assert (site.last_status, site.claimed_until) == ("ok", None)
    assert Article.objects.get().tokenization_cache.token_count > 0
    assert FeedVisit.objects.get().run is None


@pytest.fixture
def pools(monkeypatch):
    """The process of the pool in which each document is read."""
    pids, run = [], KillablePool.run

    def noting(pool, *args, **limits):
        pids.append(run(pool, os.getpid, timeout_s=5))
        return run(pool, *args, **limits)

    monkeypatch.setattr(KillablePool, "run", noting)
    return pids


def test_two_visits_of_a_process_fetch_robots_txt_once_and_share_a_pool(
    site, sent, stub, web, pools
):
    other = web.add("/other", web.routes["/feed"].body.replace(b"/nyt", b"/andet"))
    web.routes["/andet"] = web.routes["/nyt"]
    make_feed(url=other)
    tasks.send_due()
    for args in sent:
        tasks.visit(*args)
    assert web.paths().count("/robots.txt") == 1
    assert {"/nyt", "/andet"} <= set(web.paths())
    assert len(pools) >= 4
    assert len(set(pools)) == 1


def test_a_forked_process_has_tools_of_its_own(site, sent, stub):
    before = tasks.kept.tools()
    tasks.kept.pid = 1  # as it is in a child: its parent's
    after = tasks.kept.tools()
    assert before[0] is not after[0]
    before[0].close()
    before[1].close()


def test_a_pool_that_breaks_between_two_visits_is_begun_anew(site, sent, stub):
    tasks.send_due()
    _, pool = tasks.kept.tools()
    pid = pool.run(os.getpid, timeout_s=5)
    os.kill(pid, signal.SIGKILL)
    tasks.visit(*sent[0])
    Feed.objects.update(next_fetch_at=timezone.now(), content_hash="")
    tasks.send_due()
    tasks.visit(*sent[1])
    assert Article.objects.count() == 1


class Odd(Exception):
    """Nobody foresaw it."""


def test_a_visit_that_nobody_foresaw_the_end_of_is_noted_and_gives_its_claim_up(
    site, sent, stub, monkeypatch
):
    def odd(*args):
        raise Odd("odd")

    monkeypatch.setattr(visit, "known_items", odd)
    tasks.send_due()
    tasks.visit(*sent[0])
    site.refresh_from_db()
    assert (site.last_status, site.claimed_until) == ("failed", None)
    assert site.consecutive_failures == 1
    assert "odd" in FeedVisit.objects.get().error


def test_a_claim_is_given_up_where_a_visit_can_not_begin(site, sent, monkeypatch):
    def odd():
        raise Odd("no processes left")

    monkeypatch.setattr(tasks.kept, "_make", odd)
    tasks.send_due()
    with pytest.raises(Odd):
        tasks.visit(*sent[0])
    assert Feed.objects.get().claimed_until is None


def test_a_lease_that_went_by_in_the_queue_is_made_longer_once(sent, settings):
    settings.CRAWL_LEASE_S = 100
    feed = make_feed()
    late = timezone.now() + timedelta(seconds=10)
    longer = late + timedelta(seconds=100)
    Feed.objects.update(claimed_until=late)
    assert tasks.taken_up(feed.pk, late).claimed_until == longer
    assert tasks.taken_up(feed.pk, late).claimed_until == longer  # after a kill
    assert tasks.send_due() == 0


def test_a_local_crawl_s_feed_is_not_sent(sent):
    feed = make_feed()
    assert claim(feed) is not None
    assert tasks.send_due() == 0


def test_a_task_that_comes_twice_goes_on_with_its_claim(site, sent, stub):
    # As after a kill: the claim was not given up, and the broker sends it again.
    tasks.send_due()
    lease = Feed.objects.get().claimed_until
    tasks.visit(*sent[0])
    Feed.objects.update(claimed_until=lease)
    tasks.visit(*sent[0])
    assert Article.objects.count() == 1


def test_a_task_whose_claim_is_another_s_by_now_does_nothing(site, sent, web):
    tasks.send_due()
    Feed.objects.update(claimed_until=timezone.now() + LATER)
    tasks.visit(*sent[0])
    assert web.paths() == []
    assert Feed.objects.get().claimed_until is not None


def test_a_feed_that_was_paused_meanwhile_is_not_visited(site, sent, web):
    tasks.send_due()
    Feed.objects.update(active=False)
    tasks.visit(*sent[0])
    assert web.paths() == []
    assert Feed.objects.get().claimed_until is None


@pytest.mark.parametrize("act", [services.pause, services.resume])
def test_to_pause_or_resume_a_feed_frees_its_claim(act):
    feed = make_feed()
    assert claim(feed) is not None
    act([feed])
    assert Feed.objects.get().claimed_until is None


def test_a_feed_that_is_paused_and_resumed_is_sent_anew_and_visited_once(
    site, sent, stub, web
):
    tasks.send_due()
    services.pause([site])
    services.resume([site])
    assert tasks.send_due() == 1
    for args in sent:
        tasks.visit(*args)
    assert web.paths().count("/feed") == 1


@pytest.mark.parametrize("active", [True, False])
def test_whoever_switches_a_feed_on_or_off_frees_its_claim(active):
    feed = make_feed(active=not active)
    Feed.objects.update(claimed_until=timezone.now() + LATER)
    feed.active = active
    services.save_feed_changes(feed, {"active"})
    assert Feed.objects.get().claimed_until is None


@pytest.mark.parametrize(
    "name, task, queue",
    [("crawl", "crawl.send_due", "crawl"), ("clean", "crawl.clean", "clean")],
)
def test_beat_sends_it_now_and_then_to_its_queue(name, task, queue):
    entry = app.conf.beat_schedule[name]
    assert entry["task"] == task in app.tasks
    assert app.amqp.router.route({}, task)["queue"].name == queue
    assert app.amqp.router.route({}, "crawl.visit")["queue"].name == "crawl"


def test_what_can_not_be_sent_is_free_to_be_sent_again(monkeypatch, sent):
    def refuse(*args):
        raise OperationalError("refused")

    make_feed()
    with monkeypatch.context() as away:
        away.setattr(tasks.visit, "delay", refuse)
        with pytest.raises(tasks.QueueAway, match="refused"):
            tasks.send_due()
    assert Feed.objects.get().claimed_until is None
    assert tasks.send_due() == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_whatever_stops_the_sending_the_feed_is_free(monkeypatch, error):
    def refuse(*args):
        raise error

    make_feed()
    monkeypatch.setattr(tasks.visit, "delay", refuse)
    with pytest.raises(error):
        tasks.send_due()
    assert Feed.objects.get().claimed_until is None


def test_without_a_queue_the_command_says_so(monkeypatch):
    def refuse(*args):
        raise OperationalError("refused")

    make_feed()
    monkeypatch.setattr(tasks.visit, "delay", refuse)
    with pytest.raises(CommandError, match="CELERY_BROKER_URL") as caught:
        call_command("crawl", distributed=True)
    assert caught.value.returncode == 2


@pytest.mark.parametrize(("days", "left"), [(0, 2), (30, 1)])
def test_articles_are_kept_for_as_long_as_the_setting_says(settings, days, left):
    settings.ARTICLE_KEEP_DAYS = days
    make_article()
    make_article(published_at=timezone.now() - timedelta(days=31))
    assert tasks.clean_articles() == 2 - left
    assert Article.objects.count() == left


def test_beat_sends_the_clean_ups_to_their_own_queue():
    entries = app.conf.beat_schedule.values()
    cleaning = {e["task"] for e in entries if e["task"].startswith("crawl.clean")}
    assert cleaning == {"crawl.clean", "crawl.clean_articles"}
    for task in cleaning:
        assert app.amqp.router.route({}, task)["queue"].name == "clean"
