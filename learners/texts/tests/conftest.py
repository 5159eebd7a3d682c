"""Pages to bring along, and looks at them without a process of their own."""

import contextlib
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from learners.tests.learning import client_of, make_learner

DANISH = (
    "Kommunen vil plante flere træer langs fjorden i det kommende år, siger Holm.",
    "Beboerne i de gamle huse ved havnen er glade for planen, men de vil også have"
    " bedre cykelstier og færre biler i byens snævre gader.",
    "Arbejdet begynder til foråret og skal være færdigt, inden skolerne åbner igen.",
)
PAGE = (
    '<html lang="{}"><head><title>Træer ved fjorden</title></head><body><article>'
    "<h1>Træer ved fjorden</h1>{}</article></body></html>"
)


def page(*paragraphs, language="da"):
    """A page of paragraphs, Danish ones unless some are given."""
    body = "".join(f"<p>{one}</p>" for one in paragraphs or DANISH)
    return PAGE.format(language, body)


@pytest.fixture
def looks(monkeypatch):
    """The arguments of each look that was taken, in this process."""
    taken, run = [], subprocess.run

    def look(command, **options):
        if command[2:3] != ["look_at_text"]:
            return run(command, **options)
        taken.append(command[3:])
        out = StringIO()
        monkeypatch.setattr(sys, "stdin", StringIO(options["input"].decode()))
        with contextlib.suppress(CommandError):
            call_command(*command[2:], stdout=out)
        return subprocess.CompletedProcess(command, 0, out.getvalue())

    monkeypatch.setattr(subprocess, "run", look)
    return taken


@pytest.fixture
def site(web, settings, looks):
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({web.host_port})
    return web


@pytest.fixture
def learner(db, stub):
    return make_learner()


@pytest.fixture
def me(learner):
    return client_of(learner)
