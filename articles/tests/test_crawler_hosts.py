import threading
import time

import pytest

from articles.crawler.web import hosts
from articles.crawler.web.errors import FetchError, HostBusy
from articles.crawler.web.hosts import (
    BUSY,
    PAUSED,
    SPACED,
    SPENT,
    Host,
    HostBudget,
    HostLimit,
    Turn,
)
from articles.tests.web import PATIENCE_S

SITE = "news.example"
PAGE = "https://news.example/a"
UNLIMITED = {"*": (1000, 0)}


# --- whose turn it is


def asked(host, limit, at, interval_s=0):
    """Ask once at a time and be done at once; return the Turn."""
    turn = host.ask(limit, interval_s, at)
    host.running -= not turn.reason
    return turn


def test_a_minutes_requests_may_come_at_once_and_then_one_by_one():
    host, limit = Host(6, counted_at=100), HostLimit(1, 6)
    assert not any(asked(host, limit, 100).reason for _ in range(6))
    assert asked(host, limit, 100) == Turn(SPENT, 10)
    assert asked(host, limit, 109).wait_s == pytest.approx(1)
    assert not asked(host, limit, 110).reason
    assert asked(host, limit, 110).wait_s == 10


def test_a_host_saves_no_more_than_a_minutes_requests():
    host, limit = Host(6, counted_at=0), HostLimit(1, 6)
    assert not any(asked(host, limit, 10_000).reason for _ in range(6))
    assert asked(host, limit, 10_000).reason == SPENT


def test_zero_a_minute_is_any_number():
    host = Host(0, counted_at=0)
    assert not any(asked(host, HostLimit(1, 0), 0).reason for _ in range(1000))


def test_no_more_at_a_time_than_the_limit_says():
    host, limit = Host(30, 0), HostLimit(2, 30)
    assert [host.ask(limit, 0, 0).reason for _ in range(3)] == ["", "", BUSY]
    host.running -= 1
    assert not host.ask(limit, 0, 0).reason


def test_starts_are_spaced_among_those_that_ask_for_it():
    host, limit = Host(30, 0), HostLimit(1, 30)
    assert not asked(host, limit, 0).reason  # such as the feed's own visit
    assert not asked(host, limit, 1, interval_s=20).reason
    assert not asked(host, limit, 2).reason
    assert asked(host, limit, 3, interval_s=20) == Turn(SPACED, 18)
    assert not asked(host, limit, 21, interval_s=20).reason


def test_a_turn_that_is_none_costs_nothing():
    host, limit = Host(2, 0), HostLimit(1, 2)
    asked(host, limit, 0, interval_s=20)
    for _ in range(5):
        assert asked(host, limit, 0, interval_s=20).wait_s == 20
    assert not asked(host, limit, 0).reason


def test_a_paused_host_gets_nothing_until_then():
    host, limit = Host(2, 0, paused_until=50, cause="why"), HostLimit(1, 2)
    assert asked(host, limit, 20) == Turn(PAUSED, 30, "why")
    assert not asked(host, limit, 50).reason


# --- waiting for it


def budget(limits=None, patience_s=0.0):
    return HostBudget(UNLIMITED if limits is None else limits, patience_s)


def spend(budget, host, times=1, **kwargs):
    for _ in range(times):
        with budget.slot(host, **kwargs):
            pass


def test_a_host_without_a_limit_of_its_own_has_the_usual_one():
    impatient = budget({"other.example": (5, 0)})
    spend(impatient, "other.example", times=100)
    spend(impatient, SITE, times=30)
    with pytest.raises(HostBusy, match="news.example is over its limit") as caught:
        spend(impatient, SITE)
    assert 1 < caught.value.wait_s <= 2
    assert isinstance(caught.value, FetchError)


def test_the_usual_limit_may_be_another_one():
    impatient = budget({"*": (1, 2)})
    spend(impatient, SITE, times=2)
    with pytest.raises(HostBusy):
        spend(impatient, SITE)


def test_hosts_have_their_own_budgets():
    impatient = budget({"*": (1, 1)})
    with impatient.slot(SITE), impatient.slot(f"www.{SITE}"):
        pass


def test_who_is_patient_gets_a_turn():
    patient = budget({"*": (1, 300)}, patience_s=PATIENCE_S)
    begun = time.monotonic()
    spend(patient, SITE, times=302)
    assert 0.35 < time.monotonic() - begun < PATIENCE_S


def test_what_patience_can_not_reach_is_refused_without_waiting():
    patient = budget({"*": (1, 1)}, patience_s=PATIENCE_S)
    begun = time.monotonic()
    spend(patient, SITE)
    with pytest.raises(HostBusy) as caught:
        spend(patient, SITE)
    assert time.monotonic() - begun < PATIENCE_S
    assert caught.value.wait_s == pytest.approx(60, abs=1)


