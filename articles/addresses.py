"""Addresses as feeds and pages write them: one form of each, the right one of many."""

import re
from urllib.parse import quote, urljoin, urlsplit

import httpx

from articles.text import clean

# Parameters that only tell where a reader came from. Nothing that may be an address'
# own, such as source or cid: then many articles would look like one.
TRACKING = re.compile(
    r"(utm|mtm|pk|at|ns|wt)_\w+|(fb|g|d|y|tt|tw)clid|msclkid|gclsrc|[gw]braid"
    r"|igshid|igsh|li_fat_id|mc_[ce]id|_hs(enc|mi)|mkt_tok|vero_(id|conv)"
    r"|oly_(anon|enc)_id|_g[al]|guccounter|guce_referrer(_sig)?|__twitter_impression"
    r"|xtor|ocid|cmp",
    re.IGNORECASE,
)
# Browsers drop these wherever they are in an address (WHATWG, URL, section 4.4).
BREAKS = re.compile("[\t\r\n]")
# Already quoted, or with a meaning of their own in an address.
SAFE = "!#$%&'()*+,/:;=?@[]~"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# An ampersand that was escaped once more than it was read, in any spelling and as often
# as may be. With its semicolon it is nothing else: no address has such a fragment.
ESCAPED = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)
# What feed readers register for, before an address or in place of its scheme.
READERS = re.compile(r"(?:feed|itpc|pcast|podcast|rss):(?://)?", re.IGNORECASE)
WEB = ("http://", "https://")
# What comes before a port is a host: "example.com:8080" begins with no scheme.
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9._:-]+")
ESCAPE = re.compile("%([0-9a-f]{2})", re.IGNORECASE)
HTML_TYPES = {"text/html", "application/xhtml+xml"}
# Of an article, but not for readers with a browser.
OTHER_FORM = re.compile(
    r"^(amp|m|mobile|print)\.|(^|[/._-])(amp|print|mobile)(/|\.html?|$)"
    r"|(^|[?&])(amp|print|outputtype=amp|output=amp|view=(amp|print))(=1|=true)?(&|$)",
    re.IGNORECASE,
)
OTHER_MEDIA = re.compile(r"print|handheld|max-width", re.IGNORECASE)


def canonical_url(link: str | None, base: str) -> str:
    """Absolute http(s) form of a link, fragment and tracking dropped, or "".

    All else stays: this address is also the one that is fetched.
    """
    link = clean(BREAKS.sub("", with_scheme(ESCAPED.sub("&", link or ""))))
    try:
        parts = urlsplit(urljoin(base, link))
    except ValueError:  # such as a bracket without its partner
        return ""
    if not link or parts.scheme not in DEFAULT_PORTS or not parts.netloc:
        return ""
    named = [(part.partition("=")[0], part) for part in parts.query.split("&")]
    query = "&".join(part for name, part in named if not TRACKING.fullmatch(name))
    return parts._replace(
        netloc=parts.netloc.lower().removesuffix(DEFAULT_PORTS[parts.scheme]),
        path=quote(parts.path or "/", SAFE),
        query=quote(query, SAFE),
        fragment="",
    ).geturl()


def normal_url(text: str) -> str:
    """The one spelling of a feed's address; what is no web address stays as it is.

    Lower-case host, in the letters of DNS and without its last dot; no default port, no
    fragment, empty query or dot segments; escapes in capitals, and only where one is
    needed. All that a server may tell apart stays. Source: RFC 3986, section 6.2.
    """
    link = with_scheme(text)
    try:
        url = httpx.URL(link)
        host = url.raw_host.decode("ascii").removesuffix(".")
    except (httpx.InvalidURL, UnicodeError):  # such as xn--a
        return link
    if url.scheme not in PORTS or not HOST.fullmatch(host) or re.search(r"\s", link):
        return link
    user = f"{url.userinfo.decode()}@" if url.userinfo else ""
    host = f"[{host}]" if ":" in host else host
    port = f":{url.port}" if url.port not in (None, PORTS[url.scheme]) else ""
    path = url.raw_path.decode()
    path = ESCAPE.sub(_escaped, path if url.query else path.removesuffix("?"))
    return f"{url.scheme}://{user}{host}{port}{path}"


def _escaped(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    is_plain = character.isascii() and (character.isalnum() or character in "-._~")
    return character if is_plain else found[0].upper()


def with_scheme(link: str) -> str:
    """An address with http in place of feed:// and the like: these name a reader."""
    link = link.strip()
    found = READERS.match(link)
    if not found:
        return link
    rest = link[found.end() :]
    return rest if rest.lower().startswith(WEB) else f"http://{rest}"


def typed_address(text: str) -> str:
    """An address as somebody typed it, with https:// where the scheme was left out."""
    link = with_scheme(text)
    if not link or SCHEME.match(link):
        return link
    return f"https://{link.removeprefix('//')}"


def is_absolute(link: str) -> bool:
    return clean(link).lower().startswith(WEB)


def best_first(links: list[dict], language: str) -> list[dict]:
    """An entry's alternates (RFC 4287, section 4.1.2), the one for our readers first.

    links are feedparser's; language is a two-letter code or "".
    """
    return sorted(links, key=lambda link: _distance(link, language))


def _distance(link: dict, language: str) -> tuple[bool, int, bool]:
    told = re.split("[-_]", str(link.get("hreflang") or "").strip().lower())[0]
    # One without a language is in the entry's own; "x-default" is for everybody.
    is_neutral = told in ("", "x")
    return (
        str(link.get("type") or "text/html").lower() not in HTML_TYPES,
        0 if language and told == language else 1 if is_neutral else 2,
        _is_other_form(link),
    )


def _is_other_form(link: dict) -> bool:
    href = str(link.get("href") or "")
    try:
        parts = urlsplit(href)
    except ValueError:
        return True
    media = str(link.get("media") or "")
    named = (parts.netloc, parts.path, parts.query)
    return any(map(OTHER_FORM.search, named)) or bool(OTHER_MEDIA.search(media))
