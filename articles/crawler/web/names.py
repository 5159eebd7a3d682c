"""From a host's name to its addresses, within a limit of time."""

import socket
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LookupTimeout

from articles.crawler.web.errors import FetchError
from zeeguu.base.wording import in_words

# Look-ups under way at a time: far more than a crawl has threads, so that some whose
# name servers are silent keep nobody else waiting.
MOST_LOOKUPS = 100


class Names:
    """Looks names up as the system does it: /etc/hosts, search domains and DNS.

    The system's look-up can't be interrupted, so each has a thread of its own, and who
    waits gives up in time. All who ask for one name wait for the same look-up.
    """

    def __init__(self, most: int = MOST_LOOKUPS) -> None:
        self.most, self.lock = most, threading.Lock()
        self.running: dict[tuple[str, int], Future] = {}

    def addresses(self, host: str, port: int, timeout_s: float) -> list[str]:
        """The addresses of host, the best first; raises FetchError, also when late."""
        try:
            found = self._lookup(host, port).result(min(timeout_s, 3600))
        except LookupTimeout as exc:
            raise FetchError(
                f"host {host} can't be found: no answer from the name servers in"
                f" {timeout_s:.1f} s"
            ) from exc
        except (OSError, ValueError, OverflowError) as exc:
            raise FetchError(f"host {host} can't be found: {in_words(exc)}") from exc
        return list(dict.fromkeys(entry[4][0] for entry in found))

    def _lookup(self, host: str, port: int) -> Future:
        with self.lock:
            if (host, port) in self.running:
                return self.running[host, port]
            if len(self.running) >= self.most:
                raise FetchError(
                    f"host {host} can't be looked up: {self.most} other look-ups have"
                    " no answer yet; do the name servers work?"
                )
            future = self.running[host, port] = Future()
        thread = threading.Thread(
            target=self._run,
            args=[future, host, port],
            name=f"name {host}",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError as exc:  # too many threads
            self._forget(host, port)
            raise FetchError(f"host {host} can't be looked up: {exc}") from exc
        return future

    def _run(self, future: Future, host: str, port: int) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except Exception as exc:  # noqa: BLE001 - raised to whoever waits
            self._forget(host, port)
            future.set_exception(exc)
        else:
            self._forget(host, port)
            future.set_result(found)

    def _forget(self, host: str, port: int) -> None:
        with self.lock:
            del self.running[host, port]
