"""Who makes lemmas pays for them, little; who serves what is made imports nothing."""

import pytest

from ops.benchmarks import lemmas_memory
from ops.tests.clients import wait_until
from ops.tests.serving import bring_demo_news, installation, manage, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

LEMMAS = "/bench/who/?module=simplemma&module=tokenization.stanza.trie_lemmas"
# Nor what reads ranks. The page of an article imports pyroaring: it tells similar ones.
WORDS = f"{LEMMAS}&module=marisa_trie&module=wordfreq"


@pytest.fixture
def env(tmp_path, migrated):
    env = installation(tmp_path, migrated, GUNICORN_WORKERS="1")
    env["DJANGO_SETTINGS_MODULE"] = "ops.tests.settings"
    env["TOKENIZE_ON_MISS_CONCURRENCY"] = "1"
    bring_demo_news(env)
    return env


def imported(server, modules=LEMMAS):
    return server.get_json(modules)["imported"]


def pages_of(server):
    """A list, an article of it and what there is of it, for programs and people."""
    page = "/api/articles/?language=da"
    pk = server.get_json(page)["results"][0]["id"]
    article = f"/api/articles/{pk}/"
    return [
        page,
        article,
        f"{article}summary/",
        f"{article}glosses/?to=en",
        f"/read/da/{pk}/",
    ]


def test_a_worker_imports_lemmas_when_it_first_fills_a_miss(env):
    with serving(env) as server:
        for path in pages_of(server):
            assert server.get(path)[0] == 200, path
        assert '"lemma":' in server.get(pages_of(server)[1])[1]
        assert imported(server, WORDS) == []
    manage(env, "prune_cache", "--all", "--yes")
    with serving(env) as server:
        article = pages_of(server)[1]
        assert imported(server) == []
        server.get(article)
        wait_until(lambda: len(imported(server)) == 2)


def test_four_processes_with_lemmas_of_all_languages_take_little():
    before, after = lemmas_memory.measure(4)
    assert after.private - before.private <= 40
    # The files' pages are there once for all four, and the files have 77 MB.
    assert after.pss - before.pss <= 40 + 80
