"""Whether the crawler may ever fetch an address: asked before a feed is stored."""

import ipaddress
import socket
from typing import Literal

import httpx
from django.conf import settings

from articles.addresses import PORTS
from articles.crawler.web.errors import FetchError, Refused
from articles.crawler.web.fetch import checked_host, require_public
from articles.crawler.web.names import Names

LOOKUP_S = 5
names = Names()


def require_fetchable(url: str, name: Literal["found", "public", "any"]) -> None:
    """Raise FetchError unless url is one that the crawler would ask.

    Its host must have an address, and public ones alone ("found"), or at least none
    that is private ("public": name servers may be out of reach just now). With "any"
    no name is looked up, and only addresses in numbers are judged. Exceptions are in
    CRAWLER_ALLOWED_HOSTS.
    """
    host, parsed = checked_host(url), httpx.URL(url)
    port = parsed.port or PORTS[parsed.scheme]
    if (host, port) in settings.CRAWLER_ALLOWED_HOSTS:
        return
    if host == "localhost" or host.endswith(".localhost"):
        raise Refused(f"host {host} is this machine")
    if host == "invalid" or host.endswith(".invalid"):  # RFC 6761, section 6.4
        raise Refused(f"host {host} can't be found: no name ends with .invalid")
    try:
        addresses = names.addresses(host, port, LOOKUP_S) if name != "any" else []
    except FetchError:
        if name == "found":
            raise
        addresses = []
    require_public(host, addresses or _in_numbers(host))


def _in_numbers(host: str) -> list[str]:
    """The address that a host is, in any spelling that a system takes, or none."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]  # such as 127.1
    except (OSError, UnicodeError):
        return []
