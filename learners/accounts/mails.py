"""Mails to learners, sent by a thread: nobody waits, nor can measure whether one goes.

It begins when the call that asked for it has been answered.

A template is a subject in its first line, and below it the text.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

# What waits for a mail server that is slow; more is dropped, for a process's memory.
MOST_WAITING = 1000
PAUSE_S = 1
_room = BoundedSemaphore(MOST_WAITING)


def send(name: str, to: str, **facts: str) -> None:
    """Send the mail of a template to an address; never fails."""
    if not _room.acquire(blocking=False):
        logger.error("A mail (%s) is dropped: %s are waiting", name, MOST_WAITING)
    elif settings.MAIL_THREAD:
        due = time.monotonic() + PAUSE_S
        _thread().submit(_send_at, due, name, to, facts)
    else:
        _send(name, to, facts)


@cache
def _thread() -> ThreadPoolExecutor:
    # Each process's own; at its end it sends what is waiting.
    return ThreadPoolExecutor(1, thread_name_prefix="mails")


def _send_at(due: float, name: str, to: str, facts: dict[str, str]) -> None:
    time.sleep(max(0, due - time.monotonic()))
    _send(name, to, facts)


def _send(name: str, to: str, facts: dict[str, str]) -> None:
    try:
        told = render_to_string(f"learners/mail/{name}.txt", facts)
        subject, _, text = told.partition("\n")
        send_mail(subject.strip(), text.strip() + "\n", None, [to])
    except Exception as exc:  # noqa: BLE001 - whatever it is, the next one is sent
        # Not its message: servers repeat addresses.
        logger.error("A mail (%s) was not sent: %s", name, type(exc).__name__)
    finally:
        _room.release()
