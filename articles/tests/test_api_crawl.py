"""The API's runs, visits and statistics of the crawl, for programs of the staff."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.crawler.store.history import record_visit
from articles.tests.factories import (
    make_article,
    make_feed,
    make_report,
    make_run,
    make_visit,
)
from learners.api import feed_serializers as serializers

pytestmark = pytest.mark.django_db

RUNS, STATISTICS = "/api/crawl-runs/", "/api/crawl-statistics/"
PROBLEM = "application/problem+json"


def get(api, url, **params):
    response = api.get(url, params)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize(
    ("client", "status"), [("api", 401), ("reader_api", 403), ("staff_api", 200)]
)
@pytest.mark.parametrize("url", [RUNS, f"{RUNS}{{run}}/", STATISTICS])
def test_only_staff_may_look(request, client, status, url):
    url = url.format(run=make_run().pk)
    response = request.getfixturevalue(client).get(url)
    assert response.status_code == status
    assert (response.headers["Content-Type"] == PROBLEM) is (status != 200)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("url", [RUNS, f"{RUNS}{{run}}/", STATISTICS])
def test_nobody_may_write(staff_api, method, url):
    url = url.format(run=make_run().pk)
    assert getattr(staff_api, method)(url).status_code == 405


def test_runs_are_listed_newest_first_with_their_sums(staff_api):
    old = make_run(started_at=timezone.now() - timedelta(hours=1))
    new = make_run(command="crawl --due")
    record_visit(make_report(listed=2, updated=1, found=3), run=old)
    record_visit(make_report(status="failed"), run=old)
    first, second = get(staff_api, RUNS)["results"]
    assert (first["id"], first["command"], first["visited"]) == (
        new.pk,
        "crawl --due",
        0,
    )
    assert second["id"] == old.pk
    sums = ("visited", "failed_visits", "found", "listed", "updated", "failed")
    assert [second[name] for name in sums] == [2, 1, 3, 2, 1, 0]
    assert set(first) == set(serializers.CrawlRunSerializer().fields)


def test_pages_of_runs_together_are_the_whole_list(staff_api):
    pks = [make_run().pk for _ in range(5)]
    page = get(staff_api, RUNS, page_size=3)
    found = [run["id"] for run in page["results"]]
    found += [run["id"] for run in get(staff_api, page["next"])["results"]]
    assert found == pks[::-1]


def test_a_run_has_its_visits(staff_api):
    run, feed = make_run(), make_feed(title="Avisen")
    errors, reasons = (
        [{"url": "https://a.example/", "error": "404"}],
        {"hidden": {"x": 2}},
    )
    make_visit(feed, run=run, reasons=reasons, errors=errors, found=3, failed=1)
    make_visit()
    [visit] = get(staff_api, f"{RUNS}{run.pk}/")["visits"]
    assert (visit["feed"], visit["title"]) == (feed.pk, "Avisen")
    assert (visit["language"], visit["found"]) == ("da", 3)
    assert (visit["reasons"], visit["errors"]) == (reasons, errors)
    assert visit["failed"] == 1
    assert set(visit) == set(serializers.FeedVisitSerializer().fields)


@pytest.mark.parametrize("pk", ["4711", "abc", "9" * 30, "1_0"])
def test_an_unknown_run_is_a_404(staff_api, pk):
    response = staff_api.get(f"{RUNS}{pk}/")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == PROBLEM


def test_the_statistics_have_the_shape_that_the_schema_declares(staff_api):
    feed = make_feed(title="Avisen")
    make_article(feed=feed)
    make_article(feed=feed, broken="paywall")
    facts = {
        "found": 1,
        "seconds": 2,
        "hidden": 1,
        "reasons": {"hidden": {"paywall": 1}},
    }
    make_visit(feed, status="failed", **facts)
    found = get(staff_api, STATISTICS)
    declared = serializers.CrawlStatisticsSerializer().fields
    assert set(found) == set(declared)
    lists = {name: field for name, field in declared.items() if name != "counted_at"}
    for name, field in lists.items():
        assert set(found[name][0]) == set(field.child.fields), name
    assert found["slowest"][0]["title"] == "Avisen"


@pytest.mark.parametrize("url", [RUNS, STATISTICS])
def test_unknown_parameters_are_refused_by_name(staff_api, url):
    response = staff_api.get(url, {"langauge": "da"})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["langauge"]
