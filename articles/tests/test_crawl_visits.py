"""What a visit makes of what it finds, with the real command on a real web server."""

import json
import os
import signal
import time
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.crawler.feeds import xml_feed
from articles.crawler.judge import draft
from articles.crawler.judge.facts import facts_of
from articles.crawler.web.hosts import HostLimit
from articles.models import Article, CrawlRun, Feed, FeedVisit, JudgeRule
from articles.tests.factories import make_feed
from articles.tests.news import page_of, publish, slugs
from tokenization.models import TokenizationCache

pytestmark = pytest.mark.django_db

ITEM = "<item><title>{title}</title><link>{link}</link>{more}</item>"


def feed_of(*items, **facts):
    entries = "".join(
        ITEM.format(**{"title": "Nyt", "more": "", **item}) for item in items
    )
    return f"<rss version='2.0'><channel>{entries}</channel></rss>"


def forget_validators():
    Feed.objects.update(etag="", last_modified="", content_hash="")


def states():
    return dict(Article.objects.values_list("url", "broken"))


# --- identity


def test_a_page_s_own_address_counts_and_no_other_leads_to_it_twice(crawl, web):
    page = page_of("a").replace(
        "<html>", f"<html><head><link rel='canonical' href='{web.url('/a')}'></head>"
    )
    web.add("/a?ref=feed", page)
    web.add("/a?ref=home", page)
    make_feed(url=web.add("/one", feed_of({"link": "/a?ref=feed"})))
    make_feed(url=web.add("/two", feed_of({"link": "/a?ref=home"})))
    assert crawl().counts == (2, 1, 1)
    assert states() == {web.url("/a"): ""}
    forget_validators()
    assert crawl().counts == (2, 0, 2)
    assert web.paths().count("/a?ref=home") == 1


def test_guids_that_are_all_the_same_swallow_nothing(crawl, web):
    guid = "<guid isPermaLink='false'>1</guid>"
    items = [{"link": f"/{slug}", "title": slug, "more": guid} for slug in "abc"]
    for slug in "abc":
        web.add(f"/{slug}", page_of(slug))
    feed = make_feed(url=web.add("/feed", feed_of(*items[:2])))
    assert crawl().counts == (2, 2, 0)
    web.add("/feed", feed_of(items[2]))
    assert crawl().counts == (1, 1, 0)
    assert feed.articles.count() == 3


def test_guids_that_change_at_every_visit_double_nothing(crawl, web):
    web.add("/a", page_of("a"))
    for number in range(3):
        guid = f"<guid isPermaLink='false'>{number}</guid>"
        web.add("/feed", feed_of({"link": "/a", "more": guid}))
        if not number:
            make_feed(url=web.url("/feed"))
        crawl()
    assert slugs() == ["a"]


def test_an_article_that_moved_is_known_by_its_guid(crawl, web):
    guid = "<guid isPermaLink='false'>nyt-1</guid>"
    for path in ("/a", "/moved"):
        web.add(path, page_of(path))
        web.add("/feed", feed_of({"link": path, "more": guid}))
        if path == "/a":
            make_feed(url=web.url("/feed"))
        crawl()
    assert slugs() == ["a"]


def test_one_text_at_two_addresses_of_a_feed_is_stored_once(crawl, web):
    for path in ("/a", "/b"):
        web.add(path, page_of("same"))
    make_feed(url=web.add("/feed", feed_of({"link": "/a"}, {"link": "/b"})))
    assert crawl().counts == (2, 1, 1)


def test_an_agency_s_text_in_two_papers_is_listed_once(crawl, web):
    web.add("/a", page_of("same"))
    web.add("/b", page_of("same").replace("fjorden", "bugten"))
    make_feed(url=web.add("/one", feed_of({"link": "/a", "title": "Ålen er her"})))
    make_feed(url=web.add("/two", feed_of({"link": "/b", "title": "Ålen kom hjem"})))
    done = crawl()
    assert done.reasons == {"duplicate": 1}
    assert states() == {web.url("/a"): "", web.url("/b"): "duplicate"}
    assert Article.objects.get(broken="duplicate").duplicate_of.url == web.url("/a")
    assert TokenizationCache.objects.count() == 1


