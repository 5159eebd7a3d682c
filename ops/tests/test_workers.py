"""The starts and ends of gunicorn's workers, as its master counts them."""

import os
from types import SimpleNamespace

import pytest
from health_check.exceptions import ServiceWarning

from ops import health
from ops.database import status as status_module
from ops.database.ledger import Ledger
from ops.gunicorn import workers
from ops.gunicorn.workers import Roster, say_farewell

NOBODY = 2**22 + 1  # greater than any process's id


@pytest.fixture
def roster(tmp_path, settings, monkeypatch):
    """A roster whose master takes itself for its worker too."""
    monkeypatch.setattr(os, "getppid", os.getpid)
    settings.RUN_DIR = tmp_path
    return Roster(tmp_path)


@pytest.fixture
def clock(monkeypatch):
    """What the time is; a test may set it."""
    clock = SimpleNamespace(now=1_700_000_000.0)
    monkeypatch.setattr(workers.time, "time", lambda: clock.now)
    return clock


def make_worker(**facts):
    """What the roster knows of gunicorn's Worker."""
    return SimpleNamespace(**{"aborted": False, **facts})


def end(roster, number=1, says=say_farewell, recycled_for=None, **facts):
    """Workers that begin, are recycled perhaps, say something and end."""
    for _ in range(number):
        worker = make_worker(**facts)
        roster.starts(worker)
        worker.recycled_for = recycled_for
        says(worker)
        roster.has_ended(worker)


def say_nothing(worker):
    pass


def say_after_exit(code):
    def say(worker):
        try:
            raise SystemExit(code)
        except SystemExit:
            say_farewell(worker)

    return say


def counted(directory, name="ended"):
    """The reasons that have been counted, with their numbers."""
    numbers = workers.read(directory)[name]
    return {reason: number for reason, number in numbers.items() if number}


# --- counting


def test_starts_are_counted(roster, tmp_path):
    for _ in range(3):
        roster.starts(make_worker())
    found = workers.read(tmp_path)
    assert (found["started"], sum(found["ended"].values())) == (3, 0)


@pytest.mark.parametrize("reason", workers.RECYCLED)
def test_a_worker_is_recycled_for_the_masters_reason(roster, tmp_path, reason):
    end(roster, recycled_for=reason)
    assert counted(tmp_path) == {reason: 1}


def test_a_worker_that_dies_while_it_is_recycled_was_killed(roster, tmp_path):
    end(roster, says=say_nothing, recycled_for=workers.GROWN)
    assert counted(tmp_path) == {"killed": 1}


def test_what_a_worker_tells_is_on_its_board(roster):
    worker = make_worker()
    roster.starts(worker)
    before = worker.board.is_ready, worker.board.requests
    worker.board.set_ready()
    worker.board.count(2**40)
    assert (before, (worker.board.is_ready, worker.board.requests)) == (
        (False, 0),
        (True, 2**40),
    )


@pytest.mark.parametrize("code", [0, None])
def test_a_worker_that_ends_early_and_well_was_asked_to(roster, tmp_path, code):
    end(roster, says=say_after_exit(code))
    assert counted(tmp_path) == {"asked to end": 1}


@pytest.mark.parametrize("code", [3, -1, "the application can't be imported"])
def test_a_worker_that_exits_with_an_error_has_failed(roster, tmp_path, code):
    end(roster, says=say_after_exit(code))
    assert counted(tmp_path) == {"failed": 1}


@pytest.mark.parametrize("says", [say_nothing, say_after_exit(1)])
def test_a_worker_that_the_master_aborts_has_timed_out(roster, tmp_path, says):
    end(roster, says=says, aborted=True)
    assert counted(tmp_path) == {"timed out": 1}


def test_a_worker_that_says_no_farewell_was_killed(roster, tmp_path):
    end(roster, says=say_nothing)
    assert counted(tmp_path) == {"killed": 1}


# A fork of a process with threads is a warning since Python 3.12.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_the_farewell_of_a_forked_worker_reaches_the_master(roster, tmp_path):
    worker = make_worker()
    roster.starts(worker)
    if not (child := os.fork()):
        try:
            say_farewell(worker)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    roster.has_ended(worker)
    assert counted(tmp_path) == {"asked to end": 1}


def test_rates_are_those_of_the_last_hour(roster, tmp_path, clock):
    end(roster, 2, says=say_nothing)
    clock.now += 1800
    end(roster, 3)
    clock.now += 1801
    assert counted(tmp_path, "last_hour") == {"asked to end": 3}
    assert counted(tmp_path) == {"asked to end": 3, "killed": 2}


