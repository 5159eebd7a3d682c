import fcntl
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings

from ops.database import ledger as ledger_module
from ops.database.ledger import MINUTES, Ledger, read, role_of_process, sweep

NOON = 29_000_000 * 60  # in seconds, and the beginning of a minute

# What runs in processes of its own; each says when it is ready, and waits to be ended.
COUNT = """
import sys
from ops.database.ledger import Ledger
ledger = Ledger(sys.argv[1], "crawl")
ledger.add("checkouts", int(sys.argv[2]))
print("ready", flush=True)
sys.stdin.read()
"""
COUNT_AFTER_A_CHILD = """
import os, sys
from ops.database.ledger import Ledger
ledger = Ledger(sys.argv[1], "crawl")
ledger.add("checkouts", int(sys.argv[2]))
child = os.fork()
if not child:
    ledger.leave()
    os._exit(0)
os.waitpid(child, 0)
print("ready", flush=True)
sys.stdin.read()
"""
COUNT_BEFORE_A_CHILD = """
import os, sys
from ops.database.ledger import Ledger
ledger = Ledger(sys.argv[1], "crawl")
ledger.add("checkouts", int(sys.argv[2]))
if not os.fork():
    ledger.leave()
    print("ready", flush=True)
sys.stdin.read()
"""
SWEEP = """
import sys
from ops.database.ledger import sweep
print("ready", flush=True)
sys.stdin.readline()
sweep(sys.argv[1])
"""


class Clock:
    """A ``time`` that stands still unless it is set."""

    now_s = NOON + 30

    def time(self):
        return self.now_s


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(ledger_module, "time", clock)
    return clock


