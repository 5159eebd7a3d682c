"""gunicorn's settings: ``gunicorn -c zeeguu/gunicorn.conf.py zeeguu.wsgi``."""

import importlib
import os
import sys
import threading
from typing import Any

from django.conf import settings

from ops.gunicorn.recycling import Limits, Recycling
from ops.gunicorn.workers import Roster, say_farewell
from zeeguu.base.env import ending_in_one_line, env_bind, env_int, env_str

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zeeguu.settings")
with ending_in_one_line():
    importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    from ops.gunicorn import processes
    from tokenization import tokenizer

    tokenizer.check()
    bind = env_bind("BIND", "127.0.0.1:8000")
    timeout = env_int("GUNICORN_TIMEOUT_S", 60, minimum=1)
    graceful_timeout = env_int("GUNICORN_GRACEFUL_TIMEOUT_S", 30, minimum=1)
    # Not gunicorn's own max_requests: workers that have served alike would all go at
    # once.
    most_requests = env_int("GUNICORN_MAX_REQUESTS", 100_000)
    limits = Limits(
        growth_mb=env_int("GUNICORN_MAX_GROWTH_MB", tokenizer.GROWTH_MB),
        age_s=env_int("GUNICORN_MAX_AGE_S", 86_400),
        requests=most_requests,
        jitter=env_int("GUNICORN_MAX_REQUESTS_JITTER", most_requests // 10),
    )
worker_class = "gthread"
workers = processes.WORKERS
threads = processes.THREADS
keepalive = 5
# As much as nginx takes, so that it is nginx who refuses: its answer can be read.
limit_request_line = 8190
# The master loads the application, and a worker is ready as soon as it is forked. It
# opens its own database connections: the pool leaves alone what it inherits.
preload_app = True
# Session keys of the web front end travel in the query string: log the path alone.
accesslog = "-" if env_str("ACCESS_LOG") else None
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
# Its path is one per user: two servers on a machine would fight over it.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Load the models before the first fork: all workers share their memory."""
    tokenizer.preload(server.log)
    server.roster = Roster(processes.RUN_DIR)
    server.recycling = Recycling(server, limits)


def on_reload(server: Any) -> None:
    """After a HUP: models whose files have changed are loaded again; code is not."""
    tokenizer.preload(server.log)
    server.recycling.begin_anew()


def pre_fork(server: Any, worker: Any) -> None:
    server.roster.starts(worker)
    server.recycling.starts(worker)


def post_worker_init(worker: Any) -> None:
    """The first worker asks the server whether there is room for all; nobody waits."""
    worker.board.set_ready()
    if worker.age == 1:
        threading.Thread(target=_check_database, args=(worker.log,)).start()


def _check_database(log: Any) -> None:
    from ops.checks import report  # noqa: PLC0415 - needs Django's settings

    report(log)


def pre_request(worker: Any, req: Any) -> None:
    """Say that the connection ends where a body may be left unread: base.bodies."""
    for name, value in req.headers:
        is_length = name == "CONTENT-LENGTH"
        if is_length and int(value) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            req.force_close()


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:
    worker.board.count(worker.nr)


def worker_exit(server: Any, worker: Any) -> None:
    say_farewell(worker)
    if pool := sys.modules.get("ops.database.pool"):
        pool.dispose_all()


def child_exit(server: Any, worker: Any) -> None:
    server.roster.has_ended(worker)
