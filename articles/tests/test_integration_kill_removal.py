import random
import signal

import pytest

from articles.tests.site import PATIENCE_S, Site, pause

# On a database of their own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

ARTICLES = 10_000
# As a crawl leaves them, only many more.
FILL = f"""
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ARTICLES})
    INSERT INTO articles_article (
        language_id, feed_id, url, url_hash, guid, item_hash, title, summary, authors,
        image_url, published_at, crawled_at, word_count, level, broken, text_hash,
        token_state
    ) SELECT 'da', 1, 'http://a.example/' || i, i, i, '', 'Nyt', '', '', '',
        '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, '', '', i,
        'missing' FROM n
"""
HANGS_ON = [
    "INSERT INTO articles_address (url_hash, article_id) SELECT url_hash, id"
    " FROM articles_article",
    "INSERT INTO articles_fragment (article_id, position, tag, text)"
    " SELECT id, 0, 'p', 'Hej' FROM articles_article",
]
TABLES = [
    "article",
    "address",
    "fragment",
    "deletedarticle",
    "feed",
    "feedvisit",
]


@pytest.fixture
def site(tmp_path, free_port, migrated):
    site = Site(tmp_path, free_port, migrated)
    url = "https://news.example.com/feed"
    code, out = site.run("add_feed", url, "--language", "da", "--unchecked")
    assert code == 0, out
    for statement in (FILL, *HANGS_ON):
        site.query(statement)
    return site


def kill(site, chance, *command):
    """Kill a command at a random instant of its work; return its exit code."""
    before = site.count()
    with site.start(*command) as process:
        while site.count() == before and process.poll() is None:
            pause(process, 0.01)
        pause(process, chance.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
    return process.returncode


@pytest.mark.parametrize(
    "command",
    [
        ("remove_feed", "1", "--with-articles", "--yes"),
        ("prune_articles", "--keep-days", "1", "--yes"),
    ],
    ids=["remove_feed", "prune_articles"],
)
def test_a_deletion_that_is_killed_goes_on_when_it_is_run_again(site, command):
    chance = random.Random(13)
    for _ in range(3):
        before = site.count()
        assert kill(site, chance, *command) == -signal.SIGKILL
        assert 0 < site.count() < before
        site.check_database()
    code, out = site.run(*command)
    assert code == 0, out
    left = {t: site.query(f"SELECT count(*) FROM articles_{t}")[0][0] for t in TABLES}
    is_pruned = command[0] == "prune_articles"
    kept = {"feed": 1, "address": ARTICLES, "deletedarticle": ARTICLES}
    assert left == {**dict.fromkeys(TABLES, 0), **(kept if is_pruned else {})}
