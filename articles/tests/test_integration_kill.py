import os
import random
import time

import pytest

from articles import demo_site
from articles.tests.site import PATIENCE_S, Site

# On a database of their own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

DEMO_ARTICLES = sum(len(one["articles"]) for one in demo_site.papers().values())
# KILLS=50 looks at more instants, and takes as much longer.
KILLS = int(os.environ.get("KILLS", "20"))


@pytest.fixture
def site(tmp_path, free_port, migrated):
    site = Site(tmp_path, free_port, migrated)
    code, _ = site.run("load_default_feeds", "--demo")
    assert code == 0
    return site


def test_crawls_killed_at_random_instants_leave_only_whole_articles(site):
    chance, counts = random.Random(5), []
    for _ in range(KILLS):
        site.make_due(most_articles=DEMO_ARTICLES // 2)
        counts.append(site.crawl_and_kill(chance))
        site.check()
    # Most kills must have hit a crawl that was storing, not one that began or ended.
    assert sum(0 < count < DEMO_ARTICLES for count in counts) > KILLS / 2, counts
    site.make_due(most_articles=DEMO_ARTICLES)
    code, out = site.run("crawl", "--due")
    assert code == 0, out
    urls = site.check()
    assert len(urls) == len(set(urls)) == DEMO_ARTICLES


def test_a_crawl_that_goes_on_for_ever_stops_cleanly_when_it_is_asked_to(site):
    with site.start("crawl", "--forever", "--verbosity", "0") as process:
        end = time.monotonic() + PATIENCE_S
        while not site.count():
            assert time.monotonic() < end
            time.sleep(0.05)
        process.terminate()
        out, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out.decode().strip()) == (0, "")
    assert 0 < len(site.check()) < DEMO_ARTICLES
    unfinished = "SELECT count(*) FROM articles_crawlrun WHERE finished_at IS NULL"
    assert site.query(unfinished) == [(0,)]
    claims = "SELECT count(*) FROM articles_feed WHERE claimed_until IS NOT NULL"
    assert site.query(claims) == [(0,)]
    # Feeds that were interrupted are due at once, the others later.
    site.make_due(most_articles=DEMO_ARTICLES)
    assert site.run("crawl", "--due", "--verbosity", "0")[0] == 0
    assert len(site.check()) == DEMO_ARTICLES
