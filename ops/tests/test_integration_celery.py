"""Celery's processes and their connections."""

import pytest
from django.conf import settings
from django.db import connection

from ops.database import ledger
from tokenization.tests.test_integration_celery import (  # noqa: F401 - fixtures
    broker,
    wait_until,
    worker,
)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has no pool"),
]


def test_no_connection_is_held_between_tasks(broker, worker):  # noqa: F811
    app, queue = broker
    for _ in range(4):
        app.send_task("tokenization.refill", queue=queue)
    wait_until(lambda: worker.read_text().count("succeeded") == 4, worker)
    wait_until(lambda: celery() and not in_use(), worker)


def celery():
    processes, _, _ = ledger.read(settings.RUN_DIR)
    return [process for process in processes if process["role"] == "celery"]


def in_use():
    return sum(process["checked_out"] for process in celery())
