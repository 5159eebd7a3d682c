"""A real Celery worker with its pool of processes, on a real Redis."""

import os
import signal
import subprocess
import sys
import time
from uuid import uuid4

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from articles.tests.factories import make_article
from tokenization import services
from tokenization.models import TokenizationCache
from tokenization.tests.processes import database_url

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

BROKER = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
PATIENCE_S = 60


@pytest.fixture
def broker():
    """A queue of the test's own; skips where no Redis answers, unless REQUIRE_REDIS."""
    try:
        server = redis.Redis.from_url(BROKER)
        server.ping()
    except redis.ConnectionError as exc:
        require = pytest.fail if os.environ.get("REQUIRE_REDIS") else pytest.skip
        require(f"no Redis at {BROKER}: {exc}")
    queue = f"test-{uuid4().hex}"
    with Celery(broker=BROKER) as app:  # its connections are open sockets
        yield app, queue
    server.delete(queue)
    server.close()


@pytest.fixture
def worker(broker, tmp_path):
    log = tmp_path / "worker.log"
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "zeeguu",
        "worker",
        "--queues",
        broker[1],
        "--concurrency",
        "3",
        "--max-tasks-per-child",
        "2",
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        "INFO",
        "--hostname",
        broker[1],
    ]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
                "DATABASE_URL": database_url(),
                "CELERY_BROKER_URL": BROKER,
            },
            stdout=output,
            stderr=output,
        )
    yield log
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE_S)


def test_forked_processes_tokenize_with_the_models_of_their_parent(broker, worker):
    app, queue = broker
    for language in ("da", "de", "fr", "ru", "sv"):
        for number in range(12):
            make_article(language=language, title=f"Nr. {number}")
    for _ in range(12):  # more than one process does before another takes its place
        app.send_task("tokenization.refill", kwargs={"limit": 10}, queue=queue)
    wait_until(lambda: worker.read_text().count("succeeded") == 12, worker)
    # Those at once may have wanted the same articles, and left some to the next one.
    app.send_task("tokenization.refill", queue=queue)
    wait_until(lambda: worker.read_text().count("succeeded") == 13, worker)
    assert TokenizationCache.objects.filled().count() == 60
    number = len(services.engine().languages())
    assert f"{number} tokenizer models loaded" in worker.read_text()
    assert "Traceback" not in worker.read_text()


def wait_until(is_so, log):
    """A worker that hangs never gets there."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        connection.close()
        time.sleep(0.1)
