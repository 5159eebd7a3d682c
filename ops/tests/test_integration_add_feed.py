"""A feed is added by the API under real gunicorn: its look is a process of its own."""

import json

import pytest

from articles.tests.test_add_feed import FEED, link
from ops.tests.clients import ask
from ops.tests.serving import installation, manage, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

CREDENTIALS = {"email": "staff@example.com", "password": "correct-horse-battery"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def env(tmp_path, migrated, web):
    host, port = web.host_port
    env = installation(
        tmp_path,
        migrated,
        CRAWLER_ALLOWED_HOSTS=f"{host}:{port}",
        GUNICORN_WORKERS="1",
        DJANGO_SUPERUSER_PASSWORD=CREDENTIALS["password"],
    )
    email = ["--email", CREDENTIALS["email"]]
    manage(env, "createsuperuser", "--noinput", *email)
    return env


def test_a_page_leads_to_its_feed(env, web):
    feed = web.add("/feed.xml", FEED.format("<language>da</language>"))
    page = web.add("/", link("/feed.xml"))
    with serving(env) as server:

        def post(path, body, **headers):
            text = json.dumps(body)
            answer = ask(server.port, path, "POST", text, {**JSON, **headers})
            return answer.status, json.loads(answer.body)

        _, answer = post("/api/token/", CREDENTIALS)
        token = {"Authorization": f"Token {answer['token']}"}
        status, added = post("/api/feeds/", {"url": page}, **token)
        assert (status, added["url"], added["title"]) == (201, feed, "Fjordbladet")
        status, again = post("/api/feeds/", {"url": feed}, **token)
        assert status == 400
        assert f"feed {added['id']} has this address" in again["errors"]["url"][0]
        status, refused = post("/api/feeds/", {"url": web.url("/none")}, **token)
        assert (status, "HTTP status 404" in refused["detail"]) == (400, True)
