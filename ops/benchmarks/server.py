"""What the benches run on: a database of their own, real servers, a patient client."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
START_TIMEOUT_S = 60


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
def temporary_database():
    """Point the environment at a new SQLite database, migrated, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            SECRET_KEY="bench-" * 10,
            ALLOWED_HOSTS="127.0.0.1",
            HTTPS="False",
            DEBUG="False",
            LOG_LEVEL="ERROR",
            DATABASE_URL=f"sqlite:///{folder}/bench.sqlite3",
            DEMO_SITE_PORT=str(free_port()),
            DJANGO_SETTINGS_MODULE="ops.benchmarks.settings",
        )
        manage("migrate", "--verbosity", "0")
        yield


def manage(*arguments, **environment):
    """Run a management command in a process of its own; return its exit code."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode


@contextmanager
def running(command, port):
    """Run a server until the context ends; yields when its port answers."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def gunicorn(**environment):
    """gunicorn with the project's own settings, one worker; yields a Client."""
    port = free_port()
    os.environ.update(BIND=f"127.0.0.1:{port}", GUNICORN_MAX_REQUESTS="0")
    os.environ.update(environment)
    binary = str(Path(sys.executable).parent / "gunicorn")
    command = [binary, "-c", "zeeguu/gunicorn.conf.py", "zeeguu.wsgi"]
    with running([*command, "--log-level", "error"], port):
        yield Client(port)


class Client:
    """One connection that is kept open, as a browser's is."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path, **headers):
        """Return (body, seconds); raises RuntimeError unless the status is 200."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: status {answer.status}: {body[:200]!r}")
        return body, time.perf_counter() - started

    def median_ms(self, path, times, warm_up):
        """Median time of a request in milliseconds, the first warm_up not counted."""
        seconds = [self.get(path)[1] for _ in range(warm_up + times)][warm_up:]
        return statistics.median(seconds) * 1000


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
