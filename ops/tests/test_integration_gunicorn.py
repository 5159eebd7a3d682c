"""Real gunicorn with real workers, over articles that the real crawler brought."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from articles.tests.site import find_port
from ops.tests.serving import bring_demo_news, manage, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

WORKERS = 2
ARTICLES = "/api/articles/?language=da"


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    """Variables of an installation with the Danish demo news and dictionaries."""
    database = tmp_path_factory.mktemp("gunicorn") / "db.sqlite3"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
        "DATABASE_URL": f"sqlite:///{database}",
        "DEMO_SITE_PORT": str(find_port()),
        "GUNICORN_WORKERS": str(WORKERS),
        "GUNICORN_THREADS": "4",
        "DICTIONARY_LICENCES": "core",  # the quickest to load
    }
    bring_demo_news(env)
    manage(env, "load_dictionaries")
    return env


@pytest.fixture(scope="module")
def server(env):
    with serving(env) as server:
        yield server


def test_the_home_page_shows_the_crawled_articles(server):
    status, page = server.get("/")
    title = server.get_json(ARTICLES)["results"][0]["title"]
    assert status == 200
    assert title in page


def test_lists_and_articles_come_with_fresh_tokens(server):
    cards = server.get_json(ARTICLES)["results"]
    assert len(cards) >= 3
    assert {card["tokenization"] for card in cards} == {"fresh"}
    article = server.get_json(f"/api/articles/{cards[0]['id']}/")
    assert all(fragment["tokens"][0] for fragment in article["fragments"])


def test_the_article_page_shows_words(server):
    card = server.get_json(ARTICLES)["results"][0]
    status, page = server.get(f"/read/da/{card['id']}/")
    assert status == 200
    assert card["title"].split()[0] in page


def test_all_is_healthy(server):
    for path in ("/health/live", "/health/ready", "/health/"):
        assert set(server.get_json(path).values()) <= {"OK"}


@pytest.mark.parametrize("path", ["/api/docs/", "/api/schema/", "/admin/login/"])
def test_other_pages_answer(server, path):
    status, _ = server.get(path)
    assert status == 200


def test_an_unknown_address_is_a_problem(server):
    status, body = server.get("/api/nowhere/")
    assert (status, json.loads(body)["status"]) == (404, 404)


def test_forty_lists_at_once_are_all_answered_alike(server):
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(server.get, [ARTICLES] * 40))
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1


def test_a_reload_loses_no_request(env):
    with serving(env) as server:
        server.get(ARTICLES)
        statuses = []
        for number in range(100):
            if number == 30:
                server.process.send_signal(signal.SIGHUP)
            statuses.append(server.get(ARTICLES)[0])
        for _ in range(2 * WORKERS):  # the first ones and the new ones
            server.read_until("Booting worker")
    assert statuses == [200] * 100


def test_a_request_to_end_is_obeyed_at_once_and_without_complaint(env):
    with serving(env) as server, ThreadPoolExecutor(8) as pool:
        server.get(ARTICLES)
        answers = [pool.submit(server.get, ARTICLES) for _ in range(8)]
        assert {answer.result()[0] for answer in answers} == {200}
        assert server.end() == 0
    log = "".join(server.log)
    assert "Handling signal: term" in log
    assert "Traceback" not in log
