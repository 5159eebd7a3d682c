"""What is slow at its first use is loaded before a pool's processes are forked."""

import subprocess
import sys

import pytest
from celery.signals import worker_init

from articles import ranks, tasks
from articles.crawler import apart
from articles.crawler.judge import language
from articles.management.commands import crawl as crawl_command
from articles.tests.news import publish
from zeeguu.base.process_pool import KillablePool

PAGE = """
import django; django.setup()
import sys
from articles.crawler.pages.extract import extract
body = "<p>Barnet holder en ost, og hunden vil have den med hjem i dag.</p>" * 5
line = "<div class=date>Publicat pe 12 florar 14:30 2025</div>"
found = extract(f"<article>{line}{body}</article>".encode(), "http://a.example/a")
print(found.published_at, "dateparser" in sys.modules)
"""


@pytest.fixture
def unloaded():
    """The language model and the words, not loaded yet."""
    language._load.cache_clear()
    ranks._load.cache_clear()


def loaded():
    """How many models and lists of words this process has."""
    model, words = language._load.cache_info(), ranks._load.cache_info()
    return model.currsize, words.currsize


def test_a_pools_processes_have_the_model_and_the_words_from_the_start(unloaded):
    apart.preload(["da", "no"])
    with KillablePool(1) as pool:
        assert pool.run(loaded, timeout_s=5) == (1, 2)


@pytest.fixture
def at_fork(monkeypatch):
    """What the parent had loaded when each pool was made."""
    seen = []

    class Pool(KillablePool):
        def __init__(self, processes):
            seen.append(loaded())
            super().__init__(processes)

    monkeypatch.setattr(crawl_command, "KillablePool", Pool)
    monkeypatch.setattr(tasks, "KillablePool", Pool)
    return seen


@pytest.mark.django_db
def test_the_crawl_command_loads_them_before_its_pool(crawl, web, unloaded, at_fork):
    publish(web, "a")
    crawl()
    assert at_fork == [(1, 1)]


def test_a_celery_process_loads_the_model_before_its_pool(unloaded, at_fork):
    kept = tasks.Kept()
    kept.tools()
    kept.close()
    assert at_fork == [(1, 0)]


def test_a_celery_worker_loads_the_model_before_it_forks(unloaded):
    share = tasks.share_language_model
    assert share in [receiver() for _, receiver in worker_init.receivers]
    share()
    assert loaded() == (1, 0)


def test_a_page_that_names_no_author_or_time_makes_nothing_else_load():
    done = subprocess.run(
        [sys.executable, "-c", PAGE], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["None", "False"]
