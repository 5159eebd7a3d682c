from datetime import timedelta

import pytest
from django.utils import timezone

from articles.crawler.store.history import finish_run, prune, record_visit, start_run
from articles.models import CrawlRun, FeedVisit
from articles.tests.factories import make_feed, make_report

pytestmark = pytest.mark.django_db


def test_a_run_is_kept_with_its_visits():
    run = start_run("crawl --due")
    report = make_report(make_feed(), found=9, listed=3, updated=1)
    report.count("hidden", 2, "advert")
    report.err("https://example.com/a", "HTTP status 500")
    record_visit(report, run=run)
    finish_run(run)
    run.refresh_from_db()
    visit = run.visits.get()
    assert run.finished_at >= run.started_at
    assert (visit.found, visit.listed, visit.updated) == (9, 3, 1)
    assert visit.reasons == {"hidden": {"advert": 2}}
    assert (run.visited, run.found, run.hidden, run.failed_visits) == (1, 9, 2, 0)
    assert visit.errors == [
        {"url": "https://example.com/a", "error": "HTTP status 500"}
    ]


def test_a_feed_that_fails_everywhere_does_not_fill_the_table():
    report = make_report(make_feed())
    for number in range(500):
        report.err(f"https://example.com/{number}", "HTTP status 500")
    record_visit(report)
    assert len(FeedVisit.objects.get().errors) == 50


def test_what_is_older_than_a_month_is_deleted(settings):
    old = timezone.now() - timedelta(days=31)
    report = make_report(make_feed())
    for at in (old, timezone.now()):
        run = start_run("crawl")
        record_visit(report, run=run)
        CrawlRun.objects.filter(pk=run.pk).update(started_at=at)
        FeedVisit.objects.filter(run=run).update(at=at)
    assert prune() == 1
    assert (CrawlRun.objects.count(), FeedVisit.objects.count()) == (1, 1)
