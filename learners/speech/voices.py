"""Who speaks which language here: Piper where its voices lie, else espeak-ng."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

# What espeak-ng calls our languages where it is not their code.
OF_ESPEAK = {"en": "en-us", "fr": "fr-fr", "no": "nb"}
LOOK_S = 10
MB = 2**20


class NoVoice(Exception):
    """Nobody here speaks the language; the message says why."""


@dataclass(frozen=True)
class Voice:
    """``command`` reads a text from its input and writes a WAV to the path behind it.

    Another ``name`` sounds another way.
    """

    name: str
    command: tuple[str, ...]
    memory_mb: int


def voice_of(language: str) -> Voice:
    """Who speaks a language; raises NoVoice."""
    return _piper(language) or _espeak(language)


def _piper(language: str) -> Voice | None:
    """The first of Piper's voices by name, such as da_DK-talesyntese-medium.onnx."""
    program = shutil.which("piper")
    if not program or not settings.PIPER_VOICES_DIR:
        return None
    for path in sorted(Path(settings.PIPER_VOICES_DIR).glob(f"{language}_*.onnx")):
        command = (program, "--model", str(path), "--output_file")
        return Voice(f"piper {path.stem}", command, 2000)
    return None


def _espeak(language: str) -> Voice:
    program = shutil.which("espeak-ng")
    if not program:
        raise NoVoice(f"Nothing here speaks {language}: espeak-ng is not installed.")
    name = OF_ESPEAK.get(language, language)
    if name not in _known_to(program):
        raise NoVoice(f"Nothing here speaks {language}: espeak-ng has no voice for it.")
    command = (program, "-v", name, "--stdin", "-w")
    return Voice(f"espeak-ng {name}", command, 256)


@cache
def _known_to(program: str) -> frozenset[str]:
    """The languages of the second column that ``espeak-ng --voices`` lists."""
    done = subprocess.run(  # noqa: S603 - found on the PATH
        [program, "--voices"], capture_output=True, text=True, timeout=LOOK_S
    )
    rows = (line.split() for line in done.stdout.splitlines()[1:])
    return frozenset(row[1] for row in rows if len(row) > 1)