# --- judging


def test_a_rule_of_the_language_keeps_an_article_from_readers_and_counts(crawl, web):
    rule, other = (
        JudgeRule.objects.create(
            language_id=code, reason="advert", where="title", phrase="om reklam*"
        )
        for code in ("da", "de")
    )
    publish(web, "reklamen", "fjorden")
    done = crawl()
    assert (done.code, done.reasons) == (0, {"advert": 1})
    assert states()[web.url("/reklamen")] == "advert"
    rule.refresh_from_db(), other.refresh_from_db()
    assert (rule.hits, other.hits) == (1, 0)


def test_an_article_in_another_language_is_not_listed(crawl, web):
    publish(web, "a", language="fr")
    assert crawl().reasons == {"wrong_language": 1}


def test_what_readers_want_to_know_is_stored(crawl, web):
    publish(web, "a")
    crawl()
    article = Article.objects.get()
    assert 0 < article.difficulty < 1
    assert 20 < article.sentence_length < 60
    assert article.level in {"A1", "A2", "B1", "B2", "C1", "C2"}
    assert article.simhash is not None


# --- articles that change


def change(web, slug, summary, **facts):
    """The feed tells something new of an article, whose page is as given now."""
    web.add(f"/{slug}", page_of(**{"slug": slug, **facts}))
    more = f"<description>{summary}</description>"
    web.add("/feed", feed_of({"link": f"/{slug}", "title": "Nyt", "more": more}))


def test_a_text_that_changed_takes_the_old_one_s_place(crawl, web):
    change(web, "a", "Første", paragraphs=4)
    make_feed(url=web.url("/feed"))
    crawl()
    before = Article.objects.get()
    change(web, "a", "Anden", paragraphs=6)
    done = crawl()
    assert (done.report["updated"], done.counts) == (1, (1, 0, 0))
    article = Article.objects.get()
    assert (article.pk, article.crawled_at) == (before.pk, before.crawled_at)
    assert article.word_count > before.word_count
    assert article.summary == "Anden"
    fresh = TokenizationCache.objects.in_state("fresh")
    assert [row.article_id for row in fresh] == [article.pk]


def test_an_update_is_read_in_the_language_of_its_article(crawl, web):
    change(web, "a", "Første", paragraphs=4)
    make_feed(url=web.url("/feed"))
    crawl()
    Feed.objects.update(language="sv")
    change(web, "a", "Anden", paragraphs=6)
    assert crawl().report["updated"] == 1
    article = Article.objects.get()
    assert (article.language_id, article.token_state) == ("da", "fresh")
    assert vars(facts_of(article.text(), "da")).items() <= vars(article).items()


def test_a_small_edit_changes_nothing_and_is_looked_at_once(crawl, web):
    change(web, "a", "Første")
    make_feed(url=web.url("/feed"))
    crawl()
    before = Article.objects.get()
    change(web, "a", "Første.")
    assert crawl().report["updated"] == 0
    forget_validators()
    crawl()
    assert web.paths().count("/a") == 2
    assert Article.objects.get().text_hash == before.text_hash


def test_a_page_that_can_not_be_had_again_costs_nothing(crawl, web):
    change(web, "a", "Første")
    make_feed(url=web.url("/feed"))
    crawl()
    change(web, "a", "Anden")
    web.add("/a", status=500)
    done = crawl()
    assert (done.code, done.reasons) == (0, {"update not fetched": 1})
    assert Article.objects.get().summary == "Første"