def test_planned_ends_are_told_from_others(roster, tmp_path):
    end(roster, 4, recycled_for=workers.AGED)
    end(roster, 2, says=say_nothing)
    found = workers.read(tmp_path)
    assert (found["restarts_per_hour"], found["unplanned_per_hour"]) == (6, 2)


def test_the_file_forgets_ends_that_are_an_hour_old(roster, tmp_path, clock):
    end(roster, 50)
    [file] = tmp_path.glob("workers-*.json")
    size = file.stat().st_size
    clock.now += 3601
    end(roster)
    assert file.stat().st_size < size / 10


# --- files


def test_without_a_master_there_is_nothing_to_read(tmp_path):
    Roster(tmp_path).starts(make_worker())
    assert workers.read(tmp_path) is None


def test_files_of_masters_that_are_gone_are_removed(tmp_path):
    gone, alive = (tmp_path / f"workers-{pid}.json" for pid in (NOBODY, os.getppid()))
    for file in (gone, alive):
        file.write_text("{}")
    Roster(tmp_path)
    assert (gone.exists(), alive.exists()) == (False, True)


def test_the_directory_is_made(tmp_path):
    Roster(tmp_path / "new" / "one").starts(make_worker())
    assert list(tmp_path.glob("new/one/*.json"))


def test_a_directory_that_can_not_be_written_breaks_nothing(tmp_path, capfd):
    (tmp_path / "file").write_text("")
    end(Roster(tmp_path / "file"))
    assert "The workers' starts can't be written down: " in capfd.readouterr().err


def test_a_directory_that_can_not_be_read_has_nothing_to_tell(tmp_path):
    (tmp_path / "file").write_text("")
    assert workers.read(tmp_path / "file") is None


def test_an_outdated_file_that_can_not_be_removed_breaks_nothing(tmp_path):
    (tmp_path / f"workers-{NOBODY}.json").mkdir()
    end(Roster(tmp_path))


# --- the health checks


def test_some_unplanned_ends_are_well(roster):
    end(roster, 10, says=say_nothing)
    health.Workers().run()


def test_more_unplanned_ends_are_a_warning_with_their_reasons(roster):
    end(roster, 6, says=say_nothing)
    end(roster, 5, aborted=True)
    with pytest.raises(ServiceWarning, match="5 timed out, 6 killed"):
        health.Workers().run()


def test_planned_ends_are_well_however_many(roster):
    end(roster, 30, recycled_for=workers.SERVED)
    end(roster, 30)
    health.Workers().run()


def test_old_ends_are_forgiven(roster, clock):
    end(roster, 11, says=say_nothing)
    clock.now += 3601
    health.Workers().run()


def test_without_gunicorn_there_are_no_workers_to_warn_of(settings, tmp_path):
    settings.RUN_DIR = tmp_path
    health.Workers().run()


def use(directory, monkeypatch, checked_out):
    """A ledger of a process that may have ten connections, without a server."""
    monkeypatch.setattr(status_module, "is_pooled", lambda: False)
    ledger = Ledger(directory, "web")
    ledger.set("size", 10)
    ledger.set("checked_out", checked_out)
    return ledger


def test_less_than_half_of_the_connections_in_use_is_well(
    roster, tmp_path, monkeypatch
):
    ledger = use(tmp_path, monkeypatch, checked_out=4)
    health.Connections().run()
    assert ledger.get("checked_out") == 4


@pytest.mark.parametrize(("used", "status"), [(5, "warning"), (9, "critical")])
def test_half_of_the_connections_in_use_is_a_warning(
    roster, tmp_path, monkeypatch, used, status
):
    ledger = use(tmp_path, monkeypatch, used)
    with pytest.raises(ServiceWarning, match=f"{status}: {used} connections in use"):
        health.Connections().run()
    assert ledger.get("checked_out") == used


@pytest.mark.django_db(transaction=True)
def test_these_warnings_leave_health_at_200(client, roster, tmp_path, monkeypatch):
    end(roster, 11, says=say_nothing)
    ledger = use(tmp_path, monkeypatch, checked_out=10)
    response = client.get("/health/", headers={"accept": "application/json"})
    answers = " ".join(response.json().values())
    assert response.status_code == 200
    assert "critical: 10 connections" in answers and "11 killed" in answers
    assert ledger.get("checked_out") == 10
