"""What is wrong with providers just now, for the health pages of all processes.

A small file for each provider in trouble: each process has a breaker of its own, and a
page is shown by one that may not have asked for long.
"""

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from django.utils import timezone

from zeeguu.base import private

logger = logging.getLogger(__name__)

MOST_CHARACTERS = 300


class Trouble:
    """Notes in ``folder``, by a provider's name. What can't be written is logged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def note(self, name: str, why: str) -> None:
        """Say why a provider is not asked, and since when."""
        at = f"{timezone.now():%Y-%m-%d %H:%M} UTC"
        kept = {"why": why[:MOST_CHARACTERS], "at": at}
        own = self._path(name).with_suffix(f".{os.getpid()}")
        try:
            private.make_folder(self.folder)
            with open(own, "w", encoding="utf-8", opener=private.opener) as file:
                json.dump(kept, file)
            own.replace(self._path(name))
        except OSError as exc:
            logger.warning("Trouble with %s is not noted: %s", name, exc)

    def is_over(self, name: str) -> None:
        """Forget what was noted."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as exc:
            logger.warning("Trouble with %s stays noted: %s", name, exc)

    def told(self, names: Iterable[str]) -> list[str]:
        """Of those in trouble, why, and when they were asked last."""
        found = (self._read(self._path(name)) for name in names)
        return [f"{note['why']} ({note['at']})" for note in found if note]

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, path: Path) -> dict[str, str]:
        try:
            kept = json.loads(path.read_text("utf-8"))
            return {"why": str(kept["why"]), "at": str(kept["at"])}
        except (OSError, ValueError, KeyError, TypeError):
            return {}
