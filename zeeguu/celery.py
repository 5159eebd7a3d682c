"""The Celery app: ``celery -A zeeguu worker`` and ``celery -A zeeguu beat``."""

import importlib
import multiprocessing
import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_process_init

from zeeguu.base.env import ending_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zeeguu.settings")
with ending_in_one_line():
    importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    from tokenization import tokenizer

app = Celery("zeeguu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def share_models(**kwargs: Any) -> None:
    """Load the models before the pool is forked: its processes share their memory."""
    with ending_in_one_line():
        tokenizer.check()
    tokenizer.preload()


@worker_process_init.connect
def allow_children(**kwargs: Any) -> None:
    """Let a worker's processes have a KillablePool, whose processes end with them."""
    multiprocessing.current_process().daemon = False
