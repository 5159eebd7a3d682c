"""How commands end when they are told to, and what they say where they are quiet."""

import importlib
import logging
import os
import signal
import threading

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands

from zeeguu.base import commands

logger = logging.getLogger(__name__)


class Works(commands.BaseCommand):
    """Does what the test says."""

    stealth_options = ("work",)

    stealth_options = ("work",)

    def handle(self, *, work, **options):
        return work(self)


def run(work, **options):
    return call_command(Works(), work=work, **options)


@pytest.mark.parametrize("number", commands.SIGNALS)
def test_a_signal_interrupts_a_command(number):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        run(lambda command: os.kill(os.getpid(), number))
    assert signal.getsignal(number) == before


def test_an_ignored_ctrl_c_interrupts_it_nevertheless():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(lambda command: os.kill(os.getpid(), signal.SIGINT))
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_second_signal_ends_it_at_once(monkeypatch):
    ended = []
    monkeypatch.setattr(commands, "end_at_once", lambda: ended.append(True))

    def work(command):
        for _ in range(2):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            except KeyboardInterrupt:
                assert not ended

    run(work)
    assert ended == [True]


def test_in_a_thread_signals_are_left_alone():
    found = []
    thread = threading.Thread(target=run, args=(lambda command: found.append(1),))
    thread.start()
    thread.join()
    assert found == [1]


def test_where_it_is_quiet_only_failures_are_said(capsys):
    def work(command):
        command.stdout.write("done")
        command.tell_failure("failed: a")
        return "all"

    run(work)
    assert capsys.readouterr() == ("done\nfailed: a\nall\n", "")
    run(work, verbosity=0)
    assert capsys.readouterr() == ("", "failed: a\n")


def test_where_it_is_quiet_nothing_but_errors_is_logged(caplog):
    def work(command):
        logger.warning("odd")
        logger.error("bad")

    run(work, verbosity=0)
    assert caplog.messages == ["bad"]
    logger.warning("odd")
    assert caplog.messages == ["bad", "odd"]


def ours():
    """The commands of this project."""
    found = get_commands().items()
    mine = [(name, app) for name, app in found if isinstance(app, str)]
    return [
        (name, app)
        for name, app in mine
        if apps.is_installed(app) and (settings.BASE_DIR / app).is_dir()
    ]


def test_all_commands_have_this_in_common():
    assert len(ours()) > 12
    for name, app in ours():
        module = importlib.import_module(f"{app}.management.commands.{name}")
        assert issubclass(module.Command, commands.BaseCommand), name
