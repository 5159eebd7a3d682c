"""What a site asks of crawlers: its robots.txt, fetched, remembered and obeyed."""

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from django.conf import settings
from protego import Protego

from articles.crawler.web.errors import Disallowed, FetchError, HostBusy, Refused
from articles.crawler.web.hosts import span

MAX_ROBOTS_BYTES = 500 * 1024
MAX_DELAY_S = 60
# From one try to have a robots.txt to the next, where its server fails.
RETRY_S = 300
# What is remembered, for all sites together.
MAX_ORIGINS, MAX_CHARACTERS = 2000, 20_000_000

USER_AGENT = re.compile(r"user[-\s]*agent\s*:?\s*(.*)", re.IGNORECASE)
# They belong to no group and end none.
SITE_WIDE = re.compile(r"(sitemaps?|site-map|host)\s*:", re.IGNORECASE)


class Response(Protocol):
    """What the HTTP client answers, as far as it matters here."""

    @property
    def body(self) -> bytes | None: ...


class Client(Protocol):
    """The HTTP client, which brings a robots.txt and obeys it."""

    def get(self, url: str) -> Response: ...


class Robots:
    """The robots.txt of all sites, as fetcher gets them; threads share it.

    Source: RFC 9309. Crawl-delay is not in it, but widely used.
    """

    def __init__(self, fetcher: Client) -> None:
        self.fetcher = fetcher
        self.token = re.split(r"[/\s]", settings.CRAWLER_USER_AGENT)[0].lower()
        self.sites: OrderedDict[str, Site] = OrderedDict()
        self.lock = threading.Lock()

    def delay_s(self, url: str) -> float:
        """How many seconds the site wants between visits to its pages.

        Raises Disallowed where it wants none to this one, HostBusy where its server
        fails to tell.
        """
        parsed = httpx.URL(url)
        address = str(parsed.join("/robots.txt"))
        rules = self._rules(address)
        # A known host: some that httpx takes are not addresses to the parser.
        path = f"http://site{parsed.raw_path.decode('ascii')}"
        if not rules.can_fetch(path, "*"):
            raise Disallowed(f"{url}: disallowed by {address}")
        return min(rules.crawl_delay("*") or 0.0, MAX_DELAY_S)

    def _rules(self, address: str) -> Protego:
        site = self._site(address)
        with site.lock:  # whoever comes meanwhile waits for the answer
            if time.monotonic() >= site.fresh_until:
                self._renew(site, address)
            if site.error:
                wait_s = max(0, site.fresh_until - time.monotonic())
                raise HostBusy(
                    f"its site's robots.txt could not be had ({site.error}), so its"
                    f" pages wait; asked again in {span(wait_s)}",
                    wait_s,
                )
            text = site.text
        # Not remembered: parsed, it takes sixteen times the memory of its text.
        return Protego.parse(text)

    def _site(self, address: str) -> "Site":
        with self.lock:
            site = self.sites.setdefault(address, Site())
            self.sites.move_to_end(address)
            characters = sum(len(site.text) for site in self.sites.values())
            while len(self.sites) > MAX_ORIGINS or characters > MAX_CHARACTERS:
                characters -= len(self.sites.popitem(last=False)[1].text)
            return site

    def _renew(self, site: "Site", address: str) -> None:
        site.text = site.error = ""
        lasts_s = settings.CRAWLER_ROBOTS_MAX_AGE_S
        try:
            site.text = rules_for(self.token, self.fetcher.get(address).body or b"")
        except HostBusy:
            raise  # it was not even asked
        except Refused:
            # It leads where nobody may follow, so there are no rules; and where it is
            # the site itself that is refused, so are its pages.
            lasts_s = RETRY_S
        except FetchError as exc:
            if not is_unavailable(exc.status):
                site.error, lasts_s = str(exc), RETRY_S
        site.fresh_until = time.monotonic() + lasts_s


@dataclass
class Site:
    """What is known of one robots.txt; the lock is for whoever brings it up to date."""

    text: str = ""
    error: str = ""
    fresh_until: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


def is_unavailable(status: int | None) -> bool:
    """Whether an answer means that there are no rules, rather than none for now.

    As is a redirect without end. "Too many requests" only says to come back later,
    whatever RFC 9309 says about statuses from 400 to 499.
    """
    return status is not None and status < 500 and status != 429


def rules_for(token: str, body: bytes) -> str:
    """The text of a robots.txt that is about one crawler, for everybody ("*").

    token is its product token, lower case; body has bytes. The parser copies each rule
    to each agent of its group, which may be thousands, so it gets our own group only:
    all that name us, or else all for everybody. Source: RFC 9309, section 2.2.1.
    """
    if len(body) > MAX_ROBOTS_BYTES:  # half a rule may forbid everything
        body = body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0]
    groups: dict[str, list[str]] = {}
    agents: set[str] = set()
    is_open = False
    for line in body.decode("utf-8-sig", "replace").splitlines():
        line = line.partition("#")[0].strip()
        if named := USER_AGENT.match(line):
            agents = agents if is_open else set()
            agents.add(product(named[1]))
            is_open = True
            groups.setdefault(product(named[1]), [])
        elif line and not SITE_WIDE.match(line):
            is_open = False
            for agent in agents & {token, "*"}:
                groups[agent].append(line)
    rules = groups.get(token, groups.get("*", []))
    return "\n".join(["User-agent: *", *rules])


def product(agent: str) -> str:
    """The product token of a User-agent line's value, without a version."""
    return agent.strip().partition("/")[0].lower()
