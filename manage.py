#!/usr/bin/env python
"""Django's command line: ``python manage.py help`` lists the commands.

Exit codes of all commands, beside their own: 2 when a setting is wrong, or the database
or standard output can't be used, 130 when they were stopped by Ctrl-C or SIGTERM. What
was done until then is kept.
"""

import os
import signal
import sys

from django.core.management import execute_from_command_line

from ops.database.errors import is_outage, is_unmigrated
from zeeguu.base import streams
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.env import ending_in_one_line
from zeeguu.base.wording import in_words


def main() -> int | str | None:
    streams.prepare()
    try:
        code = run()
    except SystemExit as exc:
        code = exc.code
    sys.stdout.flush()
    if sys.stdout.failure:
        why = sys.stdout.failure
        sys.stderr.write(f"Standard output can't be written to: {why}\n")
        return 2
    return code


def run() -> int | None:
    # Also where a script has started it in the background, with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with ending_in_one_line():
            execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 130
    except DatabaseFailed as exc:
        if not (is_outage(exc) or is_unmigrated(exc)):
            raise
        remedy = "; run: manage.py migrate" if is_unmigrated(exc) else ""
        sys.stderr.write(f"The database can't be used: {in_words(exc)}{remedy}\n")
        return 2


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zeeguu.settings")
    sys.exit(main())
