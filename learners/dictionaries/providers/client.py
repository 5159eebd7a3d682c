"""How a provider is asked: one HTTP client, which has all limits, for one address.

Only the host of that address, which the operator chose, is ever connected to, whatever
an answer says: redirects are not followed. So it may be private, as the provider on
one's own machine is.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import orjson

from articles.crawler.web.errors import FetchError, Refused
from articles.crawler.web.fetch import GuardedBackend, GuardedTransport, retry_after
from articles.crawler.web.inflate import InflateError, inflated
from learners.dictionaries.providers.errors import Busy, ProviderError, Unanswered
from zeeguu.base.wording import chain, in_words

# Of an answer, as it is sent and as it is decoded: LONGEST_TEXT in any alphabet, with
# its translation, fits in twenty times.
MOST_BYTES = 200_000
CONNECT_S = 3.0
PORTS = {"http": 80, "https": 443}
# The text is nothing for it: too long, in no language it knows, or not decent.
REFUSALS = {400, 413, 422}
TOO_MUCH = {429, 503}
# For who does not say how long he wants to be left alone, and for who says too much.
PAUSE_S, LONGEST_PAUSE_S = 10.0, 600.0


class OneHostBackend(GuardedBackend):
    """Opens sockets to ``allowed_hosts``, and to nobody else."""

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if (host.lower(), port) not in self.allowed_hosts:
            raise Refused(f"host {host} is none of a provider's")
        return super().connect_tcp(host, port, *args, **kwargs)


class Client:
    """Sends JSON by POST to addresses below ``url``. Threads may share it.

    timeout_s is the seconds for a whole call: names, connection, and the answer to its
    last byte. title names the provider in messages.
    """

    def __init__(self, title: str, url: str, timeout_s: float) -> None:
        self.title, self.url, self.timeout_s = title, url.rstrip("/"), timeout_s
        self.place = _place(url)
        self.backend = OneHostBackend(frozenset({self.place}))
        self.client = httpx.Client(
            transport=GuardedTransport(self.backend),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip, deflate"},
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self.client.close()

    def post(
        self, path: str, payload: object, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The answer's JSON; raises ProviderError, Busy and Unanswered."""
        self.backend.deadline.at = time.monotonic() + self.timeout_s
        request = self.client.build_request(
            "POST",
            self.url + path,
            content=orjson.dumps(payload),
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        try:
            with closing(self.client.send(request, stream=True)) as answer:
                self._require_ok(answer)
                body = b"".join(self._pieces(answer))
        except httpx.TimeoutException:
            raise self._error(f"no full answer in {self.timeout_s:g} s") from None
        except (httpx.HTTPError, FetchError, InflateError) as exc:
            raise self._error(_why(exc)) from exc
        return self._parsed(body)

    def _require_ok(self, answer: httpx.Response) -> None:
        """Raise what a status means. Bodies of errors are not looked at."""
        status = answer.status_code
        if answer.has_redirect_location:
            raise self._error(f"leads elsewhere (HTTP status {status}), not followed")
        if status in REFUSALS:
            raise Unanswered(f"{self.title}: does not take this: HTTP status {status}")
        if status in TOO_MUCH:
            wait = retry_after(answer.headers.get("retry-after", ""))
            seconds = PAUSE_S if wait is None else wait.total_seconds()
            message = f"{self.title}: has too much to do: HTTP status {status}"
            raise Busy(message, min(max(seconds, 1.0), LONGEST_PAUSE_S))
        if status != 200:
            raise self._error(f"HTTP status {status}")

    def _pieces(self, answer: httpx.Response) -> Iterator[bytes]:
        coding = answer.headers.get("content-encoding", "")
        return inflated(self._raw(answer), coding, MOST_BYTES)

    def _raw(self, answer: httpx.Response) -> Iterator[bytes]:
        size = 0
        for chunk in answer.iter_raw():
            size += len(chunk)
            if size > MOST_BYTES:
                raise self._error(f"an answer of more than {MOST_BYTES:,} bytes")
            yield chunk

    def _parsed(self, body: bytes) -> Any:
        if not body:
            raise self._error("an answer of no bytes")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:  # whose message has the text
            raise self._error("an answer that is no JSON") from None

    def _error(self, why: str) -> ProviderError:
        # Readers see it, and need not know what our networks' hosts are called.
        host = self.place[0]
        for name in (f"host {host}", f"'{host}'"):
            why = why.replace(name, "its host")
        return ProviderError(f"{self.title}: {why}")


def _why(exc: Exception) -> str:
    """What went wrong, in our words: libraries' own repeat what was sent."""
    if isinstance(exc, httpx.ProtocolError):
        return "its answer is no HTTP, or breaks off"
    is_told = any(isinstance(one, OSError) and one.strerror for one in chain(exc))
    if isinstance(exc, httpx.HTTPError) and not is_told:
        return "the connection breaks off"
    return in_words(exc)


def _place(url: str) -> tuple[str, int]:
    """The host and port of an address, as httpcore names them."""
    parsed = httpx.URL(url)
    return parsed.raw_host.decode("ascii"), parsed.port or PORTS[parsed.scheme]
