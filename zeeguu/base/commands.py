"""What all commands of this project have in common: how they end, and when they talk.

A signal ends them, and a second one at once. With ``--verbosity 0`` they say what
failed, on standard error, and nothing else; what a command is for is still written.
"""

import contextlib
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand as DjangosCommand
from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from tqdm import tqdm

from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.streams import is_terminal
from zeeguu.base.wording import counted, in_words

STOPPED = 130
# The largest number that an option takes; of days a hundred years, as dates end.
MOST, MOST_DAYS = 10**9, 36_500
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class BaseCommand(DjangosCommand):
    _called_from_command_line: bool  # Django's own
    # Whether what it writes is its very purpose, and not a remark on its work.
    writes_result = False
    needs_database = True

    def execute(self, *args: Any, **options: Any) -> Any:
        self.is_quiet = not options["verbosity"]
        if self.is_quiet and not self.writes_result:
            options["stdout"] = io.StringIO()
        with stopping(interrupt), hushed(self.is_quiet):
            if self.needs_database and self._called_from_command_line:
                require_database()
            return super().execute(*args, **options)

    def tell_failure(self, line: str) -> None:
        """Say what failed: among the rest, or where nothing else is said."""
        (self.stderr if self.is_quiet else self.stdout).write(line)


def require_database() -> None:
    """Raise CommandError (exit code 2) where the database can't be used.

    Before anything is done: what fails later may be done in part.
    """
    try:
        loader = MigrationLoader(connection)
    except DatabaseFailed as exc:
        raise refusal(f"the database can't be used: {in_words(exc)}") from exc
    if set(loader.graph.leaf_nodes()) - set(loader.applied_migrations):
        raise refusal("the database can't be used before: manage.py migrate")


def refusal(message: str) -> CommandError:
    """For what can't be begun: exit code 2."""
    return CommandError(message, returncode=2)


def require_numbers(options: Mapping[str, int | None], **most: int) -> None:
    """Raise CommandError (exit code 2) for an option that is not from 1 to its most."""
    for name, largest in most.items():
        number = options[name]
        if number is not None and not 1 <= number <= largest:
            option = f"--{name.replace('_', '-')} {number}"
            raise refusal(f"{option}: use 1 to {largest}")


def add_consent(parser: CommandParser) -> None:
    """Add the options --dry-run and --yes."""
    parser.add_argument("--dry-run", action="store_true", help="only count")
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def require_consent(what: str, yes: bool) -> None:
    """Ask on a terminal; raise CommandError (exit code 2) unless it is meant."""
    if yes:
        return
    if not is_terminal():
        raise refusal(f"to {what}, add --yes")
    sys.stderr.write(f"{what[0].upper()}{what[1:]}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise refusal("nothing was deleted")


def deleted_with_bar(
    batches: Iterable[int], number: int, verbosity: int, noun: str, remedy: str = ""
) -> int:
    """Delete rows as batches say how many go, of number; return how many went.

    Raises CommandError (exit code 1) where the database failed, with the remedy, or how
    many were deleted until then.
    """
    gone = 0
    with bar(number, f"{noun}s", verbosity) as shown:
        try:
            for rows in batches:
                gone += rows
                shown.update(rows)
        except DatabaseFailed as exc:
            rest = remedy or f"{counted(gone, noun)} deleted until then"
            raise database_failed(exc, rest) from exc
    return gone


def bar(number: int, nouns: str, verbosity: int) -> tqdm:
    """A bar of what is done, on a terminal: None hides it elsewhere, where logs are."""
    return tqdm(total=number, unit=f" {nouns}", disable=None if verbosity else True)


def database_failed(exc: DatabaseFailed, rest: str = "") -> CommandError:
    """What a command ends with, exit code 1, that had begun."""
    message = f"the database failed: {in_words(exc)}"
    return CommandError(f"{message}; {rest}" if rest else message, returncode=1)


@contextlib.contextmanager
def hushed(is_quiet: bool) -> Iterator[None]:
    """Log nothing but errors meanwhile."""
    if not is_quiet:
        yield
        return
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(before)


def interrupt(signum: int) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def stopping(stop: Callable[[int], None]) -> Iterator[None]:
    """Call stop with the first SIGINT or SIGTERM; a second one ends the process.

    Also where SIGINT was ignored, as it is for a script's background jobs.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = _Handler(stop)
    before = {number: signal.signal(number, handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


class _Handler:
    def __init__(self, stop: Callable[[int], None]) -> None:
        self.stop, self.pid, self.was_called = stop, os.getpid(), False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self.pid:  # a child's: it ends as usual
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        elif self.was_called:
            end_at_once()
        else:
            self.was_called = True
            self.stop(number)


def end_at_once() -> None:
    """End without waiting for anything; the pool's processes end with their parent."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        sys.stdout.flush()
    os.write(2, b"ended at once\n")
    os._exit(STOPPED)
