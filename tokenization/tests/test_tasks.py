"""The schedule's task, run here and now."""

import os

import pytest

from articles.tests.factories import make_article
from tokenization import services
from tokenization.models import TokenizationCache
from tokenization.tasks import refill
from zeeguu.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_fills_what_is_missing_and_tells_what_failed(stub):
    make_article(), make_article(title="bad")
    stub.bad.add("bad")
    assert refill() == {"filled": 2, "failed": 1}
    assert TokenizationCache.objects.filled().count() == 1
    assert refill() == {"filled": 0, "failed": 0}


def test_it_fills_the_newest_up_to_its_limit(stub):
    make_article()
    new = make_article()
    refill(limit=1)
    assert list(TokenizationCache.objects.values_list("pk", flat=True)) == [new.pk]


def test_it_works_at_low_priority_and_its_process_keeps_its_own(stub, monkeypatch):
    make_article()
    seen, before = [], os.getpriority(os.PRIO_PROCESS, 0)
    real = services.fill

    def watched(articles):
        seen.append(os.getpriority(os.PRIO_PROCESS, 0))
        return real(articles)

    monkeypatch.setattr(services, "fill", watched)
    refill()
    assert seen == [19]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_beat_sends_it_now_and_then_to_the_tokenizers_queue():
    assert "tokenization.refill" in app.tasks
    entry = app.conf.beat_schedule["refill"]
    assert entry["task"] == "tokenization.refill"
    route = app.amqp.router.route({}, entry["task"])
    assert route["queue"].name == "tokenize"
