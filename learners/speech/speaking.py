"""A text as sound: kept once it was spoken, spoken by a process that has an end."""

import hashlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from secrets import token_hex

from django.conf import settings

from learners.speech.voices import MB, Voice, voice_of

LONGEST_TEXT = 500
# Of one: what is larger is none of such a text.
LARGEST = 20 * MB
# Who waits for a place no longer than that is told to come again.
PATIENCE_S = 3
ENDING = ".wav"


class Unspoken(Exception):
    """The text can't be spoken: it took too long, or its process died."""


class Busy(Exception):
    """As many as may speak do so."""


@dataclass(frozen=True)
class Speech:
    """A text in a voice, spoken or not yet; ``version`` is another for other sounds."""

    voice: Voice
    text: str
    version: str

    @property
    def path(self) -> Path:
        return settings.SPEECH_DIR / (self.version + ENDING)

    def kept(self) -> bytes | None:
        """Its sound as WAV, if it was spoken before."""
        with suppress(OSError):
            return self.path.read_bytes()
        return None

    def speak(self) -> bytes:
        """Speak it now, and keep the sound; raises Unspoken and Busy."""
        settings.SPEECH_DIR.mkdir(parents=True, exist_ok=True)
        # It counts as one of those kept: should we be killed, it goes when it is old.
        new = self.path.with_name(f"{self.version}.{token_hex(4)}{ENDING}")
        try:
            with _place():
                _run(self.voice, new, self.text)
            sound = _read(new)
            new.replace(self.path)
        finally:
            new.unlink(missing_ok=True)
        make_room()
        return sound


def speech_of(language: str, text: str) -> Speech:
    """What a text, clean as articles' texts are, sounds like; raises NoVoice."""
    voice = voice_of(language)
    # Between these espeak-ng expects names of sounds.
    text = text.replace("[[", "[").replace("]]", "]")
    named = f"{voice.name}\n{text}".encode()
    return Speech(voice, text, hashlib.sha256(named).hexdigest())


def make_room() -> None:
    """Let the oldest sounds go, as long as all of them are larger than they may be."""
    with suppress(FileNotFoundError):
        found = sorted(_sizes(settings.SPEECH_DIR))
        total = sum(size for _, size, _ in found)
        for _, size, path in found:
            if total <= settings.SPEECH_CACHE_MB * MB:
                break
            with suppress(FileNotFoundError):  # another process was quicker
                os.unlink(path)
            total -= size


def _sizes(folder: Path) -> Iterator[tuple[float, int, str]]:
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):
            if entry.name.endswith(ENDING):
                facts = entry.stat()
                yield facts.st_mtime, facts.st_size, entry.path


@contextmanager
def _place() -> Iterator[None]:
    places = _places(settings.SPEECH_CONCURRENCY)
    if not places.acquire(timeout=PATIENCE_S):
        raise Busy("Too many texts are being spoken just now.")
    try:
        yield
    finally:
        places.release()


@cache
def _places(number: int) -> threading.Semaphore:
    return threading.Semaphore(number)


def _run(voice: Voice, path: Path, text: str) -> None:
    """Have a process of its own speak: some texts make espeak-ng crash."""
    command = [*_limits(voice), *voice.command, str(path)]
    try:
        subprocess.run(  # noqa: S603 - found on the PATH; the text is no argument
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=settings.SPEECH_TIMEOUT_S,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as exc:
        raise Unspoken(f"{voice.name} can't speak this text") from exc


def _limits(voice: Voice) -> list[str]:
    """What bounds time and memory, where there is such a command."""
    program = shutil.which("prlimit")
    if not program:
        return []
    cpu, memory = settings.SPEECH_TIMEOUT_S, voice.memory_mb * MB
    return [program, f"--cpu={cpu}", f"--as={memory}", "--core=0", "--"]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size <= LARGEST:
            return path.read_bytes()
    except FileNotFoundError:
        pass
    raise Unspoken("nothing came of this text")
