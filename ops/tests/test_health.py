"""The health pages. Their probes run in threads of their own, so rows are committed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError, connection, connections
from django.db.backends.signals import connection_created
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string
from health_check.exceptions import ServiceWarning

from articles import counts
from articles.health import Feeds, FeedSilence
from articles.models import Article
from articles.tests.factories import make_article, make_feed
from articles.text import ArticleText
from ops import health
from tokenization import pruning, services
from tokenization.health import CacheCoverage
from tokenization.models import TokenizationCache
from tokenization.stanza.lemmas import Lemmatizer
from zeeguu.tests.test_imports import imports

LIVE, READY, ALL = "/health/live", "/health/ready", "/health/"

committed = pytest.mark.django_db(transaction=True)


def probe(client, url=ALL, status=200):
    """The checks' answers by name, from the JSON page."""
    response = client.get(url, headers={"accept": "application/json"})
    assert response.status_code == status, response.content
    return {name.split("(")[0]: text for name, text in response.json().items()}


@pytest.fixture
def opened():
    """The database connections that were opened in other threads since the start."""
    found, test_thread = [], threading.get_ident()

    def note(sender, connection, **kwargs):
        if threading.get_ident() != test_thread:
            found.append(connection)

    connection_created.connect(note)
    yield found
    connection_created.disconnect(note)


@pytest.fixture
def unapplied():
    """A database that lacks a migration, as between a deployment and its migrate."""
    rows = MigrationRecorder.Migration.objects.filter(app="tokenization")
    name = rows.latest("name").name
    rows.filter(name=name).delete()
    yield f"tokenization.{name}"
    MigrationRecorder(connection).record_applied("tokenization", name)


@pytest.fixture
def no_database(monkeypatch):
    """No thread gets a new connection; the test keeps its own."""

    def connect(self):
        raise OperationalError("can't connect to 10.1.2.3 as ada")

    connection.ensure_connection()
    monkeypatch.setattr(type(connections["default"]), "connect", connect)


def of_apps():
    """The checks that apps bring."""
    return [check for name in settings.HEALTH_CHECKS for check in import_string(name)]


@pytest.mark.parametrize("app", ["articles", "tokenization", "learners"])
def test_all_checks_that_an_app_has_are_shown(app):
    module = f"{app}.health"
    known = import_module(module) if find_spec(module) else None
    checks = {
        found
        for found in vars(known or object).values()
        if isinstance(found, type) and found.__module__ == module
    }
    shown = {check for check in health.EVERYTHING if not isinstance(check, str)}
    assert checks == {check for check in shown if check.__module__ == module}


def test_who_shows_the_checks_knows_none_of_the_apps():
    source = Path(health.__file__).read_text()
    assert {name.partition(".")[0] for name in imports(source)} & {
        "articles",
        "tokenization",
        "learners",
    } == set()
    assert {check.__module__ for check in of_apps()} == {
        "articles.health",
        "tokenization.health",
        "learners.health",
    }


# --- all is well


def test_live_answers_without_a_database(client):
    assert probe(client, LIVE) == {}


@committed
def test_ready_looks_at_database_migrations_and_cache(client):
    everything = {"Database": "OK", "Migrations": "OK", "Cache": "OK"}
    assert probe(client, READY) == everything


@committed
def test_all_looks_at_tokenizer_and_tokens_too(client, settings):
    settings.DICTIONARY_LICENCES = []
    answers = probe(client)
    assert list(answers) == [
        "Database",
        "Migrations",
        "Cache",
        "Tokenizer",
        "Lemmas",
        "CacheCoverage",
        "TokenizationFailures",
        "Feeds",
        "FeedSilence",
        "Delivery",
        "Dictionaries",
        "Providers",
        "Connections",
        "Workers",
    ]
    assert set(answers.values()) == {"OK"}


