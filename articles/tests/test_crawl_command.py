import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import feedparser
import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, InterfaceError, OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from trafilatura import bare_extraction

from articles import demo_site
from articles.crawler import run, visit
from articles.crawler.lock import only_one
from articles.crawler.pages import extract
from articles.crawler.store.articles import store
from articles.crawler.web.fetch import Fetcher, FetchError
from articles.management.commands import crawl as crawl_command
from articles.management.commands.crawl import LOCK
from articles.models import KINDS, Article, Feed, Language
from articles.tests.factories import make_feed
from articles.tests.news import page_of, publish, slugs, stored
from tokenization.models import TokenizationCache

pytestmark = pytest.mark.django_db

feedparser_parse = feedparser.parse
KEYS = {
    "feeds",
    "found",
    *KINDS,
    "tokenized",
    "reasons",
    "errors",
    "seconds",
}


@pytest.fixture
def demo(settings, free_port):
    """The demo feeds of two languages, on a port of their own."""
    settings.DEMO_SITE_PORT = free_port
    load_demo("da", "no")


def load_demo(*languages):
    options = {"demo": True, "language": list(languages), "stdout": StringIO()}
    call_command("load_default_feeds", **options)


def fresh():
    return TokenizationCache.objects.in_state("fresh")


def refused(**options):
    """The message of a crawl that must not start."""
    with pytest.raises(CommandError) as caught:
        call_command("crawl", stdout=StringIO(), **options)
    assert caught.value.returncode == 2
    assert not Article.objects.exists()
    return str(caught.value)


# --- the main job


def test_the_demo_feeds_are_stored_with_fresh_tokens(crawl, demo):
    done = crawl()
    assert (done.code, done.counts) == (0, (8, 8, 0))
    assert done.report["tokenized"] == fresh().count() == Article.objects.count() == 8
    assert set(stored("language")) == {"da", "no"}
    assert Article.objects.filter(topics=None).count() == 0


def test_a_second_run_stores_nothing(crawl, demo):
    crawl()
    before = stored("pk")
    again = crawl()
    assert (again.code, again.counts) == (0, (0, 0, 0))  # the feeds are the same
    Feed.objects.update(content_hash="")
    assert crawl().counts == (8, 0, 8)
    assert stored("pk") == before


def test_the_tokens_are_those_of_the_fragments(crawl, web):
    publish(web, "a")
    crawl()
    article = Article.objects.get()
    content = json.loads(article.tokenization_cache.content)
    fragments = article.fragments.values("id", "tag", "text")
    assert [{k: block[k] for k in ("id", "tag", "text")} for block in content] == list(
        fragments
    )
    words = [token["text"] for token in content[0]["tokens"][0][0]]
    assert words[:3] == content[0]["text"].split()[:3]


def test_an_unchanged_feed_is_not_read_again(crawl, web):
    publish(web, "a", "b")
    assert crawl().counts == (2, 2, 0)
    assert crawl().counts == (0, 0, 0)
    assert Feed.objects.get().last_status == "unchanged"


def test_a_changed_feed_gives_its_new_articles_only(crawl, web):
    publish(web, "a")
    crawl()
    publish(web, "b", "a")
    assert crawl().counts == (2, 1, 1)
    assert slugs() == ["a", "b"]


def test_what_the_limit_left_out_comes_with_the_next_run(crawl, web):
    publish(web, "a", "b", "c")
    first = crawl(limit=1)
    assert (first.code, first.counts) == (0, (3, 1, 0))
    assert first.reasons == {"over the limit": 2}
    assert crawl().counts == (3, 2, 1)
    assert slugs() == ["a", "b", "c"]


def test_what_the_time_left_out_comes_with_the_next_run(crawl, web, settings):
    publish(web, "a", "b")
    settings.CRAWLER_FEED_TIMEOUT_S = -1
    assert crawl().reasons == {"out of time": 2}
    settings.CRAWLER_FEED_TIMEOUT_S = 60
    assert crawl().counts == (2, 2, 0)


def test_an_article_in_two_feeds_is_stored_once(crawl, web):
    publish(web, "a", "b", path="/one")
    publish(web, "b", "c", path="/two")
    assert crawl().counts == (4, 3, 1)
    assert web.paths().count("/b") == 1


