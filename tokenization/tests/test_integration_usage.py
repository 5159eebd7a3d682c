"""Real processes: the thread that writes, the fork, and the end."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

PATIENCE_S = 60
BEGINNING = """
import os, sys, time
import django
django.setup()
from django.conf import settings
from tokenization import usage as module
from tokenization.models import TokenizationCache
from tokenization.usage import usage
settings.TOKENIZATION_USAGE_THREAD = True
pk = int(sys.argv[1])

def await_reads():
    while not TokenizationCache.objects.get().reads:
        time.sleep(0.01)
"""


def run(script, row):
    """Run a script in a process of its own, on the test's database."""
    url = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{url['NAME']}"
    else:
        address = f"mysql://{url['USER']}@{url['HOST']}:{url['PORT']}/{url['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + script, str(row.pk)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    row.refresh_from_db()
    return row.reads


def test_a_thread_writes_by_itself():
    script = """
module.USAGE_FLUSH_S = 0.01
usage.read(pk)
await_reads()
os._exit(0)  # nothing is written at this end
"""
    assert run(script, make_row()) == 1


def test_what_is_counted_last_is_written_at_the_end():
    assert run("usage.read(pk)", make_row()) == 1


def test_a_forked_child_counts_and_writes_for_itself():
    script = """
usage.read(pk)  # starts a thread, which the child does not have
child = os.fork()
if child == 0:
    module.USAGE_FLUSH_S = 0.01
    usage.read(pk)
    await_reads()
    os._exit(0)
os.waitpid(child, 0)
"""
    assert run(script, make_row()) == 2
