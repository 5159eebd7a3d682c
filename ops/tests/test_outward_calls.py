"""Every outward call has an end: all are found in the code, so none is forgotten."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.nodb

# Calls that may wait for somebody else, and the arguments that end them.
TIMEOUT = {"timeout"}
ENDED_BY = {
    "http.client.HTTPConnection": TIMEOUT,
    "http.client.HTTPSConnection": TIMEOUT,
    "httpx.AsyncClient": TIMEOUT,
    "httpx.Client": TIMEOUT,
    "redis.Redis": {"socket_timeout", "socket_connect_timeout"},
    "redis.Redis.from_url": {"socket_timeout", "socket_connect_timeout"},
    "redis.from_url": {"socket_timeout", "socket_connect_timeout"},
    "smtplib.SMTP": TIMEOUT,
    "sqlite3.connect": TIMEOUT,
    "stanza.*": set(),
    "stanza.Pipeline": {"download_method"},
    "stanza.download": set(),
    "socket.create_connection": TIMEOUT,
    "subprocess.call": TIMEOUT,
    "subprocess.check_call": TIMEOUT,
    "subprocess.check_output": TIMEOUT,
    "subprocess.run": TIMEOUT,
    "urllib.request.urlopen": TIMEOUT,
}
# Modules that lead outwards. What is called of them is above, or harmless, or below.
OUTWARD = """
    MySQLdb aiohttp amqp asyncio celery django.core.mail ftplib http.client httpcore
    httpx imaplib kombu poplib pymysql redis requests smtplib socket sqlite3 ssl
    subprocess telnetlib urllib.request urllib3 websockets
"""
HARMLESS = re.compile(
    r"""
      .*Error | celery\.shared_task | celery\.signals\.\w+\.connect
    | httpcore\.(ReadTimeout|SyncBackend)
    | httpx\.(Cookies|Headers|Timeout|URL|create_ssl_context)
    | socket\.(gethostname|inet_\w+)
    """,
    re.VERBOSE,
)
# Those that have an end of another kind, and where it is.
COMMANDS = "tokenization/management/commands"
OTHERWISE = {
    ("articles/crawler/web/fetch.py", "httpcore.ConnectionPool"): "Deadline",
    ("articles/crawler/web/names.py", "socket.getaddrinfo"): "who waits gives up",
    (f"{COMMANDS}/stanza_models.py", "requests.*"): "its exceptions alone",
    (f"{COMMANDS}/stanza_models.py", "stanza.*"): "a process that is killed",
    ("learners/accounts/mails.py", "django.core.mail.send_mail"): "EMAIL_TIMEOUT",
    ("zeeguu/celery.py", "celery.Celery"): "test_the_broker_s_clients_have_ends",
}


def sources():
    """The code that runs in production, as (path, tree)."""
    for path in sorted(settings.BASE_DIR.glob("*/**/*.py")):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if name.startswith(("ops/benchmarks/", ".")) or "/tests/" in name:
            continue
        yield name, ast.parse(path.read_text("utf-8"))


def imported(tree):
    """What each name of a module stands for, such as {"run": "subprocess.run"}."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def calls(tree):
    """Each call of something imported: its full name, and its keyword arguments."""
    names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = ast.unparse(node.func).partition(".")
            given = {keyword.arg for keyword in node.keywords}
            if first in names:
                yield names[first] + dot + rest, given
            if rest == "import_module" and isinstance(node.args[0], ast.Constant):
                yield f"{node.args[0].value}.*", given


def without_end(tree, path=""):
    """Outward calls in a module that nothing ends, or that nobody has looked at."""
    modules = tuple(f"{module}." for module in OUTWARD.split())
    for name, given in calls(tree):
        is_outward = name in ENDED_BY or name.startswith(modules)
        is_ended = bool(ENDED_BY.get(name)) and ENDED_BY[name] <= given
        is_known = HARMLESS.fullmatch(name) or (path, name) in OTHERWISE
        if is_outward and not is_ended and not is_known:
            yield name


