"""gunicorn's settings: ``gunicorn -c zeeguu/gunicorn.conf.py zeeguu.wsgi``."""

from zeeguu import tokenizer
from zeeguu.env import env_int, env_str

bind = env_str("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = env_int("GUNICORN_WORKERS", 4, minimum=1)
threads = env_int("GUNICORN_THREADS", 15, minimum=1)
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


# After a HUP: models whose files have changed are loaded again.
on_reload = on_starting
