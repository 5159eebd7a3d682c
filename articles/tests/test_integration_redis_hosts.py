"""A budget in a real Redis, shared by threads and by processes that are killed."""

import os
import subprocess
import sys
import threading
import time
from uuid import uuid4

import pytest
import redis
from django.conf import settings as django_settings

from articles.crawler.web import hosts
from articles.crawler.web.errors import HostBusy
from articles.crawler.web.redis_hosts import RedisHostBudget

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

SERVER = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
HOLDER = """
import sys, time, django
django.setup()
from articles.crawler.web.redis_hosts import RedisHostBudget
server, host, lease_s = sys.argv[1:]
with RedisHostBudget(server, {"*": (1, 0)}, 0, float(lease_s)).slot(host):
    print("holds", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def server():
    client = redis.Redis.from_url(SERVER)
    try:
        client.ping()
    except redis.ConnectionError as exc:
        require = pytest.fail if os.environ.get("REQUIRE_REDIS") else pytest.skip
        require(f"no Redis at {SERVER}: {exc}")
    yield client
    client.close()


@pytest.fixture
def site(server):
    """A host name of the test's own."""
    name = f"{uuid4().hex}.example"
    yield name
    keys = list(server.scan_iter(f"crawler:{{{name}}}:*"))
    assert all(0 < server.ttl(key) < 86_400 for key in keys), "would stay for ever"
    if keys:
        server.delete(*keys)


def budget(server, limit, patience_s=0.0, **kwargs):
    return RedisHostBudget(server, {"*": limit}, patience_s, **kwargs)


def spend(budget, host, times=1, **kwargs):
    for _ in range(times):
        with budget.slot(host, **kwargs):
            pass


def test_machines_share_a_minutes_requests(server, site):
    one, other = budget(server, (1, 6)), budget(server, (1, 6))
    spend(one, site, times=4)
    spend(other, site, times=2)
    for each in (one, other):
        with pytest.raises(HostBusy, match="is over its limit") as caught:
            spend(each, site)
        assert 9 < caught.value.wait_s <= 10


def test_the_bucket_fills_again(server, site):
    patient = budget(server, (1, 300), patience_s=2)
    begun = time.monotonic()
    spend(patient, site, times=302)
    assert time.monotonic() - begun > 0.35
    with pytest.raises(HostBusy):
        spend(budget(server, (1, 300)), site, times=10)


def test_zero_a_minute_is_any_number(server, site):
    spend(budget(server, (1, 0)), site, times=200)


def test_machines_share_the_slots(server, site):
    one, other = budget(server, (2, 0)), budget(server, (2, 0))
    with one.slot(site), other.slot(site), pytest.raises(HostBusy, match="is busy"):
        spend(one, site)
    spend(other, site)


def test_a_turn_whose_answer_was_lost_may_be_asked_for_again(server, site):
    shared = budget(server, (1, 0))
    for _ in range(2):
        assert not shared._ask(site, "lease", 0).reason
    assert shared._ask(site, "other lease", 0).reason == "busy"
    shared._leave(site, "lease")
    spend(shared, site)


def test_starts_are_spaced_among_those_that_ask_for_it(server, site):
    one, other = budget(server, (1, 0)), budget(server, (1, 0))
    spend(one, site, min_interval_s=30)
    spend(other, site)
    with pytest.raises(HostBusy) as caught:
        spend(other, site, min_interval_s=30)
    assert 29 < caught.value.wait_s <= 30


def test_a_pause_is_for_all_and_the_longer_one_counts(server, site):
    one, other = budget(server, (1, 0)), budget(server, (1, 0), patience_s=5)
    for seconds in (1.5, 0.01, 0, -1):
        one.pause(site, seconds)
    with pytest.raises(HostBusy, match="is paused") as caught:
        spend(other, site)
    assert 0.2 < caught.value.wait_s <= 1.5
    spend(other, f"other-{site}")
    time.sleep(1.6)
    spend(other, site)


def test_a_host_is_paused_for_minutes_and_its_address_for_as_long_as_it_asks(
    server, site
):
    one, other = budget(server, (1, 0)), budget(server, (1, 0))
    page = f"https://{site}/å"
    one.pause(site, 86_000, page, "it answered 503")
    with pytest.raises(HostBusy, match="is paused until .*: it answered 503") as caught:
        spend(other, site, url=f"{page}/other")
    assert caught.value.wait_s == pytest.approx(300, abs=2)
    with pytest.raises(HostBusy, match="is paused for this address until") as caught:
        spend(other, site, url=page)
    assert caught.value.wait_s == pytest.approx(86_000, abs=2)


def test_after_minutes_only_the_address_is_left_alone(server, site, monkeypatch):
    monkeypatch.setattr(hosts, "LONGEST_PAUSE_S", 0.1)
    one, other = budget(server, (1, 0)), budget(server, (1, 0))
    page = f"https://{site}/a"
    one.pause(site, 86_000, page)
    time.sleep(0.2)
    spend(other, site, url=f"{page}/other")
    spend(other, site)
    with pytest.raises(HostBusy, match="paused for this address"):
        spend(other, site, url=page)


def test_threads_of_two_budgets_together_keep_to_the_limit(server, site):
    budgets = [budget(server, (2, 0), patience_s=20) for _ in range(2)]
    inside, most = [], []

    def visit(shared):
        for _ in range(3):
            with shared.slot(site):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.01)
                inside.pop()

    threads = [threading.Thread(target=visit, args=[each]) for each in budgets * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 24
    assert max(most) == 2


def test_the_slot_of_who_is_killed_comes_back(server, site):
    command = [sys.executable, "-c", HOLDER, SERVER, site, "4"]
    with subprocess.Popen(
        command,
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test"},
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "holds\n"
        holder.kill()
    with pytest.raises(HostBusy, match="is busy"):
        spend(budget(server, (1, 0)), site)
    spend(budget(server, (1, 0), patience_s=10), site)


def test_who_outstays_the_lease_does_not_take_the_next_ones_slot_away(server, site):
    slow, quick = budget(server, (1, 0), lease_s=0.2), budget(server, (1, 0))
    outstayed = slow.slot(site)
    outstayed.__enter__()
    time.sleep(0.3)
    with quick.slot(site):
        outstayed.__exit__(None, None, None)
        with pytest.raises(HostBusy, match="is busy"):
            spend(quick, site)


def test_without_redis_nothing_is_asked(caplog):
    away = RedisHostBudget("redis://127.0.0.1:1/0", {}, patience_s=3)
    with pytest.raises(HostBusy, match="no answer about its budget") as caught:
        spend(away, "news.example")
    assert caught.value.wait_s == 3
    away.pause("news.example", 60)
    assert "could not be paused" in caplog.text


def test_a_lease_lasts_longer_than_a_download(server, settings):
    settings.CRAWLER_TIMEOUT_S = 30
    assert 30 < budget(server, (1, 0)).lease_s < 60
