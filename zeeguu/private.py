"""Folders and files for their owner alone, whatever the umask. Knows no Django."""

import os
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless they are there; raises OSError."""
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(FOLDER, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file unless there is one; raises OSError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE))
