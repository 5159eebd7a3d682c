"""Fixtures that tests of several apps share."""

import os
import shutil
import signal
import subprocess
import sys
from functools import cache as once
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings
from pebble.common import CONSTS
from rest_framework.test import APIClient
from selenium import webdriver

from articles import counts
from articles.crawler.web import fetchable
from articles.tests.web import Web
from learners import rates
from learners.accounts import budgets, sessions
from learners.api import filters
from learners.feed import candidates
from learners.models import User
from learners.tests.learning import make_learner
from tokenization import services, similar
from tokenization.tests.stubs import StubEngine, StubLemmatizer

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--disable-quic",
)

# What asks the run's database; others are fixtures that use one of these.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}

# A busy machine is slow now and then, and that proves nothing.
hypothesis_settings.register_profile("zeeguu", deadline=None)
hypothesis_settings.load_profile("zeeguu")


def pytest_sessionstart():
    """Make what a fresh clone lacks: WhiteNoise warns, and warnings are errors.

    Before the tests are collected, since some make the application as they are read.
    """
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # A job in the background ignores Ctrl-C, and so would what its tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by themselves the tests that need no second run on another database.

    Before pytest deselects by marks, which it does last.
    """
    for item in items:
        if not asks_database(item):
            item.add_marker(pytest.mark.nodb)


def asks_database(item: pytest.Item) -> bool:
    """Whether a test may turn out differently on another database of the run's.

    Processes of integration tests may open it, and one that is skipped may be so
    because of its kind.
    """
    marks = {mark.name for mark in item.iter_markers()}
    if marks & {"django_db", "integration", "skipif", "anydb"}:
        return True
    return not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """A file for SQLite: in memory, threads don't wait for each other's locks."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        database.setdefault("TEST", {})["NAME"] = str(name)


@pytest.fixture(autouse=True, scope="session")
def quick():
    """What every crawl does anew is done in a moment: hundreds of tests crawl."""
    httpx.create_ssl_context = once(httpx.create_ssl_context)
    # Seconds between two looks of a pool whether it is to end.
    CONSTS.sleep_unit = 0.01


@pytest.fixture(autouse=True)
def no_counts():
    """No test may inherit what another one has counted."""
    cache.clear()
    filters.proven.clear()
    counts.quick.clear()
    similar.forget()
    candidates.forget()
    for file in settings.RUN_DIR.glob("*.sqlite3"):
        file.unlink()
    rates.of_this_process.cache_clear()
    budgets.of_host(settings.RUN_DIR).clear()


@pytest.fixture(autouse=True)
def example_names(monkeypatch):
    """Names of example.com lead to a public address; nobody asks name servers."""
    addresses = fetchable.names.addresses

    def looked_up(host, port, timeout_s):
        if host == "example.com" or host.endswith(".example.com"):
            return ["93.184.215.14"]
        return addresses(host, port, timeout_s)

    monkeypatch.setattr(fetchable.names, "addresses", looked_up)


@pytest.fixture
def stub(monkeypatch):
    """A tokenizer in place of Stanza, for the tests that are about something else."""
    engine = StubEngine()
    lemmatizer = StubLemmatizer()
    monkeypatch.setattr(services, "engine", lambda: engine)
    monkeypatch.setattr(services, "lemmatizer", lambda: lemmatizer)
    return engine


@pytest.fixture
def models(settings, tmp_path):
    """A resources directory of the test's own, with the Danish model alone."""
    bundled, target = settings.STANZA_RESOURCES_DIR, tmp_path / "models"
    shutil.copytree(bundled / "da", target / "da")
    shutil.copy(bundled / "resources.json", target)
    settings.STANZA_RESOURCES_DIR = target
    yield target


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """A database file without rows of a test's, for installations to begin with."""
    file = tmp_path_factory.mktemp("migrated") / "db.sqlite3"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
            "DATABASE_URL": f"sqlite:///{file}",
        },
        check=True,
    )
    return file


@pytest.fixture
def web():
    """A web server that answers what the test tells it to."""
    with Web() as server:
        yield server


@pytest.fixture
def api():
    return APIClient()


@pytest.fixture
def staff_api(db):
    """A client that sends a staff member's token."""
    return client_of(User.objects.create_user("staff@example.com", is_staff=True))


@pytest.fixture
def reader_api(db):
    """A client that sends the token of somebody who may not write."""
    return client_of(User.objects.create_user("reader@example.com"))


@pytest.fixture
def learner(db):
    """Somebody who learns Danish."""
    return make_learner()


@pytest.fixture
def own(client, learner):
    """A browser in which the learner is signed in."""
    client.force_login(learner)
    return client


def client_of(user):
    client = APIClient()
    _, text = sessions.begin(user)
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        # Where the browser is part of the deal, its absence is a failure.
        require = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
        require("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (*CHROMIUM, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    with webdriver.Chrome(options, webdriver.ChromeService(driver)) as chrome:
        yield chrome
