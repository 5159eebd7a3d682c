"""Budgets of calls: a burst, then a rate, counted by all processes together."""

import subprocess
import sys
from threading import Thread

import pytest

from learners.accounts import budgets
from learners.accounts.budgets import PLACES, SLOTS_OF_A_PLACE, Budgets

pytestmark = pytest.mark.nodb

# 60 a minute, 3 at once.
BUDGET = 60, 60, 3


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "run" / "budgets"


@pytest.fixture
def counting(file, clock):
    return Budgets(file, "secret", clock)


def spend(counting, times, who="ada"):
    return [counting.spend("reading", who, BUDGET) for _ in range(times)]


def test_so_many_may_come_at_once_and_the_next_has_to_wait(counting):
    assert spend(counting, 5) == [0, 0, 0, 1, 1]
    assert spend(counting, 1, "eve") == [0]
    assert counting.spend("heavy", "ada", BUDGET) == 0


def test_the_rate_goes_on_and_the_burst_comes_back_after_a_pause(counting, clock):
    spend(counting, 3)
    clock.now += 1
    assert spend(counting, 2) == [0, 1]
    clock.now += 100
    assert spend(counting, 4) == [0, 0, 0, 1]


def test_a_time_of_before_the_start_of_the_system_counts_for_nothing(counting, clock):
    spend(counting, 4)
    clock.now = 10
    assert spend(counting, 4) == [0, 0, 0, 1]


def test_more_people_than_there_is_room_for_are_let_in(counting):
    everybody = PLACES * SLOTS_OF_A_PLACE + 1000
    assert not any(
        counting.spend("reading", str(who), BUDGET) for who in range(everybody)
    )


def test_threads_and_processes_share_what_is_left(file):
    budget = 1, 3600, 100
    code = (
        "from pathlib import Path; from learners.accounts.budgets import Budgets;"
        f" one = Budgets(Path({str(file)!r}), 'secret');"
        f" print(sum(not one.spend('reading', 'ada', {budget}) for _ in range(50)))"
    )
    program = [sys.executable, "-c", code]
    started = [
        subprocess.Popen(program, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    mine, allowed = Budgets(file, "secret"), []

    def work():
        for _ in range(30):
            allowed.append(not mine.spend("reading", "ada", budget))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    theirs = [int(process.communicate()[0]) for process in started]
    assert sum(allowed) + sum(theirs) == 100


def test_nobody_else_may_read_the_file(counting, file):
    assert file.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_written_a_process_counts_alone_and_says_so(
    settings, tmp_path, caplog
):
    settings.RUN_DIR = tmp_path / "file"
    settings.RUN_DIR.write_text("in the way")
    settings.BUDGETS = {"reading": (1, 60, 1)}
    assert [budgets.spend("reading", "ada") > 0 for _ in range(2)] == [False, True]
    assert "counted by each process alone" in caplog.text
