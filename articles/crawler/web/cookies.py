"""Cookies that live for one download: some sites let nobody in who brings none back."""

import ipaddress
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.request import Request

import httpx

# Of all cookies of one download together; servers refuse longer headers anyway.
MOST_CHARACTERS = 8000


class OneDownload(DefaultCookiePolicy):
    """Takes a few cookies, such as can be sent, and gives none to another site.

    Source: RFC 6265, section 5, as http.cookiejar has it.
    """

    def __init__(self) -> None:
        super().__init__(strict_domain=True)
        self.left = MOST_CHARACTERS

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        text = f"{cookie.name}={cookie.value or ''}"
        if not (text.isascii() and text.isprintable() and len(text) <= self.left):
            return False
        if not super().set_ok(cookie, request):
            return False
        self.left -= len(text)
        return True

    def set_ok_domain(self, cookie: Cookie, request: Request) -> bool:
        host = httpx.URL(request.full_url).host
        if cookie.domain_specified and is_ip(host):  # its end says nothing
            return cookie.domain.lstrip(".") == host
        return super().set_ok_domain(cookie, request)


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def new_jar() -> httpx.Cookies:
    """A jar for one download, to be thrown away with it."""
    return httpx.Cookies(CookieJar(OneDownload()))
