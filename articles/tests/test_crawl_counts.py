"""The crawl's figures: whatever happens, each item is counted, and in one kind only."""

import importlib
import json
import random
import time
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError
from health_check.exceptions import ServiceWarning

from articles.crawler import visit
from articles.crawler.judge import draft
from articles.crawler.report import FeedReport, total
from articles.crawler.web.errors import FetchError
from articles.health import Feeds as FeedsCheck
from articles.models import KINDS, Article, CrawlRun, Feed, FeedVisit
from articles.tests.factories import make_feed
from articles.tests.news import page_of, publish

pytestmark = pytest.mark.django_db

ITEM = "<item><title>{title}</title><link>{link}</link>{more}</item>"


def kinds(counted):
    """Of something with counts: {kind: number}, without those that are none."""
    found = counted if isinstance(counted, dict) else vars(counted)
    return {kind: found[kind] for kind in KINDS if found[kind]}


def assert_adds_up(counted):
    found = counted if isinstance(counted, dict) else vars(counted)
    assert sum(kinds(found).values()) == found["found"], found
    for kind, reasons in found.get("reasons", {}).items():
        assert sum(reasons.values()) <= found[kind], (kind, found)


def put(web, *items, path="/feed"):
    entries = "".join(
        ITEM.format(**{"title": "Nyt", "more": "", **item}) for item in items
    )
    feed = f"<rss version='2.0'><channel>{entries}</channel></rss>"
    url = web.add(path, feed)
    return Feed.objects.filter(url=url).first() or make_feed(url=url)


# --- what a page may be, and what its item is counted as

FATES = {
    "fine": "listed",
    "short": "hidden",
    "empty": "hidden",
    "forbidden": "skipped",
    "long": "skipped",
    "nowhere": "skipped",
    "again": "skipped",
    "missing": "failed",
    "dies": "failed",
    "refused": "failed",
    "busy": "left",
}


def item_of(web, fate, number):
    """An item that comes to this end, its page on the web."""
    path = f"/{fate}-{number}"
    if fate == "nowhere":
        return {"link": ""}
    if fate == "again":
        return {"link": "/fine-0#more"}
    if fate == "long":
        return {"link": f"/{'x' * 2000}-{number}"}
    page, status = page_of(path[1:], 2 if fate == "short" else 4), 200
    if fate == "empty":
        page = "<html></html>"
    if fate in ("missing", "busy"):
        status = 404 if fate == "missing" else 503
    web.add(path, page, status)
    return {"link": path, "title": path}


@pytest.fixture
def faults(monkeypatch):
    """Let pages named "dies" break the extractor, and "refused" the database."""

    def extracting(body, url, content_type):
        if b"Om dies" in body:
            raise AssertionError("odd")
        return extract(body, url, content_type)

    def storing(feed, draft, tokens):
        if "refused" in draft.url:
            raise OperationalError("no room")
        return store(feed, draft, tokens)

    extract, store = draft.extract, visit.store
    monkeypatch.setattr(draft, "extract", extracting)
    monkeypatch.setattr(visit, "store", storing)
    monkeypatch.setattr(visit, "close_old_connections", lambda: None)


@pytest.mark.parametrize("fate", FATES)
def test_an_item_that_comes_to_one_end_is_of_one_kind(crawl, web, faults, fate):
    web.add("/robots.txt", "User-agent: *\nDisallow: /forbidden\n")
    put(web, item_of(web, "fine", 0), item_of(web, fate, 1))
    done = crawl()
    assert done.report["found"] == 2
    expected = {"listed": 1}
    expected[FATES[fate]] = expected.get(FATES[fate], 0) + 1
    assert kinds(done.report) == expected


