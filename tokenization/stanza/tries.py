"""simplemma's dictionaries as files that processes map into memory, and so share.

Loaded plainly a language takes 60 to 250 MB, and in every process. A file is made when
it is first needed, by one of those that need it while the others wait, and made again
when it is damaged. Nothing here imports simplemma.
"""

import fcntl
import importlib
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tokenization.stanza.engine import NoModel

logger = logging.getLogger(__name__)

BUILDER = Path(__file__).with_name("trie_builder.py")
DATA = Path("strategies", "dictionaries", "data")
# The largest takes four seconds on a machine that has nothing else to do.
BUILD_TIMEOUT_S = 120
DRAFT = "draft-"
CHUNK_BYTES = 1 << 20
TRAILER = re.compile(rb"crc32 ([0-9a-f]{8})\n")
TRAILER_BYTES = len("crc32 01234567\n")
# What is wrong with a file that is not there.
MISSING = "it is missing"


class NoTrie(NoModel):
    """A language's lemmas can be had neither from its file nor by making it."""


class BadTrie(Exception):
    """A file is not the trie that was written there; the message says why."""


class Tries:
    """The tries of a folder, one file a language and version of simplemma.

    Languages go by simplemma's codes. All methods may be called from any thread.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def path(self, code: str) -> Path:
        return self.folder / f"{code}-{simplemma_version()}.trie"

    def open(self, code: str) -> Any:
        """Map a language's BytesTrie, made first where there is none that is whole.

        Where the folder can't be written to, a file is made for this process alone, and
        gone with it. Raises NoTrie.
        """
        if self.trouble(code):
            try:
                self.build(code)
            except OSError as exc:
                logger.warning("No trie in %s, made one aside: %s", self.folder, exc)
                return _open_aside(code)
        return _mapped(self.path(code))

    def build(self, code: str) -> bool:
        """Make a language's file unless it is there and whole; return whether it was.

        Old versions' go: who has one open keeps it. Raises OSError where the folder
        can't be written to or is full, and NoTrie where simplemma's data can't be read.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _alone(self.folder / f"{code}.lock"):
            if not (trouble := self.trouble(code)):
                return False
            if trouble != MISSING:
                logger.warning("%s is made again: %s", self.path(code), trouble)
            # Of who was killed; nobody else has this lock.
            for left in self.folder.glob(f"{DRAFT}{code}-*"):
                shutil.rmtree(left, ignore_errors=True)
            prefix = f"{DRAFT}{code}-"
            with tempfile.TemporaryDirectory(prefix=prefix, dir=self.folder) as draft:
                _run_builder(code, Path(draft) / "trie")
                os.replace(Path(draft) / "trie", self.path(code))
            for file in self.folder.glob(f"{code}-*.trie"):
                if file != self.path(code):
                    file.unlink(missing_ok=True)
        return True

    def trouble(self, code: str) -> str:
        """Why the file is not what was written there, or "".

        A file is read once, and again when it is another, or was found damaged.
        """
        try:
            stat = self.path(code).stat()
            _verify_once(self.path(code), stat.st_ino, stat.st_size, stat.st_mtime_ns)
        except FileNotFoundError:
            return MISSING
        except (BadTrie, OSError) as exc:
            return str(exc)
        return ""

    def verify(self, code: str) -> int:
        """Read the whole file, in some milliseconds; return its size in bytes.

        The trie's own reader believes what it reads, and would read anywhere. Raises
        BadTrie and OSError.
        """
        return _verify(self.path(code))


@lru_cache(maxsize=256)
def is_supported(code: str) -> bool:
    """Whether simplemma has a dictionary of the language."""
    return code.isalpha() and data_file(code).is_file()


def data_file(code: str) -> Path:
    """simplemma's own file of a language; of one that it lacks there is none."""
    return _data() / f"{code}.plzma"


@lru_cache(maxsize=1)
def simplemma_version() -> str:
    return version("simplemma")


@lru_cache(maxsize=1)
def _data() -> Path:
    spec = find_spec("simplemma")  # does not import it
    if spec is None or not spec.submodule_search_locations:
        raise NoTrie("simplemma is not installed; see requirements/base.txt")
    return Path(spec.submodule_search_locations[0]) / DATA


@lru_cache(maxsize=64)
def _verify_once(path: Path, inode: int, size: int, mtime_ns: int) -> None:
    """The others than path tell one file from another in its place."""
    _verify(path)


def _verify(path: Path) -> int:
    size = path.stat().st_size - TRAILER_BYTES
    if size < 0:
        raise BadTrie("it is cut off")
    crc = 0
    with path.open("rb") as file:
        for start in range(0, size, CHUNK_BYTES):
            crc = zlib.crc32(file.read(min(CHUNK_BYTES, size - start)), crc)
        trailer = TRAILER.fullmatch(file.read())
    if not trailer:
        raise BadTrie("it is cut off")
    if int(trailer[1], 16) != crc:
        raise BadTrie("it is damaged")
    return size


def _mapped(path: Path) -> Any:
    return importlib.import_module("marisa_trie").BytesTrie().mmap(str(path))


def _open_aside(code: str) -> Any:
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trie"
            _run_builder(code, path)
            return _mapped(path)  # it stays mapped when its name is gone
    except OSError as exc:
        raise NoTrie(
            f"no lemmas of {code!r}: {exc}; make room in LEMMAS_DIR or in"
            f" {tempfile.gettempdir()}, then run: manage.py lemmas build"
        ) from exc


def _run_builder(code: str, path: Path) -> None:
    """Raises OSError where the file can't be written, NoTrie for all else."""
    command = [sys.executable, "-P", str(BUILDER), code, str(path)]
    try:
        # Its end tells the builder, also where this process is killed.
        with _pipe() as alive:
            done = subprocess.run(  # noqa: S603 - our own program
                command,
                stdin=alive,
                capture_output=True,
                text=True,
                timeout=BUILD_TIMEOUT_S,
                check=False,
            )
    except OSError as exc:
        raise NoTrie(
            f"no lemmas of {code!r}: {command[0]!r}, which would make them, can't be"
            f" started ({exc}); see to that, then run: manage.py lemmas build"
        ) from exc
    except subprocess.TimeoutExpired as exc:
        raise NoTrie(f"no lemmas of {code!r}: making them took too long") from exc
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no word"]
        if said[0].startswith("can't write"):
            raise OSError(said[0])
        raise NoTrie(
            f"no lemmas of {code!r}: simplemma's dictionary can't be read"
            f" ({said[0]}); install requirements/base.txt anew"
        )


@contextmanager
def _pipe() -> Iterator[int]:
    """The end to read from of a pipe that says nothing until it is closed."""
    ends = os.pipe()
    try:
        yield ends[0]
    finally:
        for end in ends:
            os.close(end)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Be the only one on the host that holds a file's lock; raises OSError.

    Who has held it for too long, a stopped process say, is waited for no more.
    """
    with lock.open("w") as file:
        until = time.monotonic() + BUILD_TIMEOUT_S
        while not _is_locked(file.fileno()):
            if time.monotonic() > until:
                raise TimeoutError(f"another process holds {lock} for too long")
            time.sleep(0.05)
        yield


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
