"""Each setting of docs/settings.md stops the start where it is wrong, in one line."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from zeeguu.tests.test_settings_page import documented

# Wrong for a setting that is a number; all others are here.
NO_NUMBER = "x"
WRONG = {
    "SECRET_KEY": "short",
    "ALLOWED_HOSTS": "https://news.example.com/",
    "DEBUG": "maybe",
    "HTTPS": "maybe",
    "HSTS_SUBDOMAINS": "maybe",
    "HSTS_PRELOAD": "maybe",
    "CSRF_TRUSTED_ORIGINS": "news.example.com",
    "CORS_ALLOWED_ORIGINS": "*",
    "DATABASE_URL": "postgres://host/name",
    "LOG_LEVEL": "LOUD",
    "DICTIONARY_LICENCES": "core,,gpl",
    "DICTIONARY_REPORT_RATE": "often",
    "SIGN_IN_RATE": "often",
    "LEARNER_RATE": "often",
    "SIGN_UP_RATE": "often",
    "MAIL_RATE": "often",
    "EMAIL_HOST": "mail.exämple.com",
    "EMAIL_HOST_USER": "ada\tb",
    "EMAIL_HOST_PASSWORD": "hunter2é",
    "DEFAULT_FROM_EMAIL": "Zeeguu\n<a@example.com>",
    "CRAWLER_USER_AGENT": "Bot/1",
    "CRAWLER_ALLOWED_HOSTS": "127.0.0.1",
    "CRAWLER_HOST_LIMITS": "a.example=many",
    "STANZA_RESOURCES_DIR": "/nowhere",
    "LEMMAS_DIR": "/dev/null/lemmas",
    "TOKENIZER_PRELOAD": "xx",
    "LIBRETRANSLATE_URL": "http://ada:hunter2@127.0.0.1:5000",
    "LIBRETRANSLATE_KEY": "hunter2é",
    "OPENAI_URL": "ftp://127.0.0.1/v1",
    "OPENAI_KEY": "hunter2é",
    "PROVIDER_HOSTS": "127.0.0.1",
    "PROVIDER_RATE": "often",
    "PROVIDER_TOTAL_RATE": "often",
    "CELERY_BROKER_URL": "127.0.0.1:6379",
    "CRAWLER_REDIS_URL": "amqp://127.0.0.1/",
    "BIND": "localhost",
    "RUN_DIR": "/dev/null/run",
    "SPEECH_DIR": "/dev/null/speech",
    "STATIC_ROOT": "/dev/null/static",
    "HEALTH_TOKEN": "hunter2ø",
}
# Of most any text will do; the last one gunicorn reads, and refuses, before us.
NEVER_WRONG = {"ACCESS_LOG", "OPENAI_MODEL", "PIPER_VOICES_DIR", "FORWARDED_ALLOW_IPS"}
ON_MYSQL = {"DATABASE_URL": "mysql://ada:hunter2@127.0.0.1:1/name"}
RIGHT = {
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": "localhost",
    "DATABASE_URL": "sqlite:///var/x.sqlite3",
    "HTTPS": "True",
}
# Reads gunicorn's configuration, and with it all settings, in a child for each case.
WALK = """
import json, os, runpy, sys
import ops.gunicorn.recycling, ops.gunicorn.workers
import tokenization.stanza.engine, zeeguu.base.env
answers = []
for case in json.load(sys.stdin):
    read, write = os.pipe()
    if not os.fork():
        os.dup2(write, 1), os.dup2(write, 2)
        os.environ.update(case)
        runpy.run_path("zeeguu/gunicorn.conf.py")
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as said:
        text = said.read()
    answers.append([os.waitstatus_to_exitcode(os.wait()[1]), text])
