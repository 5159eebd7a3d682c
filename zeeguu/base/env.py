"""Read settings from the environment and refuse nonsense with the variable's name."""

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

# For one's own machine, written by `make run`; what is set in the environment wins.
load_dotenv(Path(__file__).resolve().parents[2] / ".env")

ENGINES = {"sqlite": "django.db.backends.sqlite3", "mysql": "ops.database.mysql"}
# What an address may say of the driver after "?"; ssl is dj_database_url's ssl-ca.
OPTIONS: dict[str, dict[str, type]] = {
    "sqlite": {"timeout": int},
    "mysql": {
        **dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), int),
        **dict.fromkeys(("charset", "collation", "init_command", "sql_mode"), str),
        **dict.fromkeys(("unix_socket", "ssl_mode", "isolation_level"), str),
        **dict.fromkeys(("read_default_file", "read_default_group"), str),
        "compress": bool,
        "ssl": dict,
    },
}
# Scheme, host or IP address, port.
ORIGIN = re.compile(
    r"(https?)://((?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
    r"|\[[0-9a-f:.]+\])(?::(\d{1,5}))?",
    re.ASCII,
)
REDIS = ("redis", "rediss")
OWN_PORTS = {"http": (None, "80"), "https": (None, "443")}
UNITS_S = {"sec": 1, "min": 60, "hour": 3600, "day": 86_400}
TRUE, FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


@contextlib.contextmanager
def ending_in_one_line() -> Iterator[None]:
    """End the process with a line, and exit code 2, where a setting is wrong.

    Else commands and servers would show where in our code it was found.
    """
    try:
        yield
    except ImproperlyConfigured as exc:
        sys.stderr.write(f"wrong setting: {exc}\n")
        sys.exit(2)


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    value = env_str(name, str(default)).lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value!r}: use True or False")
    return value in TRUE