@pytest.mark.parametrize("seed", range(8))
def test_kinds_add_up_to_what_was_found(crawl, web, faults, settings, seed):
    chance = random.Random(seed)
    settings.CRAWLER_FEED_TIMEOUT_S = chance.choice([60, 60, 60, 0])
    web.add("/robots.txt", "User-agent: *\nDisallow: /forbidden\n")
    for number in range(3):
        fates = chance.choices(list(FATES), k=chance.randrange(6))
        items = [item_of(web, fate, n) for n, fate in enumerate(fates)]
        put(web, item_of(web, "fine", 0), *items, path=f"/feed{number}")
    for limit in (chance.choice([None, 1, 2]), None):
        report = crawl(limit=limit).report
        for counted in (report, *report["feeds"]):
            assert_adds_up(counted)
    for row in (*FeedVisit.objects.all(), *CrawlRun.objects.all()):
        assert_adds_up(row)
    runs = CrawlRun.objects.all()
    visits = FeedVisit.objects.all()
    for kind in ("found", *KINDS):
        told = sum(getattr(one, kind) for one in runs)
        assert told == sum(getattr(visit, kind) for visit in visits)


def test_an_update_is_known_no_more(crawl, web):
    more = "<description>{}</description>"
    web.add("/a", page_of("a"))
    web.add("/b", page_of("b"))
    other = {"link": "/b", "title": "B"}
    put(web, {"link": "/a", "more": more.format("en")}, other)
    crawl()
    web.add("/a", page_of("a", paragraphs=6))
    put(web, {"link": "/a", "more": more.format("to")}, other)
    assert kinds(crawl().report) == {"updated": 1, "known": 1}
    web.add("/a", status=500)
    put(web, {"link": "/a", "more": more.format("tre")}, other)
    done = crawl()
    assert kinds(done.report) == {"skipped": 1, "known": 1}
    assert_adds_up(done.report)


def test_a_visit_that_breaks_off_leaves_what_it_did_not_reach(crawl, web, monkeypatch):
    def store_once(self, drafts):
        monkeypatch.setattr(visit.Visit, "_store", lambda *args: 1 / 0)
        return store(self, drafts)

    store = visit.Visit._store
    monkeypatch.setattr(visit.Visit, "_store", store_once)
    monkeypatch.setattr(visit, "BATCH", 1)
    publish(web, "a", "b", "c")
    done = crawl()
    assert (done.code, kinds(done.report)) == (1, {"listed": 1, "left": 2})
    assert done.reasons == {"visit broken off": 2}
    assert_adds_up(FeedVisit.objects.get())


def test_nearly_the_same_articles_stored_together_are_listed_once(crawl, web):
    web.add("/a", page_of("same"))
    web.add("/b", page_of("same").replace("fjorden", "bugten"))
    put(web, {"link": "/a", "title": "Ålen er her"}, {"link": "/b", "title": "Ålen"})
    done = crawl()
    assert kinds(done.report) == {"listed": 1, "hidden": 1}
    assert done.report["reasons"] == {"hidden": {"duplicate": 1}}
    assert Article.objects.listed().count() == 1


def test_seconds_are_those_of_the_clock_and_not_of_all_threads():
    reports = [FeedReport(n, "", "", "da", seconds=10) for n in range(4)]
    assert total(reports, seconds=12.345)["seconds"] == 12.35


@pytest.mark.django_db(transaction=True)
def test_visits_side_by_side_take_no_longer_than_the_run(crawl, monkeypatch):
    def read(visit):
        time.sleep(1)
        raise FetchError("nobody answers")

    monkeypatch.setattr(visit.Visit, "_read", read)
    for number in range(4):
        make_feed(url=f"https://{number}.example.com/feed")
    started = time.monotonic()
    report = crawl(workers=4).report
    # The report's are rounded to hundredths.
    assert report["seconds"] <= time.monotonic() - started + 0.01
    assert report["seconds"] < sum(feed["seconds"] for feed in report["feeds"])


# --- a feed that brings nothing for readers


def refused_feed(web, number=2, language="fr"):
    return publish(web, *(f"a{n}" for n in range(number)), language=language)


