"""A complete crawl of real news pages, and how much of their text comes out right."""

import gzip
import json
import re
import statistics
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from articles.crawler.pages.extract import extract
from articles.models import KINDS, Article, url_hash
from ops.benchmarks import server
from tokenization import services

LANGUAGES = server.sized((), ("da", "fr"))  # all, where none is named
WORD = re.compile(r"\w+")


def run():
    """figure and baseline are mean token F1 against the gold text, 0 to 1.

    The baseline is trafilatura alone with its default options. page_titles_right and
    page_dates_right are shares of pages, 0 to 1, told from the page without a feed.
    """
    folder = server.shared("newsweb")
    gold = json.loads((folder / "index.json").read_text("utf-8"))
    gold = [page for page in gold if page["language"] in LANGUAGES or not LANGUAGES]
    base, report = crawl(folder, sorted({page["language"] for page in gold}))
    ours = stored_articles(base, gold)
    scores = {page["publisher"]: page_f1(ours, page) for page in gold}
    baseline = [
        f1(trafilatura.extract(read_page(folder, page)) or "", text_of(page))
        for page in gold
    ]
    figure = statistics.mean(scores.values())
    alone = [(extract(read_page(folder, page), page["url"]), page) for page in gold]
    return {
        "figure": round(figure, 4),
        "baseline": round(statistics.mean(baseline), 4),
        "ratio": round(figure / statistics.mean(baseline), 4),
        "unit": "mean token F1",
        "pages": len(gold),
        **{name: report[name] for name in ("found", *KINDS, "reasons", "errors")},
        "seconds": report["seconds"],
        "fresh": sum(article["fresh"] for article in ours.values()),
        "titles_right": sum(title_is_right(ours, page) for page in gold),
        "page_titles_right": share(
            found.title == folded_title(page) for found, page in alone
        ),
        "page_dates_right": share(
            date_is_right(found.published_at, page["published"])
            for found, page in alone
        ),
        "lowest": min(scores.values()),
        "weakest": dict(sorted(scores.items(), key=lambda item: item[1])[:8]),
        "broken": {
            name: article["broken"]
            for name, article in ours.items()
            if article["broken"]
        },
    }


def crawl(folder, languages):
    """Crawl all feeds of the page server with the real command.

    Return the server's address, and the crawl's report.
    """
    port = server.free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, str(folder / "serve.py"), "--port", str(port)]
    with tempfile.TemporaryDirectory() as scratch, server.running(command, port):
        report = Path(scratch) / "report.json"
        allowed = {"CRAWLER_ALLOWED_HOSTS": f"127.0.0.1:{port}"}
        for language in languages:
            url = f"{base}/{language}/feed.xml"
            server.manage("add_feed", url, "--language", language, **allowed)
        server.manage("crawl", "--report", str(report), **allowed)
        return base, json.loads(report.read_text("utf-8"))


def stored_articles(base, gold):
    """What the crawl stored, by publisher: found by the address in the feed."""
    articles = Article.objects.select_related("tokenization_cache")
    found = {
        page["publisher"]: articles.filter(
            addresses=url_hash(f"{base}/pages/{page['publisher']}")
        ).first()
        for page in gold
    }
    return {
        publisher: {
            "title": article.title,
            "text": article.text().body,
            "broken": article.broken,
            "fresh": services.state_of(article) == "fresh",
        }
        for publisher, article in found.items()
        if article
    }


def page_f1(ours, page):
    article = ours.get(page["publisher"])
    return round(f1(article["text"], text_of(page)), 4) if article else 0.0


def title_is_right(ours, page):
    article = ours.get(page["publisher"])
    return bool(article) and article["title"] == folded_title(page)


def folded_title(page):
    return " ".join(page["title"].split())


def date_is_right(found, published):
    """Whether a time is on the day of an ISO 8601 one, in that one's zone or UTC."""
    gold = datetime.fromisoformat(published)
    gold = gold.replace(tzinfo=gold.tzinfo or UTC)
    return bool(found) and any(
        found.astimezone(zone).date() == gold.astimezone(zone).date()
        for zone in (gold.tzinfo, UTC)
    )


def share(outcomes):
    outcomes = list(outcomes)
    return round(sum(outcomes) / len(outcomes), 4)


def text_of(page):
    return "\n".join(page["paragraphs"])


def read_page(folder, page):
    file = folder / "pages" / f"{page['publisher']}.html.gz"
    return gzip.decompress(file.read_bytes())


def f1(found, expected):
    """F1 of two texts as bags of words, case folded."""
    ours, gold = (Counter(WORD.findall(text.lower())) for text in (found, expected))
    if not ours or not gold:
        return 0.0
    return 2 * (ours & gold).total() / (ours.total() + gold.total())
