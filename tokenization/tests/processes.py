"""Real processes that work on the test's own database."""

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection


def database_url():
    """The test's database, for processes of their own."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    return f"mysql://{facts['USER']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def start_python(*arguments):
    """A process of Python, whose output is text in pipes."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
