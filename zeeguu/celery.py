"""The Celery app: ``celery -A zeeguu worker`` and ``celery -A zeeguu beat``."""

import multiprocessing
import os

from celery import Celery
from celery.signals import worker_init, worker_process_init

from zeeguu import tokenizer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zeeguu.settings")

app = Celery("zeeguu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def share_models(**kwargs):
    """Load the models before the pool is forked: its processes share their memory."""
    tokenizer.preload()


@worker_process_init.connect
def allow_children(**kwargs):
    """Let a worker's processes have a KillablePool, whose processes end with them."""
    multiprocessing.current_process().daemon = False