def test_every_outward_call_has_an_end():
    found = {path: list(without_end(tree, path)) for path, tree in sources()}
    assert {path: names for path, names in found.items() if names} == {}
    assert len(found) > 100


def test_a_mail_server_that_is_silent_is_given_up():
    assert 0 < settings.EMAIL_TIMEOUT <= 60


@pytest.mark.parametrize(
    "code",
    [
        "import httpx\nhttpx.get('http://x')",
        "import httpx as h\nh.Client()",
        "from redis import Redis\nRedis.from_url('redis://x', socket_timeout=5)",
        "from subprocess import run\nrun(['x'])",
        "import urllib.request\nurllib.request.urlopen('http://x')",
        "import importlib\nimportlib.import_module('requests').get('http://x')",
        "import requests\nrequests.get('http://x')",
        "import socket\nsocket.socket().connect(('x', 1))",
        "import MySQLdb\nMySQLdb.connect()",
        "from django.core.mail import send_mail\nsend_mail()",
    ],
)
def test_a_new_call_without_an_end_is_found(code):
    assert [*without_end(ast.parse(code))]


def test_a_call_with_an_end_is_none():
    code = "import subprocess\nsubprocess.run(['x'], timeout=5)"
    assert not [*without_end(ast.parse(code))]


def test_the_exceptions_are_still_there():
    there = {(path, name) for path, tree in sources() for name, _ in calls(tree)}
    assert set(OTHERWISE) <= there


def test_one_place_sends_to_the_broker():
    """test_integration_silent.py tries the one command that uses it."""
    senders = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("delay", "apply_async", "send_task", "connection_for_write")
    }
    assert senders == {"articles/tasks.py"}
    users = {
        path for path, tree in sources() if "articles.tasks" in str(imported(tree))
    }
    assert users == {"articles/management/commands/crawl.py"}


# --- clients that settings make


def test_the_broker_s_clients_have_ends(monkeypatch):
    redis = broker_settings("redis://127.0.0.1:6379/0", monkeypatch)
    assert redis["CELERY_BROKER_TRANSPORT_OPTIONS"]["socket_timeout"] == 7
    assert redis["CELERY_BROKER_TRANSPORT_OPTIONS"]["socket_connect_timeout"] == 7
    rabbitmq = broker_settings("amqp://127.0.0.1//", monkeypatch)
    assert rabbitmq["CELERY_BROKER_TRANSPORT_OPTIONS"] == {
        "read_timeout": 7,
        "write_timeout": 7,
        "confirm_publish": True,
    }
    for each in (redis, rabbitmq):
        assert each["CELERY_BROKER_CONNECTION_TIMEOUT"] == 7
        assert each["CELERY_TASK_PUBLISH_RETRY_POLICY"]["max_retries"] == 1
        assert each["CELERY_TASK_TIME_LIMIT"] > 0
        # None: workers and beat go on trying.
        assert each["CELERY_BROKER_CONNECTION_MAX_RETRIES"] is None


def broker_settings(url, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    monkeypatch.setenv("BROKER_TIMEOUT_S", "7")
    path = Path(settings.BASE_DIR) / "zeeguu" / "settings.py"
    names = {"__file__": str(path), "__name__": "settings_under_test"}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), names)
    return names


def test_the_database_has_ends():
    options = settings.DATABASES["default"]["OPTIONS"]
    ends = ("connect_timeout", "read_timeout", "write_timeout")
    assert options.get("timeout") or all(options.get(end) for end in ends)


def test_the_cache_is_of_this_host_or_has_ends():
    for cache in settings.CACHES.values():
        backend, options = cache["BACKEND"], cache.get("OPTIONS", {})
        is_ours = backend.endswith(("LocMemCache", "FileBasedCache", "DummyCache"))
        assert is_ours or {"socket_timeout", "socket_connect_timeout"} <= set(options)


def test_mail_has_an_end():
    assert settings.EMAIL_TIMEOUT
