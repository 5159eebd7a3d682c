"""Many different news pages for benches: real ones, with their words shuffled.

So markup, length and language are real, and no page is nearly the same as another.
"""

import gzip
import json
import random
import sys
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import html

from ops.benchmarks import server

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{title}</title><link>{base}/</link>
{items}</channel></rss>"""
ITEM = (
    "<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
    "<pubDate>{date}</pubDate></item>\n"
)
DAY_S = 86_400
OWN_ADDRESS = "//link[@rel='canonical'] | //meta[@property='og:url']"


def write_pages(folder, number):
    """Write number pages; return dicts of language, title and path, in random order.

    Raises MissingMaterial.
    """
    material = server.shared("newsweb")
    originals = json.loads((material / "index.json").read_text("utf-8"))
    chance = random.Random(7)
    pages = []
    for place in range(number):
        original = originals[place % len(originals)]
        name = original["publisher"]
        body = gzip.decompress((material / "pages" / f"{name}.html.gz").read_bytes())
        path = f"{place:05}-{name}.html"
        (folder / path).write_bytes(shuffled(body, chance))
        title = shuffled_words(original["title"], chance)
        language = original["language"]
        pages.append({"language": language, "title": title, "path": path})
    chance.shuffle(pages)
    return pages


def shuffled(body, chance):
    """A page in UTF-8 whose paragraphs' words have changed places."""
    tree = html.document_fromstring(body.decode("utf-8", "replace"))
    for own_address in tree.xpath(OWN_ADDRESS):
        own_address.drop_tree()  # else all that were made of one page would be one
    for paragraph in tree.iter("p"):
        for element in paragraph.iter():
            element.text = element.text and shuffled_words(element.text, chance)
            if element is not paragraph:
                element.tail = element.tail and shuffled_words(element.tail, chance)
    return html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>")


def shuffled_words(text, chance):
    words = text.split()
    chance.shuffle(words)
    return " ".join(words)


def write_feed(folder, name, base, pages):
    """Write an RSS feed of pages; return its address."""
    items = "".join(
        ITEM.format(
            title=escape(page["title"]),
            link=f"{base}/{page['path']}",
            date=formatdate(1_790_000_000 - place * DAY_S / 24),
        )
        for place, page in enumerate(pages)
    )
    feed = FEED.format(title=name, base=base, items=items)
    (Path(folder) / f"{name}.xml").write_text(feed, "utf-8")
    return f"{base}/{name}.xml"


@contextmanager
def serving(folder):
    """Serve a folder by Python's own web server; yields its address."""
    port = server.free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    command += ["--directory", str(folder), "--protocol", "HTTP/1.1"]
    with server.running(command, port, quiet=True):
        yield f"http://127.0.0.1:{port}"


def allowed(base):
    """What a crawl must be told to visit that server as often as it can."""
    host_port = base.removeprefix("http://")
    return {
        "CRAWLER_ALLOWED_HOSTS": host_port,
        "CRAWLER_HOST_LIMITS": "127.0.0.1=16/0",
        "CRAWLER_FEED_TIMEOUT_S": "3600",
    }
