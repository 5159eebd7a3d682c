"""What the benches run on: a database of their own, real servers, a patient client."""

import http.client
import importlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import dj_database_url
import django

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
START_TIMEOUT_S = 180  # a busy machine needs a minute for the models
# A small form, of seconds: it tells that a bench runs, and its figures tell nothing.
IS_SMOKE = os.environ.get("BENCH_SMOKE", "") not in ("", "0")


def sized(full, small):
    """How much a bench does: full, or small with BENCH_SMOKE=1."""
    return small if IS_SMOKE else full


class MissingMaterial(Exception):
    """The material a bench measures with is not on this machine."""


def shared(name):
    """A folder of test material beside the project; raises MissingMaterial."""
    folder = SHARED / name
    if not folder.is_dir():
        raise MissingMaterial(f"there is no folder ../shared/{name}")
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def temporary_database(default="sqlite"):
    """Point the environment and Django at an empty database, gone afterwards.

    It is an SQLite file, or a database on the server that BENCH_DATABASE_URL names,
    or default, beside the one in that URL. Raises MissingMaterial where there is none.
    """
    given = os.environ.get("BENCH_DATABASE_URL", default)
    with _empty_database(given) as url, tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            SECRET_KEY="bench-" * 10,
            ALLOWED_HOSTS="127.0.0.1",
            HTTPS="False",
            DEBUG="False",
            LOG_LEVEL="ERROR",
            DATABASE_URL=url,
            DEMO_SITE_PORT=str(free_port()),
            RUN_DIR=folder,
            BENCH_STATIC_ROOT=f"{folder}/static",
            DJANGO_SETTINGS_MODULE="ops.benchmarks.settings",
        )
        _prepare("migrate")
        django.setup()
        yield


@contextmanager
def _empty_database(given):
    if given == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    name = f"bench_{os.getpid()}"
    _execute(given, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    finally:
        _execute(given, f"DROP DATABASE {name}")


def _execute(url, statement):
    given = dj_database_url.parse(url)
    try:
        mysql = importlib.import_module("MySQLdb")
        connection = mysql.connect(
            host=given["HOST"],
            port=given["PORT"] or 3306,
            user=given["USER"],
            password=given["PASSWORD"],
        )
    except ImportError as exc:
        raise MissingMaterial("install requirements/mysql.txt") from exc
    except mysql.OperationalError as exc:
        raise MissingMaterial(f"no MySQL, see BENCH_DATABASE_URL: {exc}") from exc
    connection.query(statement)
    connection.close()


def manage(*arguments, **environment):
    """Run a management command in a process of its own; return its exit code."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode


def _prepare(*command):
    """Run a command that nothing works without; raises RuntimeError if it fails."""
    if code := manage(*command, "--verbosity", "0"):
        raise RuntimeError(f"manage.py {' '.join(command)} ended with {code}")


@contextmanager
def running(command, port, quiet=False, **environment):
    """Run a server until the context ends; yields when its port answers.

    quiet: what it says of each request is not shown.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
    )
    try:
        _wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def gunicorn(**environment):
    """gunicorn with the project's own settings but those given; yields a Web."""
    # A fresh clone has none, and pages refuse to be shown without.
    if not Path(os.environ["BENCH_STATIC_ROOT"]).exists():
        _prepare("collectstatic", "--noinput")
    port = free_port()
    environment = {"BIND": f"127.0.0.1:{port}", **environment}
    binary = str(Path(sys.executable).parent / "gunicorn")
    command = [binary, "-c", "zeeguu/gunicorn.conf.py", "zeeguu.wsgi"]
    command += ["--log-level", "error"]
    with running(command, port, **environment) as process:
        yield Web(port, process.pid)


@dataclass(frozen=True)
class Web:
    """A running gunicorn: its port, and the process id of its master."""

    port: int
    pid: int

    def client(self):
        return Client(self.port)


class Client:
    """One connection that is kept open, as a browser's is."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path, facts=None, **headers):
        """Return (status, body, seconds); with facts it is a POST of them as JSON."""
        method, body = "GET", None
        if facts is not None:
            method, body = "POST", json.dumps(facts)
            headers["Content-Type"] = "application/json"
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        return answer.status, body, time.perf_counter() - started

    def get(self, path, **headers):
        """Return (body, seconds); raises RuntimeError unless the status is 200."""
        status, body, seconds = self.ask(path, **headers)
        if status != 200:
            raise RuntimeError(f"{path}: status {status}: {body[:200]!r}")
        return body, seconds

    def post(self, path, facts, **headers):
        """Return what is answered, read as JSON; raises RuntimeError if it refuses."""
        status, body, _ = self.ask(path, facts, **headers)
        if not 200 <= status < 300:
            raise RuntimeError(f"{path}: status {status}: {body[:200]!r}")
        return json.loads(body)

    def median_ms(self, path, times, warm_up=0, **headers):
        """Median time of a request in milliseconds, the first warm_up not counted."""
        calls = range(warm_up + times)
        seconds = [self.get(path, **headers)[1] for _ in calls][warm_up:]
        return statistics.median(seconds) * 1000

    def close(self):
        self.connection.close()


def _wait_for(port, process):
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args[0]} did not start on port {port}")
