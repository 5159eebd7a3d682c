"""Folders and files for their owner alone, whatever the umask. Knows no Django."""

import os
import stat
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless they are there; raises OSError."""
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(FOLDER, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file unless there is one; raises OSError.

    Without opening it: closing a file takes from the process all its locks on it (fcntl
    says so), those too that SQLite has in other threads.
    """
    with suppress(FileExistsError):
        os.mknod(path.resolve(), stat.S_IFREG | FILE)


def opener(path: Path | str, flags: int) -> int:
    """For ``open(…, opener=opener)``: a file that it makes is private."""
    return os.open(path, flags, FILE)


def tighten(path: Path) -> None:
    """Take the rights of others to what is this user's own; raises OSError.

    A link is left alone: what it leads to may be anything.
    """
    found = path.lstat()
    is_own = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
    if is_own and found.st_mode & OTHERS:
        path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def is_exposed(path: Path) -> bool:
    """Whether others have a right to a path, and no folder above keeps them out."""
    path = path.resolve()
    try:
        return all(one.stat().st_mode & OTHERS for one in (path, *path.parents))
    except OSError:
        return False  # not there, or in a folder that we can't look into either
