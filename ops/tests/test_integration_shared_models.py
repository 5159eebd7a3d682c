"""Models are loaded once, before the fork, and work in every worker after it."""

import os
import re
import signal
import subprocess
import sys
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from ops.tests.clients import children, wait_until
from ops.tests.serving import serving
from tokenization.stanza.engine import Engine

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

WORKERS = 4
LANGUAGES = ("da", "de", "fr", "ru", "sv")
MODELS = len(Engine(settings.STANZA_RESOURCES_DIR).languages())
TEXTS = {"da": "Hej med dig. Hej.", "ru": "Он сказал: «Да»."}
PATIENCE_S = 60


@pytest.fixture
def env(tmp_path):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ops.tests.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "GUNICORN_WORKERS": str(WORKERS),
        "GUNICORN_THREADS": "8",
    }


def tokenize(server, language):
    text = urllib.parse.quote(TEXTS.get(language, "Ja."))
    answer = server.get_json(f"/bench/tokenize/{language}/?text={text}")
    return answer["pid"], answer["sentences"]


def tokenize_everywhere(server, calls=200):
    """Many calls at once in several languages; returns the workers that answered."""
    with ThreadPoolExecutor(24) as pool:
        languages = [LANGUAGES[number % len(LANGUAGES)] for number in range(calls)]
        answers = [pool.submit(tokenize, server, code) for code in languages]
        # A worker that hangs would let this run out.
        found = [answer.result(timeout=PATIENCE_S) for answer in answers]
    for code in LANGUAGES:
        of_code = [s for (_, s), c in zip(found, languages, strict=True) if c == code]
        assert all(sentences == of_code[0] for sentences in of_code)
    return {pid for pid, _ in found}


def test_four_workers_tokenize_in_many_languages_and_threads(env):
    with serving(env) as server:
        pids = set()
        for _ in range(20):  # a worker may begin when the first calls are answered
            pids |= tokenize_everywhere(server)
            if len(pids) == WORKERS:
                break
        assert len(pids) == WORKERS
        assert f"{MODELS} tokenizer models loaded" in "".join(server.log)


def test_workers_share_the_masters_models(env):
    """None has loaded its own: what it shares is more than what it has for itself."""
    with serving(env) as server:
        pids = tokenize_everywhere(server)
        for pid in pids:
            memory = rollup(pid)
            assert memory["Private_Dirty"] < memory["Rss"] / 2


def test_a_reload_and_recycled_workers_tokenize_too(env):
    recycling = {**env, "GUNICORN_MAX_REQUESTS": "40"}
    with serving(recycling) as server:
        pids = tokenize_everywhere(server, calls=100)
        server.process.send_signal(signal.SIGHUP)
        for _ in range(60):  # one is replaced at a time
            pids |= tokenize_everywhere(server, calls=100)
            if len(pids) > 2 * WORKERS:
                break
        assert len(pids) > 2 * WORKERS
        assert server.end() == 0


def test_without_preloading_no_worker_has_torch_until_it_tokenizes(env):
    with serving({**env, "TOKENIZER_PRELOAD": "none"}) as server:
        wait_until(lambda: len(children(server)) == WORKERS)
        pids = children(server)
        assert not any(map(has_torch, pids))
        pid, _ = tokenize(server, "da")
        assert [has_torch(other) for other in pids] == [other == pid for other in pids]


def test_loading_the_models_needs_no_django_and_starts_no_thread(env):
    code = (
        "import gc, os, sys; from tokenization import tokenizer;"
        f"assert len(tokenizer.preload()) == {MODELS};"
        "assert gc.get_freeze_count() > 10_000;"
        "assert 'django.db' not in sys.modules and 'django.conf' not in sys.modules;"
        "assert 'simplemma' not in sys.modules;"
        "assert len(os.listdir('/proc/self/task')) == 1"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=env)
    assert done.returncode == 0


def test_a_damaged_model_does_not_keep_the_service_from_starting(env, models):
    (models / "da" / "tokenize" / "compact.pt").write_bytes(b"not a model")
    with serving({**env, "STANZA_RESOURCES_DIR": str(models)}) as server:
        assert server.get("/health/live")[0] == 200
        assert "Not preloaded: can't load" in "".join(server.log)


def test_a_language_code_that_is_none_stops_the_start(env):
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "zeeguu/gunicorn.conf.py", "a:b"],
        cwd=settings.BASE_DIR,
        env={**env, "TOKENIZER_PRELOAD": "Danish"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode != 0
    assert "TOKENIZER_PRELOAD: 'Danish'" in done.stderr


def has_torch(pid):
    with open(f"/proc/{pid}/maps") as file:
        return "libtorch" in file.read()


def rollup(pid):
    """A process's memory in kB, by the kernel's names."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return {
            name: int(kb) for name, kb in re.findall(r"(\w+): +(\d+) kB", file.read())
        }