def test_an_article_that_is_behind_a_paywall_by_now_keeps_its_text(crawl, web):
    change(web, "a", "Første")
    make_feed(url=web.url("/feed"))
    crawl()
    change(web, "a", "Anden", paragraphs=1)
    assert crawl().report["updated"] == 0
    article = Article.objects.get()
    assert (article.broken, article.summary) == ("", "Første")


def test_a_stub_that_has_grown_is_listed(crawl, web):
    change(web, "a", "Mere følger", paragraphs=1)
    make_feed(url=web.url("/feed"))
    crawl()
    assert list(states().values()) == ["too_short"]
    change(web, "a", "Nu det hele")
    assert crawl().report["updated"] == 1
    assert list(states().values()) == [""]
    assert TokenizationCache.objects.count() == 1


def test_an_old_article_is_not_looked_at_again(crawl, web):
    change(web, "a", "Første")
    make_feed(url=web.url("/feed"))
    crawl()
    Article.objects.update(published_at=timezone.now() - timedelta(days=9))
    change(web, "a", "Anden", paragraphs=6)
    assert crawl().report["updated"] == 0
    assert web.paths().count("/a") == 1


# --- politeness


def test_pages_that_robots_txt_forbids_are_left_alone(crawl, web):
    web.add("/robots.txt", "User-agent: *\nDisallow: /b\n")
    publish(web, "a", "b")
    done = crawl()
    assert (done.code, done.reasons) == (0, {"robots.txt": 1})
    assert slugs() == ["a"]
    assert "/b" not in web.paths()


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_left_alone_and_what_is_left_comes_later(crawl, web, status):
    publish(web, "a", "b", "c")
    page = web.routes["/b"]
    web.add("/b", status=status, headers={"Retry-After": "1"})
    done = crawl()
    assert (done.code, done.reasons) == (0, {"host busy": 2})
    assert "host 127.0.0.1 is paused until 20" in FeedVisit.objects.get().error
    assert (slugs(), "/c" in web.paths()) == (["a"], False)
    web.routes["/b"] = page
    time.sleep(1)
    assert crawl().counts == (3, 2, 1)


def test_a_feed_whose_host_has_no_room_is_put_off_without_a_failure(
    crawl, web, settings
):
    settings.CRAWLER_HOST_PATIENCE_S = 0
    settings.CRAWLER_HOST_LIMITS = {"*": HostLimit(per_minute=1)}
    first, second = (publish(web, "a", path=path) for path in ("/one", "/two"))
    done = crawl()
    assert (done.code, done.reasons) == (0, {"host busy": 1})
    first.refresh_from_db(), second.refresh_from_db()
    assert (second.last_status, second.consecutive_failures) == ("deferred", 0)
    why = second.visits.get().error
    assert "host 127.0.0.1 is over its limit of 1 requests a minute" in why
    assert why == second.last_error == done.report["feeds"][1]["put_off"]
    assert f"put off: {second.url}: {why}" in done.out


def test_a_feed_without_validators_is_told_apart_by_its_checksum(crawl, web):
    feed = publish(web, "a")
    web.routes["/feed"].headers.clear()
    crawl()
    assert crawl().counts == (0, 0, 0)
    feed.refresh_from_db()
    assert feed.last_status == "unchanged"


def test_a_page_that_fails_again_and_again_is_left_alone_for_a_day(crawl, web):
    publish(web, "a", "b")
    page = web.routes["/b"]
    web.add("/b", status=404)
    for _ in range(3):
        assert crawl().code == 1
    done = crawl()
    assert (done.code, done.reasons) == (0, {"failed often": 1})
    assert web.paths().count("/b") == 3
    FeedVisit.objects.update(at=timezone.now() - timedelta(days=2))
    forget_validators()
    web.routes["/b"] = page
    assert crawl().counts == (2, 1, 1)


# --- limits


def on_page(monkeypatch, slug, act):
    """Let act be called where that page is read, by the process that reads it."""

    def acting(body, url, content_type):
        if f"Om {slug}".encode() in body:
            act()
        return extract(body, url, content_type)

    extract = draft.extract
    monkeypatch.setattr(draft, "extract", acting)


