"""The look at a feed before it is added, and what is kept of it."""

import json
import time
from datetime import timedelta
from io import StringIO

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.http import http_date

from articles.crawler import preview
from articles.crawler.feeds import discover, xml_feed
from articles.crawler.preview import keep, recall
from articles.crawler.web.fetch import Page
from articles.models import Feed
from articles.tests.factories import make_feed

URL = "https://news.example.com/feed.xml"
LINK = '<link rel="alternate" type="application/rss+xml" href="{}" title="{}">'


def rss(*items, head="<language>da-DK</language>"):
    return (
        f'<rss version="2.0"><channel><title>Fjordbladet</title>{head}'
        f"{''.join(items)}</channel></rss>"
    )


def item(path="/eel", title="Ålen", days=0, dated=True):
    at = http_date((timezone.now() - timedelta(days=days)).timestamp())
    date = f"<pubDate>{at}</pubDate>" if dated else ""
    return f"<item><title>{title}</title><link>{path}</link>{date}</item>"


@pytest.fixture(autouse=True)
def run_dir(settings, tmp_path):
    settings.RUN_DIR = tmp_path / "run"
    return settings.RUN_DIR


@pytest.fixture
def site(web, settings, db):
    settings.CRAWLER_ALLOWED_HOSTS = {web.host_port}
    return web


def shown(url, **options):
    out = StringIO()
    call_command("preview_feed", url, stdout=out, **options)
    return out.getvalue()


def told(url, **options):
    return json.loads(shown(url, json=True, **options))


def problems(site, *items, head="<language>da</language>", **options):
    return told(site.add("/feed.xml", rss(*items, head=head)), **options)["problems"]


# --- the command


def test_whatever_reading_a_page_raises_is_told(site, monkeypatch):
    def odd(*args):
        raise AssertionError("odd")

    monkeypatch.setattr(xml_feed, "read", odd)
    monkeypatch.setattr(discover, "_base", odd)
    url = site.add("/feed.xml", rss(item()))
    out = StringIO()
    with pytest.raises(CommandError, match="odd") as caught:
        call_command("preview_feed", url, json=True, stdout=out)
    assert caught.value.returncode == 1
    assert url in json.loads(out.getvalue())["error"]


def test_it_shows_title_language_and_the_first_items(site):
    items = [item(f"/{n}", f"No {n}") for n in range(12)]
    url = site.add("/feed.xml", rss(*items))
    found = told(url)
    assert (found["url"], found["title"]) == (url, "Fjordbladet")
    assert (found["language"], found["found"]) == ("da", 12)
    assert (found["problems"], found["error"], found["links"]) == ([], "", [])
    assert [shown["title"] for shown in found["items"]] == [
        f"No {n}" for n in range(10)
    ]
    assert found["items"][0]["url"] == site.url("/0")
    page = shown(url)
    assert f"No 0\n                    {site.url('/0')}\n" in page
    assert "title: Fjordbladet\nlanguage: da\nitems: 12," in page
    assert not Feed.objects.exists()


def test_a_page_shows_the_feeds_that_it_names(site):
    links = LINK.format("/a.xml", "Alt"), LINK.format("/b.xml", "")
    url = site.add("/", f"<html><head>{''.join(links)}</head></html>")
    named = [(link["url"], link["title"]) for link in told(url)["links"]]
    assert named == [(site.url("/a.xml"), "Alt"), (site.url("/b.xml"), "")]
    assert f"{site.url('/a.xml')}  Alt\n" in shown(url)


def test_links_that_no_feed_can_have_are_not_shown(site):
    link = LINK.format(f"/{'a' * 500}.xml", "")
    url = site.add("/", f"<html><head>{link}</head></html>")
    with pytest.raises(CommandError):
        told(url)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("<html>Hej</html>", 200, "JSON Feed expected"),
        (rss("<item><title>Hej</title></item>"), 200, "no items with a link"),
        ("", 404, "HTTP status 404"),
    ],
)
def test_what_cannot_be_used_is_1_and_says_why(site, body, status, said):
    out, url = StringIO(), site.add("/feed.xml", body, status)
    with pytest.raises(CommandError, match=said) as caught:
        call_command("preview_feed", url, stdout=out, json=True)
    assert caught.value.returncode == 1
    assert said in json.loads(out.getvalue())["error"]


def test_private_addresses_are_not_looked_at(web, db):
    with pytest.raises(CommandError, match="private address") as caught:
        shown(web.add("/feed.xml", rss(item())))
    assert caught.value.returncode == 1
    assert web.requests == []


def test_an_unknown_language_is_2(site):
    with pytest.raises(CommandError, match="unknown language xx") as caught:
        shown(site.url("/feed.xml"), language="xx")
    assert caught.value.returncode == 2