def env_int(
    name: str, default: int, *, minimum: int = 0, maximum: int | None = None
) -> int:
    value = env_str(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number") from None
    if number < minimum or (maximum is not None and number > maximum):
        limits = f"at least {minimum}" + (f", at most {maximum}" if maximum else "")
        raise ImproperlyConfigured(f"{name}={number}: {limits}")
    return number


def env_list(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks around and empty items are dropped."""
    return [item.strip() for item in env_str(name, default).split(",") if item.strip()]


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    value = env_str(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r}: use one of {', '.join(choices)}")
    return value


def env_choices(name: str, default: str, choices: Collection[str]) -> list[str]:
    """A list of some of the choices; ``none`` is none.

    An empty item is refused: what should stand there would be left out unseen.
    """
    items = [item.strip() for item in env_str(name, default).split(",")]
    if items == ["none"]:
        return []
    if wrong := [item for item in items if item not in choices]:
        known = ", ".join(choices)
        raise ImproperlyConfigured(
            f"{name}: {wrong[0]!r}: use some of {known}, or none"
        )
    return items


def env_languages(name: str, default: str) -> Literal["all"] | list[str]:
    """``"all"``, or a list of language codes, which is empty for ``none``."""
    value = env_str(name, default)
    if value in ("all", "none"):
        return "all" if value == "all" else []
    codes = env_list(name)
    if wrong := [code for code in codes if not re.fullmatch("[a-z]{2,3}", code)]:
        raise ImproperlyConfigured(
            f"{name}: {wrong[0]!r} is not a language code; use all, none or da,de"
        )
    return codes


def env_names(name: str, default: str = "") -> list[str]:
    """A list of host names as browsers send them: no scheme, no path."""
    names = env_list(name, default)
    if wrong := [item for item in names if "/" in item]:
        raise ImproperlyConfigured(f"{name}: {wrong[0]!r} is not a host name")
    return names


def env_origins(name: str, default: str = "") -> list[str]:
    """A list of origins as browsers send them: scheme, host, port.

    A port that is the scheme's own is dropped, as browsers drop it.
    """
    return [_origin(name, item) for item in env_list(name, default)]


def env_own_origins(name: str, default: str = "") -> list[str]:
    """A list of origins; https://*.example.com is all of a domain's."""
    origins = env_list(name, default)
    for item in origins:
        _origin(name, item.replace("://*.", "://", 1))
    return origins


def _origin(name: str, item: str) -> str:
    found = ORIGIN.fullmatch(item.lower())
    if not found or (found[3] and not 0 < int(found[3]) < 65536):
        raise ImproperlyConfigured(
            f"{name}: {item!r} is not an origin; use scheme and host, such as"
            " https://app.example.com or http://localhost:3000, without a path and"
            " without *, and xn--… for letters beyond a to z"
        )
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + (f":{port}" if port not in OWN_PORTS[scheme] else "")


def env_url(name: str, default: str, schemes: Collection[str]) -> str:
    """The address of a server; the message never repeats its password."""
    value = env_str(name, default)
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in schemes:
        begins = f"begins with {scheme!r}" if separator else "has no ://"
        raise ImproperlyConfigured(f"{name} {begins}: use {' or '.join(schemes)}://…")
    if scheme in REDIS:
        _require_redis_database(name, value)
    return _with_host(name, value)


def _require_redis_database(name: str, url: str) -> None:
    """Refuse what is no number: it would be found only when a task is sent.

    The message doesn't repeat it: what follows a slash may be a password's end.
    """
    scheme, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    numbers = [place.partition("/")[2], *re.findall(r"\bdb=([^&]*)", query)]
    if not all(re.fullmatch(r"\d{0,4}", number, re.ASCII) for number in numbers):
        raise ImproperlyConfigured(
            f"{name}: the database of a Redis is a number: use {scheme}://host:port/0"
        )


def _with_host(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port above 65535
        is_address = False
    if not is_address:
        scheme = url.partition(":")[0]
        raise ImproperlyConfigured(f"{name}: use {scheme}://host:port/…")
    return url


def env_web_address(name: str) -> str:
    """The web address of a service, or "" for none; no slash ends it.

    The message never repeats it: who puts a key into it does so by mistake.
    """
    value = env_str(name)
    if not value:
        return ""
    _with_host(name, env_url(name, "", ("http", "https")))
    parts = urlsplit(value)
    is_plain = value.isascii() and value.isprintable() and " " not in value
    if not is_plain or "@" in parts.netloc or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"{name}: use an address such as https://translate.example.com/path,"
            " without a password, ? and #"
        )
    return value.rstrip("/")


def env_services(name: str, addresses: Collection[str]) -> frozenset[tuple[str, int]]:
    """The hosts that services may be at: ``host:port`` pairs, all named ones if empty.

    addresses are those of the services, "" for none. One that is elsewhere is refused.
    """
    named = {_place(url) for url in addresses if url}
    allowed = env_hosts(name) or frozenset(named)
    for host, port in sorted(named - allowed):
        raise ImproperlyConfigured(
            f"{name}: {host}:{port}, where a service is, is not among them"
        )
    return allowed


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    own = int(OWN_PORTS[parts.scheme][1] or 0)
    return parts.hostname or "", parts.port or own


def env_bind(name: str, default: str) -> str:
    """Where to listen: an address and a port, or a socket's file."""
    value = env_str(name, default)
    host, _, port = value.rpartition(":")
    is_port = port.isascii() and port.isdigit() and int(port[:6]) < 65536
    if not value.startswith(("unix:", "fd://")) and not (host and is_port):
        raise ImproperlyConfigured(
            f"{name}={value!r}: use address:port, such as 127.0.0.1:8000, or unix:/path"
        )
    return value


def env_folder(name: str, default: Path | str, *, is_read: bool = False) -> Path:
    """A folder that is there, or can be made; is_read: nobody need write to it."""
    path = Path(env_str(name, str(default)))
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not there.is_dir():
        raise ImproperlyConfigured(f"{name}={path}: {there} is a file; name a folder")
    is_written = name in os.environ and not is_read
    if is_written and not os.access(there, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name}={path}: {there} can't be written to")
    if name in os.environ and there != path and os.access(there, os.W_OK):
        _require_makeable(name, path, there)
    return path


def _require_makeable(name: str, path: Path, there: Path) -> None:
    """Refuse a folder in one where nothing can be made, whatever its rights say."""
    try:
        tempfile.TemporaryDirectory(dir=there).cleanup()
    except OSError as exc:
        message = f"{name}={path}: nothing can be made in {there}"
        raise ImproperlyConfigured(message) from exc


def env_header(name: str, default: str) -> str:
    """A text that fits into an HTTP header."""
    value = env_str(name, default)
    if not value.isascii() or not value.isprintable():
        raise ImproperlyConfigured(f"{name}={value!r}: use printable ASCII characters")
    return value


def env_secret(name: str) -> str:
    """A key or token that fits into an HTTP header; the message never repeats it."""
    value = env_str(name)
    if not value.isascii() or not value.isprintable():
        raise ImproperlyConfigured(f"{name}: use printable ASCII characters")
    return value


def env_user_agent(name: str, default: str) -> str:
    """A User-Agent header; whoever is bothered must be able to write to somebody."""
    value = env_header(name, default)
    if "+http" not in value and "@" not in value:
        raise ImproperlyConfigured(
            f"{name}={value!r}: put a contact address in it, such as"
            " (+https://example.com/bot) or bot@example.com"
        )
    return value


def env_rate(name: str, default: str) -> tuple[int, int]:
    """How often in how many seconds: (10, 60) for 10/min."""
    value = env_str(name, default)
    found = re.fullmatch(r"([1-9]\d{0,5})/(sec|min|hour|day)", value, re.ASCII)
    if not found:
        raise ImproperlyConfigured(f"{name}={value!r}: use a rate such as 10/min")
    return int(found[1]), UNITS_S[found[2]]


def env_hosts(name: str, default: str = "") -> frozenset[tuple[str, int]]:
    """A list of ``host:port`` pairs, as a frozenset of (host, port) tuples."""
    pairs = set()
    for item in env_list(name, default):
        host, _, port = item.rpartition(":")
        is_number = port.isascii() and port.isdigit() and len(port) < 6
        if not host or not is_number or not 0 < int(port) < 65536:
            raise ImproperlyConfigured(f"{name}: {item!r} is not host:port")
        pairs.add((host.strip("[]").lower(), int(port)))
    return frozenset(pairs)


def env_host_limits(name: str, default: str = "") -> dict[str, tuple[int, int]]:
    """A list such as ``example.com=2/60``: requests at a time, and in a minute.

    Returns {host: (concurrent, per_minute)}; 0 per minute is any number, and the host
    ``*`` is all others.
    """
    limits = {}
    for item in env_list(name, default):
        found = re.fullmatch(
            r"(\*|[a-z0-9._:-]+)=([1-9]\d{0,3})/(\d{1,5})", item.lower(), re.ASCII
        )
        if not found:
            raise ImproperlyConfigured(f"{name}: {item!r} is not like example.com=2/60")
        if found[1] in limits:
            raise ImproperlyConfigured(f"{name}: {found[1]} has two limits")
        limits[found[1]] = int(found[2]), int(found[3])
    return limits


def env_database(name: str, default: str) -> dict[str, Any]:
    """One DATABASES entry from a URL; the message never repeats the URL's password."""
    url = env_str(name, default)
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in ENGINES:
        begins = f"begins with {scheme!r}" if separator else "has no ://"
        raise ImproperlyConfigured(
            f"{name} {begins}: use sqlite:///path or"
            " mysql://user:password@host:3306/name"
        )
    try:
        parsed = dj_database_url.parse(url)
    except ValueError as exc:
        raise ImproperlyConfigured(f"{name} can't be read as a URL") from exc
    if not parsed["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database after the last slash")
    _require_options(name, parsed.get("OPTIONS", {}), OPTIONS[scheme])
    return {**parsed, "ENGINE": ENGINES[scheme]}


def _require_options(name: str, given: dict[str, Any], kinds: dict[str, type]) -> None:
    """Refuse what the driver would not take, or not so, when it connects."""
    for option, value in given.items():
        if option not in kinds:
            known = ", ".join(sorted(kinds))
            message = f"{name}: there is no option {option!r}; there are: {known}"
            raise ImproperlyConfigured(message)
        if type(value) is not kinds[option]:
            wanted = {int: "a whole number", bool: "true or false"}
            message = f"{option} must be {wanted.get(kinds[option], 'one text')}"
            raise ImproperlyConfigured(f"{name}: {message}")
