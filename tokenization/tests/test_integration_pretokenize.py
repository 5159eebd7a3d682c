"""Real processes that share models and a backlog."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from articles.models import Article
from articles.tests.factories import make_article
from tokenization.models import TokenizationCache
from tokenization.tests.processes import start_python

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

PATIENCE_S = 120
ENDING = re.compile(r"(\d+) articles tokenized")


def start(*arguments):
    return start_python("manage.py", "pretokenize", *arguments)


def finish(process):
    output, errors = process.communicate(timeout=PATIENCE_S)
    return process.returncode, output, errors


def make_articles(number):
    fragments = [("p", "Hej med dig. " * 20)]
    for count in range(number):
        language = ("da", "de", "fr")[count % 3]
        make_article(language=language, title=f"Nr. {count}", fragments=fragments)


def test_workers_share_the_backlog_and_leave_nothing():
    make_articles(160)
    code, output, errors = finish(start("--workers", "3"))
    assert (code, errors) == (0, "")
    assert "160 articles tokenized" in output
    assert TokenizationCache.objects.filled().count() == Article.objects.count() == 160


def test_two_runs_at_once_tokenize_nothing_twice():
    make_articles(200)
    first, second = start("--workers", "2"), start()
    (one, out_one, err_one), (two, out_two, err_two) = finish(first), finish(second)
    assert (one, two) == (0, 0), err_one + err_two
    done = [int(ENDING.search(output)[1]) for output in (out_one, out_two)]
    assert sum(done) == 200
    assert TokenizationCache.objects.filled().count() == 200


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent(end):
    make_articles(600)
    process = start("--workers", "2")
    children = children_at_work(process)
    process.send_signal(end)
    code, _, errors = finish(process)
    assert code == (-end if end == signal.SIGKILL else 130), errors
    assert "Traceback" not in errors
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    if end != signal.SIGKILL:
        assert not TokenizationCache.objects.claimed().exists()


def children_at_work(process):
    """The workers' ids, once they have done something."""
    for line in process.stdout:
        if "articles" in line:
            break
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return path.read_text().split()


def test_a_worker_that_is_killed_is_told_and_the_next_run_ends_the_work():
    make_articles(400)
    process = start("--workers", "2")
    os.kill(int(children_at_work(process)[0]), signal.SIGKILL)
    code, _, errors = finish(process)
    assert code == 1
    assert "worker process was killed" in errors
    assert not TokenizationCache.objects.claimed().exists()
    code, *_ = finish(start("--workers", "2"))
    assert code == 0
    assert TokenizationCache.objects.filled().count() == 400