def test_only_the_feeds_asked_for_are_crawled(crawl, web):
    feed = publish(web, "a", path="/one")
    publish(web, "b", path="/two")
    assert crawl(feed=[feed.pk]).code == 0
    assert slugs() == ["a"]


def test_only_the_languages_asked_for_are_crawled(crawl, web):
    publish(web, "a", path="/one")
    publish(web, "b", path="/two", language="sv")
    assert crawl(language=["sv", "nl"]).code == 0
    assert slugs() == ["b"]


# --- what it says


def test_the_report_has_the_facts_of_the_run_and_of_each_feed(crawl, web):
    feed = publish(web, "a")
    report = crawl().report
    assert set(report) == KEYS
    (entry,) = report["feeds"]
    more = {"feed", "title", "url", "language", "status", "put_off", "shown"}
    assert set(entry) == KEYS - {"feeds"} | more
    assert (entry["feed"], entry["url"]) == (feed.pk, feed.url)


def test_without_a_terminal_there_are_plain_lines(crawl, web, capsys):
    publish(web, "a", "b")
    out = crawl().out.splitlines()
    assert "1/1 " in out[0]
    assert "2 found: 2 listed" in out[0]
    assert capsys.readouterr().err == ""


def test_on_a_terminal_there_is_a_progress_bar(crawl, web, monkeypatch):
    class Terminal(StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    publish(web, "a", "b")
    out = crawl().out
    assert "feed 1 of 1: 100%" in sys.stderr.getvalue()
    assert "2/2" in sys.stderr.getvalue()
    assert "1/1 " not in out


def test_a_table_sums_up_each_feed(crawl, web):
    feed = publish(web, "a", "b")
    web.routes.pop("/b")
    lines = crawl().out.splitlines()
    row = next(line for line in lines if line.split()[:2] == [str(feed.pk), "da"])
    assert row.split()[-10:-1] == ["ok", "2", "1", "0", "0", "0", "0", "1", "0"]
    assert f"failed: {web.url('/b')}: " in "\n".join(lines)


def test_a_quiet_run_says_nothing(crawl, web, capsys):
    publish(web, "a")
    assert crawl(verbosity=0).out == ""
    assert capsys.readouterr().err == ""


# --- bad input: the crawl goes on, the report says what happened and to what


@pytest.mark.parametrize(
    "body, status, error",
    [
        ("<html><body>Velkommen</body></html>", 200, "RSS, Atom or JSON Feed"),
        ('{"items": []}', 200, "not a JSON Feed"),
        ("", 200, "RSS, Atom or JSON Feed"),
        ("Væk", 404, "HTTP status 404"),
        ("Av", 500, "HTTP status 500"),
        ("", 302, "redirects"),
    ],
)
def test_a_bad_feed_is_named_and_the_others_are_crawled(
    crawl, web, body, status, error
):
    bad = make_feed(url=web.add("/bad", body, status))
    publish(web, "a", "b", path="/good")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a", "b"])
    assert list(done.errors) == [bad.url]
    assert error in done.errors[bad.url]


def test_a_failed_feed_remembers_its_failure(crawl, web):
    bad = make_feed(url=web.add("/bad", status=404))
    crawl()
    bad.refresh_from_db()
    assert (bad.consecutive_failures, bad.last_status) == (1, "failed")
    assert "404" in bad.last_error


def test_a_dead_host_is_named_and_the_others_are_crawled(
    crawl, web, settings, free_port
):
    settings.CRAWLER_ALLOWED_HOSTS |= {("127.0.0.1", free_port)}
    dead = make_feed(url=f"http://127.0.0.1:{free_port}/feed")
    publish(web, "a")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "refused" in done.errors[dead.url]


def test_a_private_host_is_named_and_the_others_are_crawled(crawl, web):
    private = make_feed(url="http://127.0.0.1:1/feed")
    publish(web, "a")
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "private address" in done.errors[private.url]


def test_a_feed_that_breaks_the_parser_does_not_end_the_crawl(crawl, web, monkeypatch):
    def breaking(body, **options):
        if b"/x<" in body.getvalue():
            raise RecursionError("too deep")
        return feedparser_parse(body, **options)

    bad = publish(web, "x", path="/bad")
    publish(web, "a", path="/good")
    monkeypatch.setattr(feedparser, "parse", breaking)
    done = crawl()
    assert (done.code, slugs()) == (1, ["a"])
    assert "too deep" in done.errors[bad.url]


@pytest.mark.django_db(transaction=True)
def test_a_feed_deleted_during_the_crawl_does_not_end_it(crawl, web, monkeypatch):
    def known_items(feed, items):
        Feed.objects.filter(url=web.url("/gone")).delete()
        return run_known_items(feed, items)

    publish(web, "x", path="/gone")
    publish(web, "a", path="/good")
    run_known_items = visit.known_items
    monkeypatch.setattr(visit, "known_items", known_items)
    done = crawl()
    assert (done.code, slugs()) == (0, ["a"])
    assert f"put off: {web.url('/gone')}: " in done.out


@pytest.mark.parametrize("page", ["<html><body></body></html>", "", "{}", "\0\0"])
def test_a_page_without_text_is_named_and_stored_as_broken(crawl, web, page):
    publish(web, "a", "b")
    web.add("/a", page)
    done = crawl()
    assert (done.code, slugs()) == (1, ["a", "b"])
    assert done.errors == {web.url("/a"): "no article text found on the page"}
    assert done.reasons == {"no_text": 1}
    assert Article.objects.get(url=web.url("/a")).broken == "no_text"


def test_a_broken_article_is_not_fetched_again(crawl, web):
    publish(web, "a")
    web.add("/a", "<html></html>")
    crawl()
    Feed.objects.update(etag="")
    assert crawl().counts == (1, 0, 1)
    assert web.paths().count("/a") == 1


def test_a_short_article_is_skipped_with_the_reason(crawl, web):
    publish(web, "a")
    web.add("/a", page_of("a", paragraphs=2))
    done = crawl()
    assert (done.code, done.reasons) == (0, {"too_short": 1})
    assert (done.report["tokenized"], TokenizationCache.objects.count()) == (0, 0)


@pytest.mark.parametrize("status", [404, 500, 304])
def test_a_page_that_fails_is_named_and_comes_with_a_later_run(crawl, web, status):
    publish(web, "a", "b")
    page = web.routes["/a"]
    web.add("/a", status=status)
    done = crawl()
    assert (done.code, slugs()) == (1, ["b"])
    assert str(status) in done.errors[web.url("/a")]
    web.routes["/a"] = page
    assert crawl().counts == (2, 1, 1)


def test_an_address_too_long_to_store_is_skipped_with_the_reason(crawl, web):
    publish(web, "a", "x" * 2000)
    done = crawl()
    assert (done.code, slugs()) == (0, ["a"])
    assert done.reasons == {"address too long": 1}


def test_a_language_without_a_tokenizer_is_stored_with_a_failed_cache(crawl, web):
    Language.objects.filter(pk="sq").update(learnable=True)
    publish(web, "x", path="/sq", language="sq")
    publish(web, "a", path="/good")
    done = crawl()
    assert (done.code, slugs(), done.report["tokenized"]) == (1, ["a", "x"], 1)
    assert "no tokenizer model for language 'sq'" in done.errors[web.url("/x")]
    cache = TokenizationCache.objects.get(article__language="sq")
    assert "sq" in cache.error
    assert cache.retry_at > cache.refreshed_at
    assert Article.objects.get(language="sq").fragments.count() == 4


def test_an_article_without_tokens_gets_them_once_there_is_a_tokenizer(crawl, web):
    Language.objects.filter(pk="sq").update(learnable=True)
    publish(web, "x", language="sq")
    crawl()
    Article.objects.update(language="da")
    TokenizationCache.objects.update(retry_at=timezone.now())
    call_command("pretokenize", stdout=StringIO())
    assert fresh().count() == 1


# --- what must not start


@pytest.mark.parametrize(
    "options, message",
    [
        ({"language": ["xx"]}, "unknown language xx; known: da, de"),
        ({"language": ["da", "DA"]}, "unknown language DA"),
        ({"feed": [999_999]}, "no active feed 999999"),
        ({"limit": 0}, "--limit 0: use 1 to"),
        ({"limit": -5}, "--limit -5"),
        ({"language": ["sv"]}, "no active feeds to crawl"),
    ],
)
def test_a_bad_option_is_refused(web, options, message):
    publish(web, "a")
    assert message in refused(**options)
    assert web.requests == []


def test_a_limit_that_is_no_number_is_refused():
    with pytest.raises(CommandError, match="--limit"):
        call_command("crawl", "--limit", "many")


def test_an_inactive_feed_is_refused_by_name_and_left_out_otherwise(crawl, web):
    inactive = publish(web, "a", path="/one")
    Feed.objects.update(active=False)
    assert f"no active feed {inactive.pk}" in refused(feed=[inactive.pk])
    publish(web, "b", path="/two")
    assert (crawl().code, slugs()) == (0, ["b"])


def test_a_feed_of_another_language_is_refused(web):
    feed = publish(web, "a")
    assert f"no active feed {feed.pk}" in refused(feed=[feed.pk], language=["sv"])


def test_a_report_in_no_folder_is_refused(web, tmp_path):
    publish(web, "a")
    message = refused(report=tmp_path / "no" / "report.json")
    assert "--report" in message
    assert web.requests == []


def test_a_report_that_is_a_folder_is_refused(web, tmp_path):
    publish(web, "a")
    assert "--report" in refused(report=tmp_path)
    assert web.requests == []


def test_without_feeds_it_says_how_to_get_some():
    assert "manage.py load_default_feeds" in refused()


def test_without_a_database_it_does_not_start(monkeypatch):
    def values_list(self, *fields, **options):
        raise OperationalError("no connection")

    monkeypatch.setattr(QuerySet, "values_list", values_list)
    assert "the database can't be read: no connection" in refused()


# --- the demo site


def test_the_demo_site_is_gone_after_the_crawl(crawl, demo):
    crawl(limit=1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(demo_site.address(), timeout=1)


def test_the_demo_site_is_gone_when_the_crawl_breaks_off(demo, monkeypatch):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(run.Crawl, "feed", stop)
    with pytest.raises(KeyboardInterrupt):
        call_command("crawl", stdout=StringIO())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(demo_site.address(), timeout=1)


def test_the_demo_site_is_not_allowed_beyond_its_crawl(crawl, demo, settings):
    before = settings.CRAWLER_ALLOWED_HOSTS
    crawl(limit=1)
    assert before == settings.CRAWLER_ALLOWED_HOSTS
    assert demo_site.address() not in before


def test_without_demo_feeds_the_demo_site_is_not_served(crawl, web, settings):
    publish(web, "a")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.DEMO_SITE_PORT = taken.getsockname()[1]
        assert crawl().code == 0


def test_a_taken_port_is_refused_with_the_name_of_its_setting(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.DEMO_SITE_PORT = taken.getsockname()[1]
        load_demo("da")
        assert "DEMO_SITE_PORT" in refused()


def test_only_the_demo_feeds_are_crawled_where_that_is_asked(crawl, web, demo):
    publish(web, "a")
    assert crawl(demo=True, limit=1).code == 0
    assert (web.requests, len(stored("pk"))) == ([], 2)


def test_an_unknown_page_of_the_demo_site_is_not_found(demo):
    with demo_site.serving() as address, Fetcher([address]) as fetcher:
        for path in ("/", "/xx/feed", "/da/", "/da/sport/no.html"):
            with pytest.raises(FetchError, match="404"):
                fetcher.get(f"{demo_site.base_url()}{path}")


# --- what goes wrong inside stays with the article


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "refusal", [DataError("too long"), InterfaceError("too long")], ids=str
)
def test_an_article_the_database_refuses_costs_only_itself(
    crawl, web, monkeypatch, refusal
):
    def refusing(feed, draft, tokens):
        if "aal" in draft.url:
            raise refusal
        return store(feed, draft, tokens)

    monkeypatch.setattr(visit, "store", refusing)
    publish(web, "aal", "torsk")
    crawled = crawl()
    assert (crawled.code, slugs()) == (1, ["torsk"])
    assert crawled.errors == {web.url("/aal"): "not stored: too long"}


def test_a_page_that_breaks_the_extractor_costs_only_itself(crawl, web, monkeypatch):
    def breaking(tree, **options):
        if "Om aal" in tree.text_content():
            raise RecursionError("too deep")
        return bare_extraction(tree, **options)

    monkeypatch.setattr(extract, "bare_extraction", breaking)
    publish(web, "aal", "torsk")
    crawled = crawl()
    assert (crawled.code, slugs()) == (1, ["torsk"])
    assert "too deep" in crawled.errors[web.url("/aal")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_fails_while_a_failure_is_noted_costs_one_feed(
    crawl, web, monkeypatch, kind
):
    def failing(feed, error):
        raise kind("gone away")

    monkeypatch.setattr(visit, "record_failure", failing)
    monkeypatch.setattr(run, "record_failure", failing)
    bad = make_feed(url=web.add("/bad", "no feed"))
    publish(web, "torsk")
    crawled = crawl()
    assert (crawled.code, slugs()) == (1, ["torsk"])
    assert "the database failed: gone away" in crawled.errors[bad.url]


def test_a_crawl_that_is_refused_leaves_no_report(tmp_path):
    report = tmp_path / "report.json"
    assert "no active feeds" in refused(report=report)
    assert not report.exists()
    report.write_text("old")
    refused(report=report)
    assert report.read_text() == "old"


def test_an_id_that_no_database_can_hold_is_unknown():
    assert f"no active feed {10**25}" in refused(feed=[10**25])


def test_a_report_that_can_not_be_written_is_refused_before_the_crawl(web, tmp_path):
    publish(web, "torsk")
    assert "--report /proc/x.json" in refused(report=Path("/proc/x.json"))
    assert web.requests == []


# --- for ever


def test_a_database_that_is_away_for_a_moment_does_not_end_a_service(
    web, crawl, monkeypatch
):
    looks = []

    def select_feeds(*choice):
        looks.append(choice)
        if len(looks) == 2:
            raise OperationalError("gone away")
        if len(looks) == 3:
            raise CommandError("the database can't be read")
        if len(looks) == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return []

    monkeypatch.setattr(crawl_command, "select_feeds", select_feeds)
    monkeypatch.setattr(crawl_command, "PAUSE_S", 0)
    out = StringIO()
    call_command("crawl", forever=True, stdout=out)
    assert (len(looks), out.getvalue()) == (4, "stopped\n")


def test_a_service_keeps_to_its_hosts_budgets_from_round_to_round(
    web, crawl, settings, monkeypatch
):
    settings.CRAWLER_HOST_LIMITS = {"*": (1, 2)}
    settings.CRAWLER_HOST_PATIENCE_S = 0
    rounds = []

    def select_feeds(*choice):
        rounds.append(choice)
        Feed.objects.update(next_fetch_at=timezone.now())
        if len(rounds) == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        return list(Feed.objects.all()) if len(rounds) > 1 else []

    publish(web, "a")
    monkeypatch.setattr(crawl_command, "select_feeds", select_feeds)
    monkeypatch.setattr(crawl_command, "PAUSE_S", 0)
    call_command("crawl", forever=True, stdout=StringIO())
    assert web.paths() == ["/feed", "/robots.txt"]


# --- only what is due


def test_only_feeds_that_are_due_are_crawled_for_cron(crawl, web):
    due, later = publish(web, "a"), publish(web, "b", path="/later")
    Feed.objects.filter(pk=later.pk).update(
        next_fetch_at=timezone.now() + timedelta(hours=1)
    )
    assert [feed["feed"] for feed in crawl(due=True).report["feeds"]] == [due.pk]
    assert run_due() == "no feed is due\n"


def test_only_one_such_run_is_at_work_at_a_time(web, settings):
    publish(web, "a")
    with holding(settings.RUN_DIR / LOCK):
        assert run_due() == "another crawl --due or --forever is at work\n"
    assert not Article.objects.exists()


def test_a_run_that_was_killed_is_in_nobodys_way(tmp_path):
    with holding(tmp_path / "lock"), only_one(tmp_path / "lock") as is_free:
        assert not is_free  # and ``holding`` asserts that it is free after the kill


HOLD = """
import os, sys, time
from pathlib import Path
from articles.crawler.lock import only_one
with only_one(Path(sys.argv[1])) as is_free:
    child = os.fork()  # as the pool's processes: it lives on when its parent is killed
    if child:
        print(child, flush=True)
    time.sleep(60)
"""


@contextlib.contextmanager
def holding(path):
    """Another process, and its child, hold the lock, until the former is killed."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        child = int(holder.stdout.readline())
        yield
        holder.kill()
        holder.wait()
        with only_one(path) as is_free:
            os.kill(child, signal.SIGKILL)
        assert is_free


def run_due():
    out = StringIO()
    call_command("crawl", due=True, stdout=out)
    return out.getvalue()