@committed
@pytest.mark.parametrize("url", [LIVE, READY, ALL])
def test_people_get_a_page(client, url):
    response = client.get(url, headers={"accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


@committed
@pytest.mark.parametrize("url", [LIVE, READY, ALL])
def test_probes_may_ask_by_head_and_nobody_remembers_the_answer(client, url):
    response = client.head(url)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


def test_probes_are_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(LIVE).status_code == 200
    assert client.get("/").status_code == 301


# --- something is wrong


@committed
@pytest.mark.parametrize("url", [READY, ALL])
def test_a_pending_migration_is_a_503_that_says_what_to_do(client, unapplied, url):
    answers = probe(client, url, 503)
    assert answers["Migrations"].endswith("1 migrations to apply: manage.py migrate")
    assert answers["Database"] == "OK"


@committed
@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_each_format_says_503(client, unapplied, accept):
    response = client.get(READY, headers={"accept": accept})
    assert response.status_code == 503
    assert b"manage.py migrate" in response.content


@committed
def test_a_database_that_does_not_answer_is_a_503(client, no_database):
    answers = probe(client, READY, 503)
    assert "the database can't be read" in answers["Migrations"]
    assert answers["Database"] != "OK"
    assert "10.1.2.3" not in answers["Migrations"]


@committed
def test_all_is_a_503_without_a_database_and_still_looks_at_the_rest(
    client, no_database
):
    answers = probe(client, ALL, 503)
    assert "the database can't be read" in answers["CacheCoverage"]
    assert answers["Cache"] == "OK"


@committed
def test_a_cache_that_forgets_is_a_503(client, monkeypatch):
    monkeypatch.setattr(
        LocMemCache, "get", lambda self, key, default=None, **_: default
    )
    assert probe(client, READY, 503)["Cache"] != "OK"


@committed
def test_a_damaged_model_is_a_503_that_names_it(client, models):
    (models / "da" / "tokenize" / "compact.pt").write_bytes(b"no model at all")
    answer = probe(client, ALL, 503)["Tokenizer"]
    assert "models missing or damaged: da;" in answer
    assert str(models) not in answer
    assert probe(client, READY)["Database"] == "OK"


@committed
def test_a_feed_in_a_language_without_a_model_is_a_503(client, models):
    make_feed("da")
    make_feed("de", active=False)
    assert probe(client)["Tokenizer"] == "OK"
    make_feed("sv")
    assert "damaged: sv;" in probe(client, ALL, 503)["Tokenizer"]


@committed
def test_models_that_cannot_be_read_are_a_503(client, models):
    (models / "resources.json").write_text("nonsense")
    answer = probe(client, ALL, 503)["Tokenizer"]
    assert "the index of the models can't be read" in answer


@committed
def test_what_nobody_has_counted_yet_is_not_ok(client, monkeypatch):
    unknown = counts.Counted(None, None)
    monkeypatch.setattr(counts, "by_state", lambda *args: unknown)
    answers = probe(client)
    for check in ("CacheCoverage", "TokenizationFailures"):
        assert "the articles are being counted" in answers[check]


@committed
def test_low_coverage_is_a_warning_that_names_the_language(client, stub):
    services.fill([make_article() for _ in range(9)])
    make_article()
    assert probe(client)["CacheCoverage"] == "OK"
    make_article()
    answer = probe(client)["CacheCoverage"]
    assert "fresh tokens below 90 %: da 82%" in answer
    assert "manage.py pretokenize" in answer


@committed
def test_lemmas_that_nobody_has_made_are_a_warning(client, monkeypatch, tmp_path):
    make_feed("pl")
    monkeypatch.setattr(services, "lemmatizer", lambda: Lemmatizer(tmp_path))
    answer = probe(client)["Lemmas"]
    assert "lemmas missing or damaged: pl; make them with: manage.py" in answer
    Lemmatizer(tmp_path).build("pl")
    assert probe(client)["Lemmas"] == "OK"


@committed
def test_a_warning_does_not_hide_an_error(client, models):
    make_article()
    (models / "resources.json").unlink()
    probe(client, ALL, 503)


@committed
def test_articles_that_failed_are_a_warning_with_their_number(client, stub):
    stub.bad.add("bad")
    for feed in (make_feed("de"), make_feed("de")):
        services.fill([make_article(title="bad", feed=feed)])
    answer = probe(client)["TokenizationFailures"]
    assert "could not be tokenized: de 2;" in answer


@committed
def test_coverage_tells_what_was_pruned_and_does_not_warn_of_it(client, stub):
    articles = [make_article() for _ in range(4)]
    services.fill(articles)
    caches = TokenizationCache.objects.filter(article__in=articles[:2])
    for _ in pruning.prune(pruning.plan(caches)):
        pass
    assert probe(client)["CacheCoverage"] == "OK"
    make_article()
    answer = probe(client)["CacheCoverage"]
    assert "fresh tokens below 90 %: da 40% (40% pruned)" in answer


@committed
def test_a_busy_tokenizer_is_well(client, monkeypatch):
    tagger = services.engine().load("da")
    at_work, may_end = threading.Event(), threading.Event()

    def work(*args):
        at_work.set()
        may_end.wait(10)
        raise RuntimeError("enough")

    monkeypatch.setattr(tagger, "model", work)
    with ThreadPoolExecutor(1) as pool:
        text = pool.submit(services.prepare, [ArticleText("Hej", "", ())], "da")
        at_work.wait(10)
        assert probe(client)["Tokenizer"] == "OK"
        assert not text.done()
        may_end.set()


def ago(**time):
    return timezone.now() - timedelta(**time)


def make_gone(title, **time):
    return make_feed(
        title=title, active=False, last_status="gone", last_fetched_at=ago(**time)
    )


@committed
def test_feeds_that_keep_failing_are_named(client):
    make_feed(title="Seldom", consecutive_failures=2)
    make_feed(title="Paused", consecutive_failures=9, active=False)
    assert probe(client)["Feeds"] == "OK"
    make_feed(title="Often", consecutive_failures=3)
    answer = probe(client)["Feeds"]
    assert "failed 3 times or more in a row: Often; the admin's" in answer


@committed
def test_feeds_that_are_gone_are_named_for_a_week(client):
    make_gone("Old", days=8)
    assert probe(client)["Feeds"] == "OK"
    make_gone("New", days=6)
    assert "gone in the last 7 days: New;" in probe(client)["Feeds"]


@committed
def test_only_five_feeds_are_named(client):
    for number in range(7):
        make_feed(title=f"No {number}", consecutive_failures=3)
    assert ": No 0, No 1, No 2, No 3, No 4 and 2 more;" in probe(client)["Feeds"]


@committed
@pytest.mark.parametrize(
    "form", ["", "json", "text", "atom", "rss", "openmetrics"], ids=str
)
def test_the_name_of_a_feed_is_only_text_in_each_format(client, form):
    hostile = "<script>alert(1)</script>\n\x1b[31m\u202eevil\x85"
    make_feed(title=hostile, consecutive_failures=3)
    make_feed(title=hostile, last_new_at=ago(days=8))
    headers = {"accept": "text/html"}
    response = client.get(ALL, {"format": form}, headers=headers)
    page = response.content.decode()
    assert not {"\x1b", "\u202e", "\x85"} & set(page)
    if form not in ("json", "text"):  # which no browser takes for HTML
        assert "<script>alert" not in page
    else:
        assert "</script>[31mevil" in page


@committed
def test_silent_feeds_are_named(client):
    make_feed(title="Lively", last_new_at=ago(days=6))
    assert probe(client)["FeedSilence"] == "OK"
    make_feed(title="Quiet", last_new_at=ago(days=8))
    answer = probe(client)["FeedSilence"]
    assert answer.endswith("no new article for readers for 7 days: Quiet")


@committed
def test_a_language_of_which_all_feeds_are_silent_is_named(client):
    for language in ("da", "sv", "sv"):
        make_feed(language, last_new_at=ago(days=8))
    make_feed("da")
    assert probe(client)["FeedSilence"].endswith("; all feeds of a language: sv")


@committed
def test_a_language_without_fresh_articles_is_named(client):
    make_feed("sv")  # never visited yet
    feed = make_feed("da", last_fetched_at=ago(days=3))
    article = make_article(feed=feed, broken="paywall")
    answer = probe(client)["Delivery"]
    assert "no listed article of the last 48 hours: da;" in answer
    Article.objects.filter(pk=article.pk).update(broken="")
    assert probe(client)["Delivery"] == "OK"


# --- what it costs


@committed
@pytest.mark.parametrize("url", [READY, ALL])
def test_probes_leave_no_connection_open(client, opened, url):
    make_feed()
    probe(client, url)
    assert opened
    assert [c for c in opened if c.connection is not None] == []


@committed
def test_failing_probes_leave_no_connection_open(client, opened, unapplied, stub):
    make_article()
    probe(client, ALL, 503)
    assert [c for c in opened if c.connection is not None] == []


@pytest.mark.django_db
def test_a_probe_leaves_its_threads_own_connection_alone(settings):
    settings.DICTIONARY_LICENCES = []
    connection.ensure_connection()
    for check in (health.Migrations, *of_apps()):
        check().run()
        assert connection.connection is not None


@pytest.mark.django_db
def test_more_articles_cost_no_more_queries(stub):
    def queries():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            CacheCoverage(minimum_percent=0).run()
        return len(captured)

    make_article()
    few = queries()
    for language in ("da", "de", "de"):
        make_article(feed=make_feed(language))
    assert queries() == few <= 3


@pytest.mark.django_db
@pytest.mark.parametrize(("check", "most"), [(Feeds, 3), (FeedSilence, 3)])
def test_more_feeds_cost_no_more_queries(check, most):
    def queries():
        with (
            CaptureQueriesContext(connection) as captured,
            pytest.raises(ServiceWarning),
        ):
            check().run()
        return len(captured)

    make_feed(last_new_at=ago(days=9), consecutive_failures=3)
    few = queries()
    for language in ("da", "de", "sv"):
        make_feed(language, last_new_at=ago(days=9), consecutive_failures=3)
    assert queries() == few == most
