"""Whether one process keeps a SQLite file to itself."""

import subprocess
import sys
from pathlib import Path

INTRUDER = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=0).execute("BEGIN IMMEDIATE")
"""


def is_locked_for_others(path: Path) -> bool:
    """Whether a process that wants to write is refused at once."""
    intruder = subprocess.run(
        [sys.executable, "-c", INTRUDER, path],
        capture_output=True,
        text=True,
        check=False,
    )
    return "database is locked" in intruder.stderr