def test_patience_ends_while_a_host_is_busy():
    patient = budget({"*": (1, 0)}, patience_s=0.3)
    begun = time.monotonic()
    with patient.slot(SITE), pytest.raises(HostBusy, match="is busy") as caught:
        spend(patient, SITE)
    assert 0.2 < time.monotonic() - begun < PATIENCE_S
    assert caught.value.wait_s == 0.3
    spend(patient, SITE)


def test_an_error_inside_gives_the_slot_back():
    impatient = budget({"*": (1, 0)})
    with pytest.raises(ZeroDivisionError), impatient.slot(SITE):
        raise ZeroDivisionError
    spend(impatient, SITE)


def test_a_paused_host_is_refused_at_once_however_short_the_pause():
    patient = budget(patience_s=5)
    patient.pause(SITE, 1.5)
    patient.pause(SITE, 0.1)  # the longer one counts
    with pytest.raises(HostBusy, match="is paused") as caught:
        spend(patient, SITE)
    assert 0.2 < caught.value.wait_s <= 1.5
    spend(patient, "other.example")
    time.sleep(1.5)
    spend(patient, SITE)


def test_threads_together_keep_to_the_limit():
    shared = budget({"*": (2, 0)}, patience_s=10)
    inside, most = [], []

    def visit():
        for _ in range(5):
            with shared.slot(SITE):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.002)
                inside.pop()

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 40
    assert max(most) == 2


def test_only_so_many_hosts_are_remembered_and_none_that_is_busy_forgotten(monkeypatch):
    monkeypatch.setattr(hosts, "MAX_HOSTS", 100)
    impatient = budget({"*": (1, 1)})
    with impatient.slot("busy.example"):
        for number in range(500):
            spend(impatient, f"{number}.example")
        with pytest.raises(HostBusy, match="busy"):
            spend(impatient, "busy.example")
    assert len(impatient.hosts) == 100


def test_patience_comes_from_the_settings(settings):
    settings.CRAWLER_HOST_PATIENCE_S = 7
    assert HostBudget({}).patience_s == 7


# --- pauses of a day


def test_a_host_is_paused_for_minutes_and_its_address_for_as_long_as_it_asks():
    impatient = budget()
    impatient.pause(SITE, 86_400, PAGE, "it answered 503")
    with pytest.raises(HostBusy, match="is paused until .*: it answered 503") as caught:
        spend(impatient, SITE, url=f"{PAGE}/other")
    assert caught.value.wait_s == pytest.approx(300, abs=1)
    with pytest.raises(HostBusy, match="is paused for this address until") as caught:
        spend(impatient, SITE, url=PAGE)
    assert caught.value.wait_s == pytest.approx(86_400, abs=1)


def test_after_minutes_only_the_address_is_left_alone(monkeypatch):
    monkeypatch.setattr(hosts, "LONGEST_PAUSE_S", 0.1)
    impatient = budget()
    impatient.pause(SITE, 86_400, PAGE)
    time.sleep(0.15)
    spend(impatient, SITE, url=f"{PAGE}/other")
    spend(impatient, SITE)
    with pytest.raises(HostBusy, match="paused for this address"):
        spend(impatient, SITE, url=PAGE)


def test_only_so_many_addresses_are_remembered(monkeypatch):
    monkeypatch.setattr(hosts, "MAX_HOSTS", 100)
    impatient = budget()
    for number in range(500):
        impatient.pause(SITE, 0, f"{PAGE}/{number}")
    assert len(impatient.urls) == 100


# --- what it says


def refusal(budget, **kwargs):
    with pytest.raises(HostBusy) as caught:
        spend(budget, SITE, **kwargs)
    return str(caught.value)


def test_a_refusal_says_which_host_why_and_what_follows():
    busy = budget({"*": (2, 0)}, patience_s=0.1)
    with busy.slot(SITE), busy.slot(SITE):
        assert refusal(busy) == (
            f"host {SITE} is busy with other downloads (2 at a time, waited 0.1 s);"
            " it is worth another try in 0.1 s"
        )
    spent = budget({"*": (1, 1)})
    spend(spent, SITE)
    said = refusal(spent)
    assert f"host {SITE} is over its limit of 1 requests a minute;" in said
    assert said.endswith("another try in 60.0 s")
    spaced = budget()
    spend(spaced, SITE, min_interval_s=30)
    assert "asked once in 30.0 s, as its robots.txt" in refusal(
        spaced, min_interval_s=30
    )
    paused = budget()
    paused.pause(SITE, 290, cause="it answered 429")
    assert refusal(paused).endswith(
        " UTC: it answered 429; it is worth another try in 5 min"
    )