def test_a_page_that_takes_too_long_costs_its_own_time_only(
    crawl, web, settings, monkeypatch
):
    on_page(monkeypatch, "langsom", lambda: time.sleep(60))
    settings.CRAWLER_PARSE_TIMEOUT_S = 5
    publish(web, "langsom", "a")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "took longer than 5 s" in done.errors[web.url("/langsom")]


def test_a_page_that_needs_too_much_memory_costs_itself_only(crawl, web, monkeypatch):
    on_page(monkeypatch, "stor", lambda: bytearray(10**9))
    publish(web, "stor", "a")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "needed more than 250 MB" in done.errors[web.url("/stor")]


def test_a_process_that_dies_costs_its_page_only(crawl, web, monkeypatch):
    on_page(monkeypatch, "ond", lambda: os.kill(os.getpid(), signal.SIGKILL))
    publish(web, "ond", "a")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "its process died" in done.errors[web.url("/ond")]


class Demanding(Exception):
    """As libraries have them: it can't be brought from one process to another."""

    def __init__(self, place, reason):
        super().__init__(f"{place}: {reason}")


UNFORESEEN = [AssertionError("odd"), SystemExit(3), Demanding("here", "odd")]


@pytest.mark.parametrize("fault", UNFORESEEN, ids=lambda fault: type(fault).__name__)
def test_whatever_reading_a_page_raises_costs_that_page_only(
    crawl, web, monkeypatch, caplog, fault
):
    on_page(monkeypatch, "ond", partial(throw, fault))
    publish(web, "ond", "a")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    url = web.url("/ond")
    assert url in done.errors[url]
    assert "an unforeseen error, which the log tells: " in done.errors[url]
    assert type(fault).__name__ not in done.errors[url]
    assert "in throw" in caplog.text


@pytest.mark.parametrize("fault", UNFORESEEN, ids=lambda fault: type(fault).__name__)
def test_whatever_reading_a_feed_raises_is_that_feed_s_failure(
    crawl, web, monkeypatch, fault
):
    def read(text, limit):
        return throw(fault) if "Om x<" in text else xml_feed_read(text, limit)

    xml_feed_read = xml_feed.read
    bad = publish(web, "x", path="/bad")
    publish(web, "a", path="/good")
    monkeypatch.setattr(xml_feed, "read", read)
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    bad.refresh_from_db()
    assert (bad.last_status, bad.consecutive_failures) == ("failed", 1)
    assert bad.url in bad.last_error
    assert "an unforeseen error" in bad.visits.get().error
    assert type(fault).__name__ not in bad.last_error
    assert bad.next_fetch_at > timezone.now() + timedelta(minutes=15)


def throw(fault):
    raise fault


def test_an_address_that_is_none_costs_its_item_only(crawl, web):
    bad = "http://xn--zzzzzzzzz-.example/"
    web.add("/a", page_of("a"))
    make_feed(url=web.add("/feed", feed_of({"link": bad}, {"link": "/a"})))
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "is not an address" in done.errors[bad]


def test_a_run_s_time_is_bounded(crawl, web, settings):
    settings.CRAWLER_RUN_TIMEOUT_S = 0
    publish(web, "a")
    done = crawl()
    assert (done.code, done.report["feeds"][0]["put_off"]) == (0, "out of time")
    assert web.requests == []


# --- many at once


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_feeds_and_store_each_article_once(crawl, web):
    for number in range(6):
        publish(web, f"a{number}", "in-all", path=f"/feed{number}")
    done = crawl(workers=4)
    assert done.code == 0
    assert slugs() == [*(f"a{number}" for number in range(6)), "in-all"]
    assert len(done.report["feeds"]) == 6
    assert done.report["tokenized"] == 7


# --- what is kept of it


