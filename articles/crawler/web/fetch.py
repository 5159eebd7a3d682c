"""The one HTTP client of the crawler: every limit and the address guard live here."""

import ipaddress
import math
import ssl
import string
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import chain
from typing import Any, Self
from urllib.parse import quote, urljoin

import httpcore
import httpx
from django.conf import settings

from articles.crawler.web.cookies import new_jar
from articles.crawler.web.errors import FetchError, PrivateAddress, Refused
from articles.crawler.web.head import mended_start
from articles.crawler.web.hosts import Budget, HostBudget
from articles.crawler.web.inflate import InflateError, inflated
from articles.crawler.web.names import Names
from articles.crawler.web.robots import Robots
from articles.crawler.web.validators import COMPLAINTS, conditions
from zeeguu.base.wording import in_words

MAX_REDIRECTS = 5
REDIRECTS, FOR_GOOD = {301, 302, 303, 307, 308}, {301, 308}
TOO_MUCH = {429, 503}
MOST_PATIENT_S = 86_400
# For a host that has too much, and does not say for how long.
PAUSE = timedelta(seconds=60)

# Special addresses among those that look public: RFC 6890 and IANA's registries, the
# tunnels that lead to an IPv4 address of their choice included.
SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
]


@dataclass(frozen=True)
class Page:
    """What a server answered; ``body`` is None when nothing changed (304).

    url is the last address; so is moved_to if all redirects on the way were for good,
    otherwise it is empty.
    """

    url: str
    status: int
    body: bytes | None
    headers: httpx.Headers
    moved_to: str = ""

    @property
    def content_type(self) -> str:
        return str(self.headers.get("content-type", ""))


class GuardedTransport(httpx.HTTPTransport):
    """Connects only to public addresses, and ends at ``backend.deadline``."""

    def __init__(self, backend: "GuardedBackend") -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context)
        # httpx has no argument for this; its version is pinned, and tests would tell.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=None,  # as many as there are threads
            max_keepalive_connections=20,
            keepalive_expiry=5,
            network_backend=backend,
        )


class GuardedBackend(httpcore.SyncBackend):
    """Opens sockets to public addresses, and to the very address it has checked.

    A second look-up could give another address, so there is none; names still serve for
    TLS and for telling kept connections apart. allowed_hosts is a set of (host, port)
    that may be private.
    """

    def __init__(self, allowed_hosts: frozenset[tuple[str, int]] = frozenset()) -> None:
        self.allowed_hosts = allowed_hosts
        self.deadline, self.names = Deadline(), Names()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> httpcore.NetworkStream:
        addresses = self.names.addresses(host, port, self.deadline.cap(timeout))
        if (host.lower(), port) not in self.allowed_hosts:
            require_public(host, addresses)
        *others, last = addresses
        for address in others:
            with suppress(httpcore.ConnectError):
                return self._connect(address, port, timeout, *args, **kwargs)
        return self._connect(last, port, timeout, *args, **kwargs)

    def _connect(
        self, address: str, port: int, timeout: float | None, *args: Any, **kwargs: Any
    ) -> httpcore.NetworkStream:
        timeout = self.deadline.cap(timeout)
        stream = super().connect_tcp(address, port, timeout, *args, **kwargs)
        return TimedStream(stream, self.deadline)