json.dump(answers, sys.stdout)
"""


def environment(**given):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, **RIGHT, **given}


def ended(command, **given):
    """The exit code of a command that must not start, and what it said."""
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=environment(**given),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


@pytest.mark.nodb
def test_each_setting_that_is_wrong_stops_the_start_in_one_line():
    wrong = {name: WRONG.get(name, NO_NUMBER) for name in documented()}
    wrong = {name: value for name, value in wrong.items() if name not in NEVER_WRONG}
    assert len(wrong) > 50
    pooled = ("DATABASE_POOL", "DATABASE_BREAKER", "DATABASE_CONN", "DATABASE_STATE")
    cases = [
        {**(ON_MYSQL if name.startswith(pooled) else {}), name: value}
        for name, value in wrong.items()
    ]
    done = subprocess.run(
        [sys.executable, "-c", WALK],
        cwd=settings.BASE_DIR,
        env=environment(),
        input=json.dumps([{}, ON_MYSQL, *cases]),
        capture_output=True,
        text=True,
        check=True,
    )
    right, pooled, *answers = json.loads(done.stdout)
    assert (right, pooled) == ([0, ""], [0, ""])
    for name, (code, said) in zip(wrong, answers, strict=True):
        assert (code, said.count("\n")) == (2, 1), (name, said)
        assert said.startswith("wrong setting: ") and name in said, (name, said)
        assert "hunter2" not in said


MANAGE = [sys.executable, "manage.py", "stanza_models", "list"]
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "zeeguu/gunicorn.conf.py"]
CELERY = [sys.executable, "-m", "celery", "-A", "zeeguu"]
STARTS = {
    "manage.py": MANAGE,
    "gunicorn": [*GUNICORN, "zeeguu.wsgi"],
    "worker": [*CELERY, "worker", "--queues", "crawl"],
    "beat": [*CELERY, "beat"],
}


@pytest.mark.nodb
@pytest.mark.parametrize("start", STARTS)
def test_every_server_names_a_wrong_setting_and_ends(start):
    code, said = ended(STARTS[start], CRAWLER_WORKERS="x")
    assert (code, said) == (
        2,
        "wrong setting: CRAWLER_WORKERS='x': use a whole number\n",
    )


@pytest.mark.nodb
@pytest.mark.parametrize("start", ["manage.py", "gunicorn", "worker"])
@pytest.mark.parametrize("name", ["STANZA_RESOURCES_DIR", "TOKENIZER_PRELOAD"])
def test_whoever_needs_models_names_why_there_are_none_and_ends(start, name):
    code, said = ended(STARTS[start], **{name: WRONG[name]})
    assert (code, "Traceback" in said) == (2, False)
    assert name in said.splitlines()[-1]
    remedy = "there are: da, de" if "PRELOAD" in name else "stanza_models download"
    assert remedy in said.splitlines()[-1]


@pytest.mark.nodb
@pytest.mark.parametrize(
    ("index", "why"),
    [(None, "No such file"), ("{", "is no JSON"), ("{}", "there is no model in it")],
)
def test_a_folder_without_models_is_told_from_one_that_is_not_there(
    tmp_path, index, why
):
    if index is not None:
        (tmp_path / "resources.json").write_text(index)
    code, said = ended(MANAGE, STANZA_RESOURCES_DIR=str(tmp_path))
    assert code == 2
    assert f"STANZA_RESOURCES_DIR={tmp_path} can't be used: " in said
    assert why in said


@pytest.mark.nodb
@pytest.mark.parametrize(
    ("name", "command"), [("RUN_DIR", "crawl"), ("STATIC_ROOT", "collectstatic")]
)
def test_a_folder_that_can_not_be_made_is_named(name, command):
    code, said = ended([*MANAGE[:2], command], **{name: "/proc/x"})
    assert code == 2
    assert said == f"wrong setting: {name}=/proc/x: nothing can be made in /proc\n"


@pytest.mark.nodb
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"OPENAI_URL": "http://127.0.0.1/v1"}, "OPENAI_MODEL: name the model"),
        (
            {"LIBRETRANSLATE_URL": "http://a.example", "PROVIDER_HOSTS": "b.example:1"},
            "PROVIDER_HOSTS: a.example:80, where a service is, is not among them",
        ),
        (
            {"LIBRETRANSLATE_URL": "https://a.example/?key=hunter2"},
            "without a password",
        ),
        ({"LIBRETRANSLATE_URL": "https://a.example:99999/"}, "LIBRETRANSLATE_URL: use"),
    ],
)
def test_an_address_of_a_provider_that_can_not_be_meant_is_refused(given, why):
    code, said = ended(MANAGE, **given)
    assert (code, said.count("\n")) == (2, 1)
    assert why in said
    assert "hunter2" not in said


@pytest.mark.nodb
def test_a_password_is_never_repeated():
    url = "redis://ada:hunter2@host:99999/0"
    code, said = ended(MANAGE, CELERY_BROKER_URL=url)
    assert code == 2
    assert said == "wrong setting: CELERY_BROKER_URL: use redis://host:port/…\n"
