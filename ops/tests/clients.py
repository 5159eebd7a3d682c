"""Many clients at once, who note what they got and how long it took."""

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60


@dataclass(frozen=True)
class Answer:
    """status is None where the connection was closed without one."""

    path: str
    began: float
    seconds: float
    status: int | None
    body: bytes = b""


def ask(port, path, method="GET", body=None, headers=None):
    """One request over a connection of its own."""
    began, status, content = time.monotonic(), None, b""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        status, content = response.status, response.read()
    except (ConnectionError, http.client.HTTPException):
        pass  # told by the status
    finally:
        connection.close()
    return Answer(path, began, time.monotonic() - began, status, content)


def hang_up(port, path):
    """Read the beginning of an answer and go away."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", path)
    connection.getresponse().read(100)
    connection.close()


class Crowd:
    """Calls act(number of the call) from many threads until the context ends.

    ``answers`` holds what it returned.
    """

    def __init__(self, act, clients):
        self.answers, self._errors = [], []
        self._act, self._is_over = act, threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(first, clients))
            for first in range(clients)
        ]

    def _run(self, number, step):
        try:
            while not self._is_over.is_set():
                self.answers.append(self._act(number))
                number += step
        except BaseException as exc:
            self._errors.append(exc)
            raise

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc_info):
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        assert not self._errors

    def statuses(self):
        return Counter(answer.status for answer in self.answers)


def wait_until(is_so, patience_s=60):
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def children(server):
    """The pids of a serving gunicorn's workers."""
    path = f"/proc/{server.process.pid}/task/{server.process.pid}/children"
    return [int(pid) for pid in Path(path).read_text().split()]
