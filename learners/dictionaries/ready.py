"""Answers that are ready to be sent, as many as there is room for."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

# What a key, a version and their places take beside the answer itself.
OVERHEAD_BYTES = 500


class Ready:
    """The answers of a process by key, each of one version; all threads may use it.

    Together they are no larger than ``most_bytes``: those that were asked for longest
    ago make room.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._answers: OrderedDict[Hashable, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, version: str) -> bytes | None:
        """The answer, if there is one of this version."""
        with self._lock:
            known, answer = self._answers.get(key, ("", b""))
            if known != version:
                return None
            self._answers.move_to_end(key)
            return answer

    def put(self, key: Hashable, version: str, answer: bytes) -> None:
        """Keep an answer in place of the one of another version."""
        with self._lock:
            self._remove(key)
            self._answers[key] = version, answer
            self._bytes += _size(answer)
            while self._bytes > self._most_bytes:
                self._remove(next(iter(self._answers)))

    def _remove(self, key: Hashable) -> None:
        if key in self._answers:
            _, answer = self._answers.pop(key)
            self._bytes -= _size(answer)


def _size(answer: bytes) -> int:
    return len(answer) + OVERHEAD_BYTES