def test_a_run_is_kept_with_its_visits(crawl, web):
    feed = publish(web, "a")
    bad = make_feed(url=web.add("/bad", status=404))
    crawl()
    run = CrawlRun.objects.get()
    assert run.finished_at is not None
    visits = {visit.feed_id: visit for visit in run.visits.all()}
    assert (visits[feed.pk].status, visits[feed.pk].listed) == ("ok", 1)
    assert (visits[bad.pk].status, visits[bad.pk].listed) == ("failed", 0)
    assert "404" in visits[bad.pk].error
    assert json.dumps(visits[bad.pk].errors)
    assert FeedVisit.objects.count() == 2


def test_a_new_article_is_noted_on_its_feed(crawl, web):
    feed = publish(web, "a")
    crawl()
    feed.refresh_from_db()
    assert feed.last_new_at is not None
    assert feed.state == "active"


def test_what_an_admin_looked_at_is_not_fetched_again(crawl, web, settings, tmp_path):
    settings.RUN_DIR = tmp_path
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({web.host_port})
    publish(web, "a")
    call_command("preview_feed", web.url("/feed"), stdout=StringIO())
    assert crawl().counts == (1, 1, 0)
    assert web.paths().count("/feed") == 1
    crawl()
    assert web.paths().count("/feed") == 2


# --- what a server gave is sent back to it


@pytest.mark.parametrize("stored", ["", "mi\xe9", "š", "x" * 100, "a\nb"])
def test_no_validator_keeps_a_feed_from_being_visited(crawl, web, stored):
    web.add("/a", page_of("a"))
    modified = {"Last-Modified": "mi\xe9, 25 nov 2026 10:00:00 GMT"}
    url = web.add("/feed", feed_of({"link": "/a"}), headers=modified)
    feed = make_feed(url=url, etag=stored, last_modified=stored)
    for _ in range(3):
        assert crawl().code == 0
    feed.refresh_from_db()
    assert (feed.last_modified, feed.etag) == (modified["Last-Modified"], "")


# --- what a feed says, or not


def test_a_feed_without_items_is_no_failure(crawl, web):
    feed = make_feed(
        url=web.add("/feed", "<rss><channel><title>x</title></channel></rss>")
    )
    found = crawl()
    assert (found.code, found.counts, found.errors) == (0, (0, 0, 0), {})
    feed.refresh_from_db()
    assert (feed.state, feed.last_error) == ("active", "")


def test_items_that_are_left_out_are_said(crawl, web):
    web.add("/a", page_of("a"))
    items = [{"link": "/a"}, {"link": ""}, {"link": "/a#b"}, {"link": "mailto:x"}]
    make_feed(url=web.add("/feed", feed_of(*items)))
    found = crawl()
    assert (found.code, found.counts) == (0, (4, 1, 0))
    assert found.reasons == {
        "without an address": 2,
        "the same address again": 1,
    }


def test_a_feed_whose_items_all_lack_an_address_fails_with_their_number(crawl, web):
    url = web.add("/feed", feed_of({"link": ""}, {"link": ""}))
    make_feed(url=url)
    found = crawl()
    assert found.code == 1
    assert "none of its 2 items names a page" in found.errors[url]


def test_a_title_that_is_none_comes_from_the_page(crawl, web):
    web.add("/a", page_of("a"))
    url = web.add("/feed", feed_of({"link": "/a", "title": "&amp;nosuch;"}))
    make_feed(url=url)
    crawl()
    assert Article.objects.get().title == "Om a"


def test_references_to_controls_lose_no_text(crawl, web):
    page = page_of("a").replace(" ", "&#1; ", 3).replace(".</p>", ".&#xFFFF;</p>")
    web.add("/a", page.replace("<p>", "<p>L&#146;\x96&#x1F;", 1))
    make_feed(url=web.add("/feed", feed_of({"link": "/a"})))
    crawl()
    fragments = list(Article.objects.get().fragments.values_list("text", flat=True))
    assert len(fragments) == 4
    assert fragments[0].startswith("L’– ")
