"""A small news site of our own in every language, served to the crawler over HTTP.

One JSON file a language holds its newspaper: title, tagline, feed format and articles.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from articles.models import Feed, FeedQuerySet

HOST = "127.0.0.1"
HERE = Path(__file__).parent
FEEDS: dict[str, Any] = {"rss": Rss201rev2Feed, "atom": Atom1Feed}


def address() -> tuple[str, int]:
    """(host, port) of the demo site while it is served."""
    return HOST, settings.DEMO_SITE_PORT


def base_url() -> str:
    return "http://{}:{}".format(*address())


def papers() -> dict[str, dict[str, Any]]:
    """The newspapers by language code."""
    files = sorted(HERE.glob("*.json"))
    return {file.stem: json.loads(file.read_text("utf-8")) for file in files}


def feeds() -> list[dict[str, str]]:
    """Each newspaper's feed as a dict of title, url and language."""
    return [
        {"title": paper["title"], "url": f"{base_url()}/{code}/feed", "language": code}
        for code, paper in papers().items()
    ]


def move_feeds() -> None:
    """Let stored demo feeds follow when the site has got another port."""
    for feed in feeds():
        path = f"/{feed['language']}/feed"
        stored = Feed.objects.filter(url__startswith=f"http://{HOST}:")
        stored.filter(url__endswith=path).exclude(url=feed["url"]).update(
            url=feed["url"]
        )


def stored_feeds() -> FeedQuerySet:
    """The demo's feeds that are in the database, by their addresses of now."""
    return Feed.objects.filter(url__in=[feed["url"] for feed in feeds()]).order_by("pk")


def stored_anywhere() -> FeedQuerySet:
    """The demo's feeds that are in the database, on whatever port they were made.

    On another one than now their titles tell them from another local server's.
    """
    chosen = Q(url__in=[feed["url"] for feed in feeds()])
    for feed in feeds():
        address = rf"^http://{re.escape(HOST)}:[0-9]+/{feed['language']}/feed$"
        chosen |= Q(title=feed["title"], url__regex=address)
    return Feed.objects.filter(chosen).order_by("pk")


def is_demo(feed: Feed) -> bool:
    return feed.url.startswith(f"{base_url()}/")


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """Serve the site while the context lasts; yields its (host, port).

    Raises OSError when the port is taken.
    """
    server = ThreadingHTTPServer(address(), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield HOST, server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    """/<language>/feed and /<language>/<topic>/<slug>.html, everything else 404."""

    def do_GET(self) -> None:
        code, *rest = self.path.strip("/").split("/")
        paper = papers().get(code)
        if paper and rest == ["feed"]:
            feed = render_feed(paper, code)
            return self.answer(feed.content_type, feed.writeString("utf-8"))
        for article in paper["articles"] if paper else ():
            if rest == [article["topic"], f"{article['slug']}.html"]:
                context = {"paper": paper, "article": article, "code": code}
                page = render_to_string("demo_site/article.html", context)
                return self.answer("text/html; charset=utf-8", page)
        return self.send_error(HTTPStatus.NOT_FOUND)

    def answer(self, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nobody reads the demo site's access log."""


def render_feed(paper: dict[str, Any], code: str) -> Rss201rev2Feed | Atom1Feed:
    """The newspaper's RSS or Atom feed, as a Django feed generator."""
    home = f"{base_url()}/{code}/"
    feed: Rss201rev2Feed | Atom1Feed = FEEDS[paper["format"]](
        paper["title"], home, paper["description"], language=code
    )
    for article in paper["articles"]:
        link = f"{home}{article['topic']}/{article['slug']}.html"
        published = datetime.fromisoformat(article["published"])
        feed.add_item(
            article["title"],
            link,
            article["summary"],
            author_name=article["author"],
            pubdate=published,
            updateddate=published,
            categories=[article["category"]],
            unique_id=link,
        )
    return feed
