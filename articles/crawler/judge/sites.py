"""Whose address it is: a publisher's own word outranks a stranger's."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from tld import get_fld


def site_of(url: str) -> str:
    """The domain that somebody registered, such as example.co.uk; "" without a host.

    Those who give away subdomains have many sites (publicsuffix.org, private part);
    what has no such domain, such as an IP address, is a site for each host and port.
    """
    try:
        host = urlsplit(url).netloc.lower().rpartition("@")[2]
    except ValueError:  # such as a bracket without its partner
        return ""
    registered = get_fld(
        url, fail_silently=True, search_private=True, fix_protocol=False
    )
    return registered or host.removeprefix("www.")


def sites_of(*urls: str) -> frozenset[str]:
    """The sites of addresses, empty ones left out."""
    return frozenset(map(site_of, filter(None, urls))) - {""}


def outranks(url: str, feed_urls: Iterable[str], others_urls: Iterable[str]) -> bool:
    """Whether url lies on a feed's own site, and on none of another feed's.

    Addresses of a feed are its own and the one where its server's redirects end.
    """
    site = site_of(url)
    return site in sites_of(*feed_urls) and site not in sites_of(*others_urls)