def test_a_feed_whose_articles_are_all_refused_is_not_healthy(crawl, web):
    feed = refused_feed(web)
    crawl()
    feed.refresh_from_db()
    assert feed.last_new_at is None
    assert feed.state == "unlisted"
    assert feed.unlisted == "2 new, none for readers: in another language 2"
    assert list(Feed.objects.in_state("unlisted")) == [feed]
    assert not Feed.objects.in_state("active")


def test_the_health_page_names_it_and_says_why(crawl, web):
    refused_feed(web)
    crawl()
    with pytest.raises(ServiceWarning) as caught:
        FeedsCheck().run()
    assert "nothing for readers: Feed" in str(
        caught.value
    ) and "(2 new, none for readers: in another language 2)" in str(caught.value)


def test_the_admin_and_the_api_say_so(crawl, web, admin_client, api):
    feed = refused_feed(web)
    crawl()
    told = "2 new, none for readers: in another language 2"
    for url in ("/admin/articles/feed/", f"/admin/articles/feed/{feed.pk}/change/"):
        assert told in admin_client.get(url).content.decode()
    found = api.get(f"/api/feeds/{feed.pk}/").json()
    assert (found["state"], found["unlisted"]) == ("unlisted", told)
    assert found["last_new_at"] is None


def test_a_feed_with_one_article_for_readers_is_fine(crawl, web):
    feed = publish(web, "a", "b")
    web.add("/b", page_of("b", paragraphs=2))
    crawl()
    feed.refresh_from_db()
    assert (feed.state, feed.unlisted, feed.hidden_in_a_row) == ("active", "", 0)
    assert feed.last_new_at == feed.last_success_at


LOST = [("robots.txt", "robots.txt 2"), ("failed", "failed 2")]


def lose_pages(web, why, *slugs):
    """A feed whose pages can't be had."""
    feed = publish(web, *slugs)
    if why == "robots.txt":
        web.add("/robots.txt", "User-agent: *\nDisallow: /\nAllow: /feed\n")
    else:
        for slug in slugs:
            web.add(f"/{slug}", "", status=403)
    return feed


@pytest.mark.parametrize(("why", "told"), LOST)
def test_a_feed_none_of_whose_pages_can_be_had_is_not_healthy(
    crawl, web, api, admin_client, why, told
):
    feed = lose_pages(web, why, "a", "b")
    told = f"2 found, none for readers: {told}"
    for _ in range(2):
        crawl()
        found = api.get(f"/api/feeds/{feed.pk}/").json()
        assert (found["state"], found["unlisted"]) == ("unlisted", told)
    assert list(Feed.objects.in_state("unlisted")) == [feed]
    assert told in admin_client.get("/admin/articles/feed/").content.decode()
    with pytest.raises(ServiceWarning, match=told):
        FeedsCheck().run()


def test_pages_that_can_be_had_again_make_it_active(crawl, web):
    feed = lose_pages(web, "failed", "a", "b")
    crawl()
    web.add("/a", page_of("a"))
    crawl()
    feed.refresh_from_db()
    assert (feed.state, feed.unlisted) == ("active", "")


def test_lost_pages_beside_those_that_readers_have_are_no_plight(crawl, web):
    feed = publish(web, "a")
    crawl()
    lose_pages(web, "failed", *"bcdef")
    publish(web, *"abcdef")
    for slug in "bcdef":
        web.add(f"/{slug}", "", status=403)
    crawl()
    feed.refresh_from_db()
    assert (feed.state, feed.unlisted) == ("active", "")
    lose_pages(web, "failed", *"bcdef")
    crawl()
    feed.refresh_from_db()
    assert feed.state == "unlisted"
    assert [feed] == list(Feed.objects.in_state("unlisted"))


def test_a_feed_that_tells_only_what_another_has_brought_is_fine(crawl, web):
    publish(web, "a")
    crawl()
    feed = publish(web, "a", path="/other")
    crawl(limit=1)
    feed.refresh_from_db()
    assert (feed.state, feed.unlisted) == ("active", "")


