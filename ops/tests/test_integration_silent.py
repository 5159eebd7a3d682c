"""What becomes of commands and workers whose servers are gone, or only silent."""

import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.conf import settings

from articles.crawler.web.errors import HostBusy
from articles.crawler.web.redis_hosts import RedisHostBudget
from articles.tests.site import Site, find_port
from ops.probe import is_live
from ops.tests.clients import wait_until
from ops.tests.silent import own_redis, silent_rabbitmq, silent_server

# On a database of their own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

TIMEOUT_S = 2
# What docs/connections.md says, and the command's own start on a busy machine.
LIMIT_S = 5 * TIMEOUT_S + 15


@pytest.fixture(scope="module")
def installed(migrated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("silent")
    site = Site(folder, find_port(), migrated)
    site.env |= {"BROKER_TIMEOUT_S": str(TIMEOUT_S), "RUN_DIR": str(folder / "run")}
    assert site.run("load_default_feeds", "--language", "da")[0] == 0
    return site


@pytest.fixture
def site(installed):
    before = installed.env
    installed.env = dict(before)
    yield installed
    installed.env = before


@contextmanager
def gone(folder):
    yield f"127.0.0.1:{find_port()}"


@contextmanager
def silent(folder):
    with silent_server() as port:
        yield f"127.0.0.1:{port}"


@contextmanager
def frozen(folder):
    with own_redis(folder) as server:
        server.freeze()
        yield f"127.0.0.1:{server.port}"


@contextmanager
def silent_when_connected(folder):
    with silent_rabbitmq() as port:
        yield f"127.0.0.1:{port}"


BROKERS = [("redis", gone), ("redis", silent), ("redis", frozen)]
BROKERS += [("amqp", gone), ("amqp", silent), ("amqp", silent_when_connected)]


def end_of(site, *command, **variables):
    """Exit code, standard error, and seconds."""
    began = time.monotonic()
    done = subprocess.run(
        site.command(*command),
        env={**site.env, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stderr, time.monotonic() - began


@pytest.mark.parametrize(("scheme", "state"), BROKERS)
def test_a_distributed_crawl_ends_when_its_broker_does_not_answer(
    site, tmp_path, scheme, state
):
    site.make_due(most_articles=1)
    with state(tmp_path) as server:
        url = f"{scheme}://user:secret@{server}/"
        ended = end_of(site, "crawl", "--distributed", CELERY_BROKER_URL=url)
    code, error, seconds = ended
    assert code == 2, error
    why = "Connection refused" if state is gone else f"no answer in {TIMEOUT_S} s"
    assert error == (
        f"CommandError: the queue at {scheme}://{server} can't be reached: {why};"
        " see CELERY_BROKER_URL\n"
    )
    assert seconds < LIMIT_S
    claimed = "SELECT count(*) FROM articles_feed WHERE claimed_until IS NOT NULL"
    assert site.query(claimed) == [(0,)]


@pytest.mark.parametrize(
    "command",
    [
        ["crawl", "--distributed"],
        ["crawl"],
        ["cache_stats"],
        ["ensure_admin"],
        ["check", "--database", "default"],
    ],
    ids=" ".join,
)
def test_a_command_ends_when_its_database_does_not_answer(site, command):
    pytest.importorskip("MySQLdb")
    with silent_server() as port:
        url = f"mysql://root@127.0.0.1:{port}/zeeguu"
        code, error, seconds = end_of(site, *command, DATABASE_URL=url)
    assert code == 2
    assert error.count("\n") == 1, error
    assert "database can't be" in error
    assert seconds < 40


def test_a_hosts_budget_is_refused_when_redis_is_silent(settings):
    settings.BROKER_TIMEOUT_S = 1
    began = time.monotonic()
    with silent_server() as port:
        budget = RedisHostBudget(f"redis://127.0.0.1:{port}/0", {}, patience_s=3)
        with pytest.raises(HostBusy, match="no answer about its budget"):
            budget.slot("news.example").__enter__()
    assert 0.9 < time.monotonic() - began < 5


def test_the_probe_of_a_silent_server_has_an_end():
    began = time.monotonic()
    with silent_server() as port:
        assert not is_live(f"127.0.0.1:{port}", "localhost")
    assert time.monotonic() - began < 10


@contextmanager
def celery(site, folder, *arguments):
    """One of Celery's processes; yields its log."""
    log = folder / f"{arguments[0]}.log"
    command = [sys.executable, "-m", "celery", "-A", "zeeguu", *arguments]
    with (
        log.open("w") as output,
        subprocess.Popen(
            [*command, "--loglevel", "INFO"],
            cwd=settings.BASE_DIR,
            env=site.env,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            yield log
        finally:
            process.terminate()


@pytest.mark.parametrize("outage", ["killed", "frozen"])
def test_workers_and_beat_come_back_when_their_broker_does(site, tmp_path, outage):
    site.query("UPDATE articles_feed SET next_fetch_at = '2100-01-01'")
    with own_redis(tmp_path) as server:
        site.env |= {"CELERY_BROKER_URL": server.url, "CRAWL_INTERVAL_S": "1"}
        site.env |= {"TOKENIZER_PRELOAD": "none"}
        queues = ["--queues", "crawl", "--concurrency", "1"]
        beat = ["beat", "--schedule", str(tmp_path / "beat")]
        with (
            celery(site, tmp_path, "worker", *queues) as log,
            celery(site, tmp_path, *beat),
        ):
            wait_until(lambda: done(log) >= 2)
            server.kill() if outage == "killed" else server.freeze()
            time.sleep(3 * TIMEOUT_S)
            before = done(log)
            server.start() if outage == "killed" else server.thaw()
            wait_until(lambda: done(log) >= before + 3, 90)
            assert "Traceback" not in log.read_text() or outage == "killed"


def done(log):
    return log.read_text().count("succeeded")
