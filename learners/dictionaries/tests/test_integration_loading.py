"""Loads that are killed, and loads at the same time, by real processes."""

import random
import signal

import pytest

from articles.tests.site import PATIENCE_S, Site, find_port, pause

# On a database of their own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

KILLS = 3
LOAD = "load_dictionaries"
# Of each published dictionary how many entries it says it has, and how many there are.
WHOLE = """
    SELECT d.name, entry_count, (SELECT count(*) FROM learners_entry e
    WHERE e.dictionary_id = d.id) FROM learners_dictionary d WHERE is_published
"""
UNPUBLISHED = "SELECT count(*) FROM learners_dictionary WHERE is_published IS NULL"
ENTRIES = "SELECT count(*) FROM learners_entry"


@pytest.fixture
def site(tmp_path, migrated):
    site = Site(tmp_path, find_port(), migrated)
    site.env["DICTIONARY_LICENCES"] = "gpl"
    return site


def number(site, sql):
    return site.query(sql)[0][0]


def all_are_whole(site):
    """Assert it, and return the names of those that are published."""
    rows = site.query(WHOLE)
    assert all(told == there > 0 for _, told, there in rows), rows
    return {name for name, _, _ in rows}


def kill(site, chance):
    """Kill a load at a random instant of its work."""
    before = number(site, ENTRIES)
    with site.start(LOAD) as process:
        while number(site, ENTRIES) == before and process.poll() is None:
            pause(process, 0.01)
        pause(process, chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
    return process.returncode


def test_a_load_that_is_killed_leaves_no_half_a_dictionary(site):
    chance = random.Random(7)
    for _ in range(KILLS):
        assert kill(site, chance) == -signal.SIGKILL
        all_are_whole(site)
    # What was begun is nobody's any more.
    site.query("UPDATE learners_dictionary SET claimed_until = '2026-01-01'")
    code, out = site.run(LOAD)
    assert code == 0, out
    assert len(all_are_whole(site)) == 14
    assert number(site, UNPUBLISHED) == 0
    assert number(site, ENTRIES) == sum(row[1] for row in site.query(WHOLE))
    site.check_database()


def test_two_loads_at_a_time_do_each_other_no_harm(site):
    with site.start(LOAD) as one, site.start(LOAD) as other:
        outs = [each.communicate(timeout=PATIENCE_S)[0] for each in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0), outs
    assert len(all_are_whole(site)) == 14
    assert number(site, UNPUBLISHED) == 0
    assert site.run(LOAD) == (0, "")
