"""gunicorn's settings: ``gunicorn -c zeeguu/gunicorn.conf.py zeeguu.wsgi``."""

import sys
import threading

from ops.workers import Roster, say_farewell
from zeeguu import processes, tokenizer
from zeeguu.env import env_int, env_str

bind = env_str("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = processes.WORKERS
threads = processes.THREADS
timeout = env_int("GUNICORN_TIMEOUT_S", 60, minimum=1)
graceful_timeout = env_int("GUNICORN_GRACEFUL_TIMEOUT_S", 30, minimum=1)
max_requests = env_int("GUNICORN_MAX_REQUESTS", 500)
max_requests_jitter = env_int("GUNICORN_MAX_REQUESTS_JITTER", 50)
keepalive = 5
# A worker opens its own database connections: none may exist before the fork.
preload_app = False
# Session keys of the web front end travel in the query string: log the path alone.
accesslog = "-" if env_str("ACCESS_LOG") else None
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
# Its path is one per user: two servers on a machine would fight over it.
control_socket_disable = True


def on_starting(server):
    """Load the models before the first fork: all workers share their memory."""
    tokenizer.preload(server.log)
    server.roster = Roster(processes.RUN_DIR)


def on_reload(server):
    """After a HUP: models whose files have changed are loaded again."""
    tokenizer.preload(server.log)


def pre_fork(server, worker):
    server.roster.starts(worker)


def post_worker_init(worker):
    """The first worker asks the server whether there is room for all; nobody waits."""
    if worker.age == 1:
        threading.Thread(target=_check_database, args=(worker.log,)).start()


def _check_database(log):
    from ops.checks import report  # noqa: PLC0415 - only workers have Django

    report(log)


def worker_exit(server, worker):
    say_farewell(worker)
    if pool := sys.modules.get("ops.database.pool"):
        pool.dispose_all()


def child_exit(server, worker):
    server.roster.has_ended(worker)