@contextmanager
def running(script, *arguments):
    """A process that has said that it is ready; it is killed at the end."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=settings.BASE_DIR, **pipes) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def make_ledger(directory, role="test"):
    return Ledger(directory, role)


def make_departed(directory, **numbers):
    """The file of a process that is gone: nobody holds its lock any more."""
    ledger = make_ledger(directory)
    for name, number in numbers.items():
        ledger.add(name, number)
    ledger.leave()


def names_in(directory):
    return sorted(path.name for path in directory.iterdir())


def checkouts_departed(directory):
    return read(directory)[1]["checkouts"]


# --- a process that lives


def test_what_a_process_counts_is_read_back(tmp_path):
    ledger = make_ledger(tmp_path)
    ledger.add("checkouts")
    ledger.add("checkouts", 2)
    ledger.set("idle", 7)
    (process,), _, _ = read(tmp_path)
    assert (process["checkouts"], process["idle"]) == (3, 7)
    assert (ledger.get("checkouts"), ledger.get("idle")) == (3, 7)


def test_a_living_process_is_listed_with_its_pid_and_role(tmp_path, clock):
    living = make_ledger(tmp_path, "pretokenize")
    (process,), _, _ = read(tmp_path)
    assert (process["pid"], process["role"]) == (os.getpid(), "pretokenize")
    assert process["started_at"] == clock.now_s
    assert living.pid == os.getpid()


def test_what_a_living_process_counted_has_not_departed(tmp_path):
    living = make_ledger(tmp_path)
    living.add("checkouts", 3)
    assert checkouts_departed(tmp_path) == 0


def test_nothing_is_listed_where_nobody_ever_counted(tmp_path):
    processes, departed, minutes = read(tmp_path / "missing")
    assert processes == []
    assert set(departed.values()) == {0}
    assert len(minutes) == MINUTES


def test_the_directory_is_made(tmp_path):
    directory = tmp_path / "not" / "yet"
    living = make_ledger(directory)
    assert [process["pid"] for process in read(directory)[0]] == [living.pid]


def test_another_process_is_listed_while_it_lives(tmp_path):
    with running(COUNT, tmp_path, 3) as process:
        (facts,), _, _ = read(tmp_path)
    assert (facts["pid"], facts["role"]) == (process.pid, "crawl")
    assert facts["checkouts"] == 3


# --- a process that is gone


def test_the_counts_of_a_killed_process_remain_and_its_file_does_not(tmp_path):
    with running(COUNT, tmp_path, 3):
        pass
    processes, departed, _ = read(tmp_path)
    assert (processes, departed["checkouts"]) == ([], 3)
    assert names_in(tmp_path) == ["departed"]


def test_the_gauges_of_a_killed_process_do_not_remain(tmp_path):
    make_departed(tmp_path, idle=5, checkouts=1)
    assert "idle" not in read(tmp_path)[1]


def test_counts_of_several_dead_processes_add_up(tmp_path):
    for checkouts in (3, 4):
        with running(COUNT, tmp_path, checkouts):
            pass
    assert checkouts_departed(tmp_path) == 7
    make_departed(tmp_path, checkouts=5)
    assert checkouts_departed(tmp_path) == 12


def test_reading_twice_counts_a_dead_process_once(tmp_path):
    make_departed(tmp_path, checkouts=3)
    assert [checkouts_departed(tmp_path) for _ in range(3)] == [3, 3, 3]


def test_many_threads_that_sweep_count_each_dead_process_once(tmp_path):
    for _ in range(50):
        make_departed(tmp_path, checkouts=1)
    barrier = threading.Barrier(10)

    def sweep_together(_):
        barrier.wait(timeout=10)
        sweep(tmp_path)

    with ThreadPoolExecutor(10) as executor:
        list(executor.map(sweep_together, range(10)))
    assert checkouts_departed(tmp_path) == 50


def test_many_processes_that_sweep_count_each_dead_process_once(tmp_path):
    for _ in range(200):
        make_departed(tmp_path, checkouts=1)
    with ExitStack() as stack:
        sweepers = [stack.enter_context(running(SWEEP, tmp_path)) for _ in range(4)]
        for sweeper in sweepers:
            print("go", file=sweeper.stdin, flush=True)
        assert [sweeper.wait(timeout=10) for sweeper in sweepers] == [0] * 4
    assert checkouts_departed(tmp_path) == 200


def test_a_file_that_was_counted_meanwhile_is_not_counted_again(tmp_path, monkeypatch):
    make_departed(tmp_path, checkouts=3)
    flock = ledger_module.fcntl.flock

    def flock_late(file, operation):
        monkeypatch.setattr(ledger_module.fcntl, "flock", flock)
        sweep(tmp_path)  # by somebody else
        flock(file, operation)

    monkeypatch.setattr(ledger_module.fcntl, "flock", flock_late)
    sweep(tmp_path)
    assert checkouts_departed(tmp_path) == 3


def test_the_sum_is_locked_while_it_grows(tmp_path, monkeypatch):
    locked = []
    monkeypatch.setattr(
        ledger_module,
        "_add_minute",
        lambda *_: locked.append(is_locked(tmp_path / "departed")),
    )
    make_departed(tmp_path)
    sweep(tmp_path)
    assert set(locked) == {True}


def is_locked(path):
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


# --- forked children


def test_leaving_twice_closes_nobody_elses_file(tmp_path):
    ledger = make_ledger(tmp_path)
    ledger.leave()
    with (tmp_path / "next").open("w") as file:
        ledger.leave()
        assert os.fstat(file.fileno())


def test_a_childs_end_does_not_make_its_parent_look_dead(tmp_path):
    with running(COUNT_AFTER_A_CHILD, tmp_path, 3) as parent:
        processes, departed, _ = read(tmp_path)
    assert [facts["pid"] for facts in processes] == [parent.pid]
    assert departed["checkouts"] == 0


def test_a_child_does_not_keep_its_dead_parent_looking_alive(tmp_path):
    with running(COUNT_BEFORE_A_CHILD, tmp_path, 3) as parent:
        parent.kill()
        os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)
        processes, departed, _ = read(tmp_path)
    assert (processes, departed["checkouts"]) == ([], 3)


# --- minutes


def test_a_minute_adds_up_what_was_used_in_it(tmp_path, clock):
    ledger = make_ledger(tmp_path)
    ledger.lent(0.2)
    ledger.used(peak=3)
    clock.now_s += 29
    ledger.lent(0.05)
    ledger.used(peak=2, timeouts=1)
    ledger.used(timeouts=1)
    now = read(tmp_path)[2][-1]
    assert now == {"minute": NOON // 60, "busy_ms": 250, "peak": 3, "timeouts": 2}


def test_a_new_minute_begins_at_nothing(tmp_path, clock):
    ledger = make_ledger(tmp_path)
    ledger.lent(0.2)
    ledger.used(peak=3, timeouts=1)
    clock.now_s += 60
    ledger.lent(0.001)
    before, now = read(tmp_path)[2][-2:]
    assert (before["busy_ms"], before["peak"], before["timeouts"]) == (200, 3, 1)
    assert (now["busy_ms"], now["peak"], now["timeouts"]) == (1, 1, 0)


def test_a_loan_counts_in_each_minute_that_it_lasted(tmp_path, clock):
    make_ledger(tmp_path).lent(100)
    minutes = read(tmp_path)[2][-4:]
    assert [facts["busy_ms"] for facts in minutes] == [0, 10_000, 60_000, 30_000]
    assert [facts["peak"] for facts in minutes] == [0, 1, 1, 1]


def test_a_loan_of_many_hours_fills_the_last_one(tmp_path, clock):
    make_ledger(tmp_path).lent(10 * 3600)
    busy = [facts["busy_ms"] for facts in read(tmp_path)[2]]
    assert busy == [60_000] * 59 + [30_000]


def test_a_long_loan_leaves_what_was_counted_meanwhile(tmp_path, clock):
    ledger = make_ledger(tmp_path)
    clock.now_s += 60
    ledger.used(peak=7, timeouts=1)
    clock.now_s += 60
    ledger.lent(120)
    before = read(tmp_path)[2][-2]
    assert (before["busy_ms"], before["peak"], before["timeouts"]) == (60_000, 7, 1)


def test_processes_of_a_minute_add_up_but_for_the_peak(tmp_path, clock):
    ledgers = [make_ledger(tmp_path) for _ in range(2)]
    ledgers[0].lent(0.2)
    ledgers[0].used(peak=3, timeouts=1)
    ledgers[1].lent(0.1)
    ledgers[1].used(peak=5, timeouts=1)
    now = read(tmp_path)[2][-1]
    assert (now["busy_ms"], now["peak"], now["timeouts"]) == (300, 5, 2)


def test_the_minutes_of_a_dead_process_remain(tmp_path, clock):
    for seconds, peak in ((0.2, 3), (0.1, 2)):
        ledger = make_ledger(tmp_path)
        ledger.lent(seconds)
        ledger.used(peak=peak, timeouts=1)
        ledger.leave()
        del ledger
        sweep(tmp_path)
    now = read(tmp_path)[2][-1]
    assert (now["busy_ms"], now["peak"], now["timeouts"]) == (300, 3, 2)


def test_the_last_hour_is_told_oldest_first(tmp_path, clock):
    last = NOON // 60
    minutes = [facts["minute"] for facts in read(tmp_path)[2]]
    assert minutes == list(range(last - 59, last + 1))


def test_a_minute_older_than_an_hour_is_not_told(tmp_path, clock):
    ledger = make_ledger(tmp_path)
    ledger.lent(0.2)
    clock.now_s += 59 * 60
    assert read(tmp_path)[2][0]["busy_ms"] == 200
    clock.now_s += 60
    assert {facts["busy_ms"] for facts in read(tmp_path)[2]} == {0}


def test_an_hour_later_the_same_place_is_used_again(tmp_path, clock):
    ledger = make_ledger(tmp_path)
    ledger.lent(0.2)
    ledger.used(peak=9)
    clock.now_s += 60 * 60
    ledger.lent(0.001)
    ledger.used(peak=1)
    assert sum(facts["busy_ms"] for facts in read(tmp_path)[2]) == 1
    assert read(tmp_path)[2][-1]["peak"] == 1


def test_an_old_minute_of_a_dead_process_does_not_replace_a_new_one(tmp_path, clock):
    old, new = make_ledger(tmp_path), make_ledger(tmp_path)
    old.lent(0.2)
    clock.now_s += 60 * 60
    new.lent(0.001)
    new.leave()
    del new
    sweep(tmp_path)
    old.leave()
    del old
    assert sum(facts["busy_ms"] for facts in read(tmp_path)[2]) == 1


# --- what can't be written or read


def test_a_ledger_without_a_directory_works_and_says_so(tmp_path, caplog):
    (tmp_path / "file").touch()
    ledger = make_ledger(tmp_path / "file" / "run")
    ledger.add("checkouts", 3)
    ledger.lent(0.001)
    ledger.leave()
    assert ledger.get("checkouts") == 3
    assert "Nobody else can read" in caplog.text


def test_reading_where_no_directory_can_be_finds_nothing(tmp_path):
    (tmp_path / "file").touch()
    assert read(tmp_path / "file" / "run")[0] == []


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 10_000])
def test_a_file_of_another_size_is_not_counted(tmp_path, content):
    (tmp_path / "pool-1-crawl-0123abcd").write_bytes(content)
    processes, departed, _ = read(tmp_path)
    assert processes == []
    assert set(departed.values()) == {0}


def test_a_garbled_file_does_not_keep_others_from_being_counted(tmp_path):
    (tmp_path / "pool-1-crawl-0123abcd").write_bytes(b"short")
    make_departed(tmp_path, checkouts=3)
    living = make_ledger(tmp_path)
    processes, departed, _ = read(tmp_path)
    assert [facts["pid"] for facts in processes] == [living.pid]
    assert departed["checkouts"] == 3


def test_foreign_files_and_directories_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("not ours")
    (tmp_path / "pool-1-crawl-0123abcd").mkdir()
    assert read(tmp_path)[0] == []
    assert names_in(tmp_path) == ["notes.txt", "pool-1-crawl-0123abcd"]


def test_a_locked_file_of_a_foreign_name_is_not_listed(tmp_path):
    living = make_ledger(tmp_path, "no-role")
    assert living.get("started_at")
    assert read(tmp_path)[0] == []


def test_a_sum_that_is_too_short_begins_again(tmp_path):
    (tmp_path / "departed").write_bytes(b"")
    make_departed(tmp_path, checkouts=3)
    assert checkouts_departed(tmp_path) == 3


def test_a_sum_that_cannot_be_written_stops_nobody(tmp_path):
    """As where it belongs to another user, but true for root as well."""
    (tmp_path / "departed").mkdir()
    make_departed(tmp_path, checkouts=3)
    sweep(tmp_path)
    assert make_ledger(tmp_path).get("checkouts") == 0


# --- names


@pytest.mark.parametrize(
    ("argv", "role"),
    [
        (["manage.py", "crawl", "--limit", "3"], "crawl"),
        (["./manage.py", "load_default_feeds"], "load_default_feeds"),
        (["/srv/zeeguu/manage.py"], "manage.py"),
        (["/srv/.venv/bin/gunicorn", "zeeguu.wsgi"], "gunicorn"),
        (["celery", "-A", "zeeguu", "worker"], "celery"),
        (["my-tool"], "my_tool"),
        (["-c", "x"], "_c"),
        ([""], "python"),
    ],
)
def test_a_process_is_called_by_the_command_it_runs(monkeypatch, argv, role):
    monkeypatch.setattr(sys, "argv", argv)
    assert role_of_process() == role


def test_a_role_is_read_back_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["run/some-tool v2.py"])
    living = make_ledger(tmp_path, role_of_process())
    (process,), _, _ = read(tmp_path)
    assert (process["role"], process["pid"]) == ("some_tool_v2.py", living.pid)
