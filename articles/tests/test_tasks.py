from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from articles import tasks
from articles.models import Article, Feed, FeedVisit
from articles.tests.factories import make_feed
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


def test_without_a_queue_the_command_says_so(monkeypatch):
    def refuse(*args):
        raise OperationalError("refused")

    make_feed()
    monkeypatch.setattr(tasks.visit, "delay", refuse)
    with pytest.raises(CommandError, match="CELERY_BROKER_URL") as caught:
        call_command("crawl", distributed=True)
    assert caught.value.returncode == 2