def test_a_feed_that_is_here_is_a_problem(site):
    feed = make_feed(url=site.url("/feed.xml"))
    assert problems(site, item()) == [f"It is here already, as feed {feed.pk}."]


@pytest.mark.parametrize(
    ("head", "wanted", "found"),
    [
        ("", None, ["It declares no language: choose one."]),
        ("", "da", []),
        ("<language>da</language>", "da", []),
        ("<language>da</language>", "sv", ["It declares the language da, not sv."]),
        (
            "<language>ja</language>",
            None,
            ["It declares the language ja, which is not one of ours."],
        ),
    ],
)
def test_problems_with_the_language(site, head, wanted, found):
    assert problems(site, item(), head=head, language=wanted) == found


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([item("/1", dated=False)], "No item has a date: articles get the time"),
        ([item("/1"), item("/2", dated=False)], "1 of 2 items have no date."),
        ([item("/1", days=31), item("/2", days=40)], "Its newest item is of 20"),
    ],
)
def test_problems_with_the_dates(site, items, found):
    [problem] = problems(site, *items)
    assert problem.startswith(found)


# --- what is kept


def page(body=b"<rss/>\xff", **facts):
    headers = httpx.Headers([("ETag", '"1"'), ("Content-Type", "text/xml")])
    return Page(
        **{"url": URL, "status": 200, "headers": headers, "body": body, **facts}
    )


def test_items_that_are_left_out_are_a_problem(site):
    assert problems(site, item(), item("/eel#b"), item(""), item("")) == [
        "Items without an address, which are left out: 2.",
        "Items with the address of another, which are left out: 1.",
    ]


def test_a_feed_without_items_is_no_error(site):
    assert problems(site) == ["It has no items for now."]


def test_a_feed_that_was_looked_at_is_kept_as_it_was_fetched(site):
    body = rss(item())
    url = site.add("/feed.xml", body, headers={"ETag": '"1"'})
    told(url)
    found = recall(url)
    assert (found.url, found.status, found.body) == (url, 200, body.encode())
    assert found.headers["etag"] == '"1"'


def test_what_is_no_feed_is_not_kept(site, run_dir):
    told(site.add("/", f"<html><head>{LINK.format('/a.xml', '')}</head></html>"))
    assert recall(site.url("/")) is None


def test_headers_that_are_no_text_are_recalled_as_they_came():
    headers = httpx.Headers([(b"ETag", b"\xe9"), (b"X-Other", b"\xff")])
    keep(URL, page(headers=headers))
    assert recall(URL).headers.raw == headers.raw


def test_a_page_is_recalled_once_and_whole():
    keep(URL, page(moved_to="https://example.com/new"))
    assert recall("https://other.example.com/") is None
    assert recall(URL) == page(moved_to="https://example.com/new")
    assert recall(URL) is None


def test_a_page_that_is_too_old_is_not_recalled(monkeypatch):
    keep(URL, page())
    later = time.time() + preview.MAX_AGE_S + 1
    monkeypatch.setattr(preview.time, "time", lambda: later)
    assert recall(URL) is None
    assert recall(URL, max_age_s=10_000) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"at": 1}', '{"at": "x"}'])
def test_a_damaged_file_is_nothing(run_dir, text):
    keep(URL, page())
    [file] = (run_dir / "previews").iterdir()
    file.write_text(text)
    assert recall(URL) is None


def test_old_files_are_deleted_when_another_is_written(run_dir, monkeypatch):
    keep(URL, page())
    later = time.time() + preview.MAX_AGE_S + 1
    monkeypatch.setattr(preview.time, "time", lambda: later)
    keep("https://other.example.com/", page())
    assert len(list((run_dir / "previews").iterdir())) == 1


def test_no_more_than_50_are_kept(run_dir):
    for number in range(55):
        keep(f"{URL}?{number}", page())
    assert len(list((run_dir / "previews").iterdir())) == 50
    assert recall(f"{URL}?54")


def test_a_folder_that_cannot_be_written_to_is_only_logged(run_dir, caplog):
    run_dir.write_text("a file")
    keep(URL, page())
    assert "the first visit will fetch it again" in caplog.text
    assert recall(URL) is None


def test_where_a_feed_moved_for_good_it_may_be_already(site):
    url = site.add("/feed.xml", rss(item(0), "<language>da</language>"))
    feed, old = make_feed(url=url), site.redirect("/old.xml", "/feed.xml", 301)
    found = told(old)
    assert found["moved_to"] == url
    problem = f"It moved to {url} for good, which is here already, as feed {feed.pk}."
    assert problem in found["problems"]