def test_of_what_is_left_nothing_is_known():
    def lost(failed, left):
        return FeedReport(1, "", "", "da", failed=failed, left=left).lost_why.total()

    assert (lost(2, 0), lost(2, 9), lost(5, 9)) == (2, 0, 5)


def test_updates_that_fail_do_not_count(crawl, web):
    feed = put(web, {"link": "/a", "more": "<description>en</description>"})
    web.add("/a", page_of("a"))
    crawl()
    web.add("/a", "", status=403)
    put(web, {"link": "/a", "more": "<description>to</description>"})
    assert crawl().report["skipped"] == 1
    feed.refresh_from_db()
    assert feed.lost == 0


def test_some_hidden_articles_after_listed_ones_are_no_plight_and_many_are(crawl, web):
    feed = publish(web, "a")
    crawl()
    for slugs, state in (("bc", "active"), ("def", "unlisted"), ("g", "active")):
        publish(web, *slugs)
        for slug in slugs if slugs != "g" else "":
            web.add(f"/{slug}", page_of(slug, paragraphs=2))
        crawl()
        feed.refresh_from_db()
        assert feed.state == state
        assert [feed] == list(Feed.objects.in_state(state))


def test_a_stub_that_readers_get_later_is_new_to_them(crawl, web):
    more = "<description>{}</description>"
    web.add("/a", page_of("a", paragraphs=1))
    feed = put(web, {"link": "/a", "more": more.format("en")})
    crawl()
    web.add("/a", page_of("a"))
    put(web, {"link": "/a", "more": more.format("to")})
    done = crawl()
    feed.refresh_from_db()
    assert (done.report["updated"], done.report["feeds"][0]["shown"]) == (1, 1)
    assert (feed.state, feed.last_new_at) == ("active", feed.last_success_at)


def test_another_language_begins_anew(staff_api):
    feed = make_feed(
        **{"hidden_in_a_row": 9, "hidden_why": {"wrong_language": 9}},
        **{"lost": 9, "lost_why": {"robots.txt": 9}},
    )
    staff_api.patch(f"/api/feeds/{feed.pk}/", {"language": "de"})
    feed.refresh_from_db()
    assert (feed.state, feed.unlisted) == ("active", "")


def test_the_table_and_the_report_say_the_same(crawl, web):
    publish(web, "a", "b")
    web.add("/b", page_of("b", paragraphs=2))
    done = crawl()
    headings, row, *rest = done.out.splitlines()[1:]
    told = dict(zip(headings.split(), row.rsplit(maxsplit=9)[-9:], strict=False))
    assert headings.split()[4:-1] == ["found", *KINDS]
    assert row.split()[-9:-1] == ["2", "1", "1", "0", "0", "0", "0", "0"], told
    assert "hidden: too short 1" in rest
    assert rest[-1].startswith("2 found: 1 listed, 1 hidden, 0 updated, 0 known,")
    assert json.dumps(done.report)


def test_preview_and_crawl_find_the_same(crawl, web, settings):
    web.add("/a", page_of("a"))
    feed = put(web, {"link": "/a"}, {"link": ""}, {"link": "/a"})
    out = StringIO()
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({web.host_port})
    call_command("preview_feed", feed.url, json=True, stdout=out)
    found = json.loads(out.getvalue())["found"]
    assert crawl().report["found"] == found == 3


# --- what was counted before


def test_old_visits_are_sorted_into_kinds():
    migration = importlib.import_module("articles.migrations.0006_items_by_kind")
    visit = SimpleNamespace(
        **{"found": 12, "stored": 4, "duplicates": 5, "updated": 1},
        skipped_items={"paywall": 3, "out of time": 1, "robots.txt": 1},
    )
    migration.sort_visit(visit)
    assert_adds_up(visit)
    assert kinds(visit) == {
        "listed": 1,
        "hidden": 3,
        "updated": 1,
        "known": 4,
        "skipped": 1,
        "failed": 1,
        "left": 1,
    }
    assert visit.reasons["hidden"] == {"paywall": 3}
