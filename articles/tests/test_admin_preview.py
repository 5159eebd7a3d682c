"""The admin's page for adding a feed by its address."""

import contextlib
import queue
import subprocess
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from lxml import html

from articles import services
from articles.models import Feed
from articles.tests.factories import make_feed
from articles.tests.test_admin import change_url, list_url, messages
from articles.tests.test_admin_crawl import HOSTILE, clerk_with
from articles.tests.test_preview_feed import LINK, item, rss

pytestmark = pytest.mark.django_db

PAGE = "/admin/articles/feed/preview/"


@pytest.fixture
def commands(monkeypatch):
    """Commands that were run, as a queue; looks at feeds run in this process."""
    ran = queue.Queue()

    def run(command, **options):
        name, *arguments = command[2:]
        ran.put([name, *arguments])
        out = StringIO()
        if name == "preview_feed":
            with contextlib.suppress(CommandError):
                call_command(name, *arguments, stdout=out)
        return subprocess.CompletedProcess(command, 0, out.getvalue())

    monkeypatch.setattr(subprocess, "run", run)
    return ran


@pytest.fixture
def site(web, settings, tmp_path, commands):
    settings.RUN_DIR = tmp_path
    settings.CRAWLER_ALLOWED_HOSTS = {web.host_port}
    return web


def post(client, **form):
    response = client.post(PAGE, form)
    assert response.status_code == 200
    return response.content.decode()


def field(page, name):
    """The value of a field of the form that adds the feed."""
    [form] = [f for f in html.fromstring(page).forms if "add" in f.inputs]
    return form.inputs[name].value


def test_the_list_of_feeds_leads_to_the_page(admin_client):
    assert PAGE in admin_client.get(list_url("feed")).content.decode()
    page = admin_client.get(PAGE).content.decode()
    assert "Add a feed by its address" in page
    assert "Add this feed" not in page


def test_a_look_shows_the_feed_and_its_items(admin_client, site):
    url = site.add("/feed.xml", rss(item(title="Ålen"), item("/2", dated=False)))
    page = post(admin_client, url=url)
    assert "The first 2 of 2 items" in page
    assert "Ålen" in page
    assert "1 of 2 items have no date." in page
    assert (field(page, "url"), field(page, "title")) == (url, "Fjordbladet")
    assert field(page, "language") == "da"
    assert not Feed.objects.exists()


def test_an_address_may_lack_its_scheme(admin_client):
    feed = make_feed(url="https://news.example.com/rss")
    page = post(admin_client, url="news.example.com/rss")
    assert change_url(feed) in page


def test_the_chosen_language_counts_more_than_the_declared_one(admin_client, site):
    url = site.add("/feed.xml", rss(item()))
    page = post(admin_client, url=url, language="sv")
    assert field(page, "language") == "sv"
    assert "It declares the language da, not sv." in page


def test_a_page_shows_its_feeds_each_with_a_look(admin_client, site):
    link = LINK.format("/feed.xml", HOSTILE)
    url = site.add("/", f"<html><head>{link}</head></html>")
    page = post(admin_client, url=url)
    assert HOSTILE not in page
    assert "&lt;script&gt;alert" in page
    forms = html.fromstring(page).forms
    [form] = [f for f in forms if dict(f.fields).get("url") == site.url("/feed.xml")]
    assert "csrfmiddlewaretoken" in form.fields


def test_what_cannot_be_used_is_said_so(admin_client, site):
    page = post(admin_client, url=site.url("/none"))
    assert "HTTP status 404" in page
    assert "Add this feed" not in page


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "--help", "", "https://ada:secret@example.com/", "x"]
)
def test_what_is_no_address_is_not_looked_at(admin_client, commands, url):
    assert 'class="errorlist"' in post(admin_client, url=url)
    assert commands.empty()


def test_a_feed_that_is_here_is_linked(admin_client, commands):
    feed = make_feed(title=HOSTILE)
    page = post(admin_client, url=feed.url)
    assert f'<a href="{change_url(feed)}">&lt;script&gt;' in page
    assert HOSTILE not in page
    assert commands.empty()


def test_hostile_texts_are_escaped(admin_client, site):
    hostile = HOSTILE.replace("<", "&amp;lt;").replace(">", "&amp;gt;")
    body = rss(item(title=hostile)).replace("Fjordbladet", hostile)
    page = post(admin_client, url=site.add(f"/{HOSTILE}", body))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_feed_is_added_and_crawled(admin_client, commands):
    form = {"url": "https://new.example.com/rss", "title": "Avisen", "language": "da"}
    response = admin_client.post(PAGE, {**form, "add": "1"}, follow=True)
    feed = Feed.objects.get()
    assert (feed.url, feed.title, feed.language_id) == tuple(form.values())
    assert response.redirect_chain == [(list_url("feed"), 302)]
    assert messages(response) == ["Avisen was added, and its first crawl has started."]
    assert commands.get(timeout=60) == ["crawl", "--feed", str(feed.pk)]
    assert LogEntry.objects.get().object_id == str(feed.pk)


@pytest.mark.parametrize(
    "changes", [{"url": "javascript:alert(1)"}, {"language": "xx"}, {"language": ""}]
)
def test_a_feed_that_cannot_be_stored_is_refused(admin_client, commands, changes):
    form = {"url": "https://new.example.com/rss", "language": "da", **changes}
    assert 'class="errorlist"' in post(admin_client, add="1", **form)
    assert not Feed.objects.exists()
    assert commands.empty()


def test_a_feed_is_not_added_twice(admin_client, commands):
    feed = make_feed()
    page = post(admin_client, add="1", url=feed.url, language="da")
    assert "Feed with this Address already exists." in page
    assert Feed.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_is_for_those_who_may_add(client, commands, method):
    client.force_login(clerk_with("view_feed", "change_feed"))
    form = {"url": "https://new.example.com/rss", "language": "da", "add": "1"}
    assert getattr(client, method)(PAGE, form).status_code == 403
    assert PAGE not in client.get(list_url("feed")).content.decode()
    assert not Feed.objects.exists()


def test_a_form_of_another_site_is_refused(admin_client, commands):
    admin_client.handler.enforce_csrf_checks = True
    form = {"url": "https://new.example.com/rss", "language": "da", "add": "1"}
    assert admin_client.post(PAGE, form).status_code == 403


def test_who_may_only_add_is_sent_to_the_index(client, commands):
    client.force_login(clerk_with("add_feed"))
    form = {"url": "https://new.example.com/rss", "language": "da", "add": "1"}
    assert client.post(PAGE, form).headers["Location"] == "/admin/"
    commands.get(timeout=60)


# --- the process


def test_a_look_has_an_end(monkeypatch):
    def run(command, timeout, **options):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", run)
    assert "not looked at in 85 s" in services.preview("https://example.com/")["error"]


@pytest.mark.parametrize("out", ["", "Traceback"])
def test_a_look_that_cannot_start_is_logged(monkeypatch, caplog, out):
    done = subprocess.CompletedProcess([], 2, out)
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: done)
    assert "could not start" in services.preview("https://example.com/")["error"]
    assert "The preview of 'https://example.com/' failed" in caplog.text


def test_no_address_is_taken_for_an_option(monkeypatch):
    commands = []

    def run(command, **options):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "{}")

    monkeypatch.setattr(subprocess, "run", run)
    services.preview("--settings=x", "da")
    assert commands[0][2:] == [
        "preview_feed",
        "--json",
        "--language",
        "da",
        "--",
        "--settings=x",
    ]
