"""A web server that means harm: every path is a trick on those who ask for it."""

import gzip
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli

from articles.tests.news import page_of

MEGABYTE = 1_000_000
# Unpacked; packed it is a hundredth of that at the most.
BOMB = bytes(300 * MEGABYTE)
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
RSS = (
    '<?xml version="1.0"?>{doctype}<rss version="2.0"><channel><title>{title}</title>'
    "{items}</channel></rss>"
)
ITEM = (
    "<item><title>{title}</title><link>{link}</link><description>{text}</description>"
    "<author>{title}</author><category>{title}</category><guid>{title}</guid></item>"
)
# As long as a download may be.
LONG = "<item><link>/good?t</link><title>{}</title></item>"
LAUGHS = (
    "<!DOCTYPE r ["
    + '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
ENTITIES = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">'
    '<!ENTITY % y SYSTEM "{base}/dtd">%y;]>'
)
# Seconds that the server drips at most: without a limit a test would fail, not hang.
LONGEST_DRIP_S = 40


def rss(*items, title="Fælden", doctype=""):
    return RSS.format(title=title, items="".join(items), doctype=doctype).encode()


def item(link, title="Fælde", text=""):
    return ITEM.format(title=title, link=link, text=text)


def packed(encoding, body):
    if encoding == "br":
        return brotli.compress(body, quality=1)
    return gzip.compress(body, 9) if encoding == "gzip" else zlib.compress(body, 9)


class HostileServer(ThreadingHTTPServer):
    """``tricks`` are its feeds' paths; ``asked`` are the paths that were asked for."""

    daemon_threads = True

    def __init__(self, host="127.0.0.1", port=0):
        super().__init__((host, port), Handler)
        self.base = "http://{}:{}".format(*self.server_address)
        self.asked = []
        bombs = {name: packed(name, BOMB) for name in ("gzip", "deflate", "br")}
        again = packed("gzip", bombs["gzip"])
        self.answers = {
            # --- redirects
            "/loop": (302, {"Location": "/loop"}, b""),
            "/chain": (302, {"Location": "/chain2"}, b""),
            "/chain2": (301, {"Location": "http://169.254.169.254/latest"}, b""),
            "/mapped": (302, {"Location": "http://[::ffff:10.0.0.1]/"}, b""),
            "/nat64": (302, {"Location": "http://[64:ff9b::7f00:1]/"}, b""),
            "/decimal": (302, {"Location": "http://2130706433:1/"}, b""),
            "/file": (302, {"Location": "file:///etc/passwd"}, b""),
            "/nowhere": (302, {}, b""),
            # --- bombs
            **{
                f"/bomb-{name}": (200, {"Content-Encoding": name}, body)
                for name, body in bombs.items()
            },
            "/bomb-twice": (200, {"Content-Encoding": "gzip, gzip"}, again),
            "/bomb-redirect": (
                302,
                {"Location": "/loop", "Content-Encoding": "gzip"},
                bombs["gzip"],
            ),
            "/no-gzip": (200, {"Content-Encoding": "gzip"}, b"not packed at all"),
            # --- lies
            "/longer": (200, {"Content-Length": "999999999"}, b"<rss"),
            "/shorter": (200, {"Content-Length": "1"}, rss(item("/good"))),
            "/later": (429, {"Retry-After": "999999999999"}, b""),
            "/never": (503, {"Retry-After": "-1 parrots"}, b""),
            "/unchanged": (304, {"ETag": '"x"'}, b""),
            # --- feeds
            "/laughs": (200, {}, rss(item("/x", "&a11;"), doctype=LAUGHS)),
            "/entities": (
                200,
                {},
                rss(item("/e", "&x;"), doctype=ENTITIES.replace("{base}", self.base)),
            ),
            "/deep": (200, {}, b"<rss><channel>" + b"<a>" * 100_000),
            "/nul": (200, {}, b"\0" * MEGABYTE),
            "/noise": (200, {}, bytes(range(256)) * 4000),
            "/no-links": (
                200,
                {},
                rss(
                    item("javascript:alert(1)"),
                    item(" JAVA\tSCRIPT:alert(1)"),
                    item("data:text/html,x"),
                ),
            ),
            # --- feeds that can be read all the same
            "/many": (200, {}, rss(*(item(f"/gone/{n}") for n in range(10_000)))),
            "/title": (200, {}, rss(LONG.format("x" * 4_900_000))),
            "/scripts": (
                200,
                {},
                rss(
                    item("/scripted", SCRIPT, SCRIPT),
                    item("/scripted?2", f"<![CDATA[{SCRIPT}Titel]]>", "&lt;b&gt;"),
                    title=f"<![CDATA[{SCRIPT}]]>",
                ),
            ),
            "/pages": (
                200,
                {},
                rss(*(item(f"/page/{name}", name) for name in self.pages())),
            ),
            # --- pages
            "/good": (200, {}, page_of("good").encode()),
            "/good?t": (200, {}, page_of("title").encode()),
            "/scripted": (200, {}, scripted("one")),
            "/scripted?2": (200, {}, scripted("two")),
            "/fine": (200, {}, rss(item("/good", "Alt er godt"))),
            **{
                f"/page/{name}": (200, {"Content-Type": "text/html"}, body)
                for name, body in self.pages().items()
            },
        }

    @staticmethod
    def pages():
        return {
            "deep": b"<html><body>" + b"<div>" * 100_000 + b"x",
            "attributes": b"<p " + b"a='1' " * 300_000 + b">x",
            "tags": b"<a><b><i>" * 500_000,
            "one-word": b"<article><p>" + b"x" * 4 * MEGABYTE,
            "many-words": b"<article><p>" + b"ord " * MEGABYTE,
            "json": b"<script type='application/ld+json'>" + b"[" * 500_000,
            "nul": b"\0" * MEGABYTE,
            "entities": b"<p>" + b"&amp;" * 800_000,
            "table": b"<article>" + b"<table><tr><td>x" * 50_000,
        }


def scripted(slug):
    """An article whose every part carries a script."""
    page = page_of(slug).replace("<p>", f"<p>{SCRIPT} ")
    head = (
        f"<head><title>{SCRIPT}</title><meta name='author' content='{SCRIPT}'></head>"
    )
    return page.replace("<html>", f"<html>{head}").encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        special = {
            "/drip-header": self.drip_header,
            "/drip-body": self.drip_body,
            "/endless": self.endless,
        }
        try:
            special.get(self.path, self.answer)()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self):
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" in headers:
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip_header(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self.drip(b"x", 0.1)

    def drip_body(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n<rss>")
        self.drip(b" ", 0.1)

    def endless(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self.drip(b"x" * 100_000, 0)

    def drip(self, drop, delay_s):
        self.close_connection = True
        end = time.monotonic() + LONGEST_DRIP_S
        while time.monotonic() < end:
            self.wfile.write(drop)
            self.wfile.flush()
            time.sleep(delay_s)

    def log_message(self, *args):
        """Tests read ``asked`` instead."""
