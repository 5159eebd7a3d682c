"""How often somebody may do something, by any name."""

import pytest

from learners import rates

pytestmark = pytest.mark.nodb

RATE = 2, 60
HOME, CAFE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def run_dir(settings, tmp_path):
    settings.RUN_DIR = tmp_path
    return tmp_path


def test_one_too_many_has_to_wait_and_nobody_else(run_dir):
    waits = [rates.wait_s("reports", HOME, RATE) for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 0 < waits[2] <= 60
    assert rates.wait_s("reports", CAFE, RATE) == 0
    assert (run_dir / "reports.sqlite3").stat().st_mode & 0o077 == 0


def test_each_thing_is_counted_apart():
    for _ in range(2):
        rates.wait_s("reports", HOME, RATE)
    assert rates.wait_s("translations", HOME, RATE) == 0


def test_where_nothing_can_be_written_each_process_counts_and_says_so(
    settings, tmp_path, caplog
):
    settings.RUN_DIR = tmp_path / "file"
    settings.RUN_DIR.write_text("in the way")
    waits = [rates.wait_s("reports", HOME, RATE) > 0 for _ in range(3)]
    assert waits == [False, False, True]
    assert "reports is counted by each process alone" in caplog.text


def test_a_damaged_file_is_begun_anew(run_dir, caplog):
    (run_dir / "reports.sqlite3").write_bytes(b"garbage " * 1000)
    assert rates.wait_s("reports", HOME, RATE) == 0
    assert "not a database" in caplog.text
    caplog.clear()
    assert rates.wait_s("reports", HOME, RATE) == 0
    assert caplog.text == ""