class Deadline(threading.local):
    """When this thread's download must have ended, on the monotonic clock."""

    at = math.inf

    def cap(self, timeout_s: float | None) -> float:
        """timeout_s, or what is left if that is less; raises ReadTimeout at zero."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the download's time is over")
        return min(left, timeout_s or left)


class TimedStream(httpcore.NetworkStream):
    """A socket that ends at a deadline, however steadily its other end drips.

    httpx alone only limits each wait for a packet, and a header may be many packets.
    The slips in the head of an answer are put right on the way: h11 takes none.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self.stream, self.deadline = stream, deadline
        self.head: bytes | None = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self.stream.read(max_bytes, self.deadline.cap(timeout))
        while data and self.head is not None:
            self.head += data
            if start := mended_start(self.head):
                self.head = None
                return start
            data = self.stream.read(max_bytes, self.deadline.cap(timeout))
        rest, self.head = self.head or b"", None
        return rest + data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.head = b""  # of the answer to it
        self.stream.write(buffer, self.deadline.cap(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self.deadline.cap(timeout)
        # No certificate names a host with the dot that may end its name in DNS.
        server_hostname = server_hostname and server_hostname.rstrip(".")
        stream = self.stream.start_tls(ssl_context, server_hostname, timeout)
        return TimedStream(stream, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def require_public(host: str, addresses: list[str]) -> None:
    """Raise PrivateAddress unless all addresses of a host are public."""
    for address in addresses:
        if not is_public(address):
            raise PrivateAddress(
                f"host {host} has the private address {address};"
                " CRAWLER_ALLOWED_HOSTS lists exceptions",
                host,
            )


def is_public(address: str) -> bool:
    """Whether an address is on the public internet; tunnels are not."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if any(ip in network for network in SPECIAL):
        return False
    if ip.version == 4:
        return ip.is_global and not ip.is_multicast
    # Outside 2000::/3 nothing is public, mapped and NAT64 addresses included.
    return ip in ipaddress.ip_network("2000::/3") and ip.is_global


class Fetcher:
    """An HTTP client for crawls; use it as a context manager. Threads may share it.

    timeout_s bounds a whole download, in seconds, but not the wait for the budget's
    permission; max_bytes bounds its body, as it is sent and as it is decoded. budget
    is a Budget that all requests keep to, by default one of this Fetcher alone.
    """

    def __init__(
        self,
        allowed_hosts: Iterable[tuple[str, int]] | None = None,
        timeout_s: float | None = None,
        max_bytes: int | None = None,
        budget: Budget | None = None,
    ) -> None:
        allowed = settings.CRAWLER_ALLOWED_HOSTS | frozenset(allowed_hosts or ())
        self.timeout_s = timeout_s or settings.CRAWLER_TIMEOUT_S
        self.max_bytes = max_bytes or settings.CRAWLER_MAX_BYTES
        self.budget = budget or HostBudget(settings.CRAWLER_HOST_LIMITS)
        self.robots = Robots(self)
        self.backend = GuardedBackend(allowed)
        self.client = httpx.Client(
            transport=GuardedTransport(self.backend),
            headers={
                "User-Agent": settings.CRAWLER_USER_AGENT,
                "Accept-Encoding": "gzip, deflate, br",
            },
            # Each download has a jar of its own: nobody is recognised later, and no
            # server fills our memory.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(self.timeout_s, connect=min(10, self.timeout_s)),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        self.client.close()

    @contextmanager
    def allowing(self, hosts: Iterable[tuple[str, int]]) -> Iterator[None]:
        """Allow more private hosts for a while: a set of (host, port)."""
        before = self.backend.allowed_hosts
        self.backend.allowed_hosts = before | frozenset(hosts)
        try:
            yield
        finally:
            self.backend.allowed_hosts = before

    def get(self, url: str, *, etag: str = "", last_modified: str = "") -> Page:
        """Return the Page at url, redirects followed.

        etag and last_modified are what ``validators.given`` told at the last visit.
        Raises FetchError for every refusal, network error, limit and status but 200
        and 304; HostBusy, which is one, where the budget has no room for now. Source:
        RFC 9110, sections 13.1 and 15.4.
        """
        headers = conditions(etag, last_modified)
        try:
            return self._follow(url, headers, lambda url: 0.0)
        except FetchError as exc:
            if not headers or exc.status not in COMPLAINTS:
                raise
        # It may not be able to read what it gave us itself.
        return self._follow(url, {}, lambda url: 0.0)

    def get_article(self, url: str) -> Page:
        """Return the Page at url as far as robots.txt allows, on each hop.

        Raises what get does, and Disallowed.
        """
        return self._follow(url, {}, self.robots.delay_s)

    def _follow(
        self, url: str, headers: dict[str, bytes], delay_s: Callable[[str], float]
    ) -> Page:
        left_s, moved_to, jar = self.timeout_s, "", new_jar()
        statuses = set()
        for _ in range(MAX_REDIRECTS + 1):
            host = checked_host(url)
            with self.budget.slot(host, delay_s(url), url):
                begun = time.monotonic()
                self.backend.deadline.at = begun + left_s
                page = self._get_once(url, host, headers, jar)
            left_s -= time.monotonic() - begun
            if page.status not in REDIRECTS:
                return replace(page, moved_to=moved_to)
            url = redirected(url, location_of(page.headers))
            statuses.add(page.status)
            moved_to = url if statuses <= FOR_GOOD else ""
        raise FetchError(f"{url}: more than {MAX_REDIRECTS} redirects", page.status)

    def _get_once(
        self, url: str, host: str, headers: dict[str, bytes], jar: httpx.Cookies
    ) -> Page:
        try:
            fields = [(name.encode(), value) for name, value in headers.items()]
            request = self.client.build_request("GET", url, headers=fields)
            jar.set_cookie_header(request)
            with closing(self.client.send(request, stream=True)) as answer:
                # "Unchanged" is no answer where we did not say what we have.
                expected = REDIRECTS | ({200, 304} if headers else {200})
                if answer.status_code not in expected:
                    raise self._error(url, host, answer)
                jar.extract_cookies(answer)
                # Other bodies are not worth a byte: the connection is closed instead.
                body = self._read(url, answer) if answer.status_code == 200 else None
                return Page(url, answer.status_code, body, answer.headers)
        except httpx.TimeoutException as exc:
            raise FetchError(f"{url}: no full answer in {self.timeout_s} s") from exc
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:
            raise FetchError(f"{url}: {in_words(exc)}") from exc
        except InflateError as exc:
            raise FetchError(f"{url}: {exc}") from exc

    def _error(self, url: str, host: str, answer: httpx.Response) -> FetchError:
        status = answer.status_code
        wait = retry_after(answer.headers.get("retry-after", ""))
        if status in TOO_MUCH:
            seconds = (PAUSE if wait is None else wait).total_seconds()
            # All pages wait for robots.txt: it is the host's, so it waits for minutes.
            own = "" if url.endswith("/robots.txt") else url
            self.budget.pause(host, seconds, own, f"it answered {status}")
        return FetchError(f"{url}: HTTP status {status}", status, wait)

    def _read(self, url: str, answer: httpx.Response) -> bytes:
        body = bytearray()
        coding = answer.headers.get("content-encoding", "")
        for piece in inflated(self._raw(url, answer), coding, self.max_bytes):
            body += piece
        return bytes(body)

    def _raw(self, url: str, answer: httpx.Response) -> Iterator[bytes]:
        length, size = announced(answer.headers), 0
        self._check_size(url, length)
        for chunk in chain([b""], answer.iter_raw()):
            size += len(chunk)
            self._check_size(url, size)
            if size == length and excess(answer):
                raise FetchError(f"{url}: more than the {size} bytes it announced")
            yield chunk

    def _check_size(self, url: str, size: int) -> None:
        if size > self.max_bytes:
            raise FetchError(f"{url}: larger than {self.max_bytes} bytes")


def announced(headers: httpx.Headers) -> int:
    """The body's size in bytes, or -1: chunks tell it themselves (RFC 9112, 6.3)."""
    if "transfer-encoding" in headers:
        return -1
    return int(headers.get("content-length", -1))


def excess(answer: httpx.Response) -> bytes:
    """What has come of a response beyond its end, bytes: it is cut off in the middle.

    httpcore would take it for the next answer. It has no argument for this either.
    """
    stream: Any = answer.stream
    connection = stream._stream._httpcore_stream._stream._connection
    return bytes(connection._h11_state.trailing_data[0])


def location_of(headers: httpx.Headers) -> str:
    """Where a redirect leads, by its first Location, "" without one.

    It is UTF-8 or bytes of no known encoding, which then go back as they came, whatever
    else is in the header.
    """
    found = (value for name, value in headers.raw if name.lower() == b"location")
    raw = next(found, b"")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote(raw, safe=string.punctuation + " ")


def redirected(url: str, location: str) -> str:
    """Where a redirect leads; raises Refused where that can't be told, or to less.

    Whoever listens between us and the server could answer in place of an http address.
    """
    try:
        target = urljoin(url, location)
    except ValueError as exc:  # such as a bracket without its partner
        raise Refused(f"{url}: redirected to {location!r}: {exc}") from exc
    if url.lower().startswith("https:") and target.lower().startswith("http:"):
        raise Refused(f"{url}: redirected from https to http: {target}")
    return target


def retry_after(header: str) -> timedelta | None:
    """How long a server asks to wait, a timedelta; None where it says nothing useful.

    Source: RFC 9110, section 10.2.3: seconds, or a date.
    """
    if header.isascii() and header.isdigit():
        return timedelta(seconds=min(int(header[:9]), MOST_PATIENT_S))
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    seconds = (at - datetime.now(UTC)).total_seconds()
    return timedelta(seconds=min(max(seconds, 0), MOST_PATIENT_S))


def checked_host(url: str) -> str:
    """The host of an http(s) address, as in DNS, lower case.

    Raises Refused unless url is one, names a host and holds no password.
    """
    try:
        parsed = httpx.URL(url)
        host = parsed.host
    except (httpx.InvalidURL, TypeError, UnicodeError) as exc:  # such as xn--a
        raise Refused(f"{url!r} is not an address: {exc}") from exc
    if parsed.scheme not in ("http", "https") or not host:
        raise Refused(f"{url!r} is not an http or https address")
    if parsed.userinfo:
        raise Refused(f"{host}: addresses with a password are refused")
    return parsed.raw_host.decode("ascii").lower().rstrip(".")
