"""A crawl of 1,000 pages, against the extraction and tokenizing alone."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.db.models import Count

from articles.models import Article, Feed, FeedVisit
from ops.benchmarks import newspapers, server

PAGES = server.sized(1000, 5)
PAGES_A_FEED = 20
GOAL = 1.25
# On a busy machine PyTorch's threads spin for each other, for minutes.
THREADS = server.sized({}, {"OMP_NUM_THREADS": "1"})


def run():
    """figure is processor seconds of the crawl, baseline those of the bare work.

    Both are whole commands, start included, with all their processes. ratio is the
    overhead: 1 would be a crawl that costs nothing besides.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pages = newspapers.write_pages(folder, PAGES)
        (folder / "pages.json").write_text(json.dumps(pages), "utf-8")
        bare = [sys.executable, "-m", "ops.benchmarks.bare_crawl", scratch]
        baseline, _ = processor_s(bare, **THREADS)
        with newspapers.serving(folder) as base:
            add_feeds(folder, base, pages)
            crawl = [sys.executable, "manage.py", "crawl", "--verbosity", "0"]
            figure, wall_s = processor_s(crawl, **newspapers.allowed(base))
    stored = Article.objects.count()
    return {
        "figure": round(figure, 1),
        "baseline": round(baseline, 1),
        "ratio": round(figure / baseline, 3),
        "unit": "processor seconds",
        "goal": GOAL,
        "goal_reached": figure / baseline <= GOAL and stored == PAGES,
        "pages": PAGES,
        "stored": stored,
        "broken": dict(
            Article.objects.exclude(broken="")
            .values_list("broken")
            .annotate(number=Count("pk"))
        ),
        "tokenized": sum(FeedVisit.objects.values_list("tokenized", flat=True)),
        "articles_per_processor_s": round(stored / figure, 2),
        "articles_per_s": round(stored / wall_s, 2),
    }


def add_feeds(folder, base, pages):
    """Feeds of PAGES_A_FEED pages each, every one in its language."""
    by_language = {}
    for page in pages:
        by_language.setdefault(page["language"], []).append(page)
    for language, of_language in by_language.items():
        for start in range(0, len(of_language), PAGES_A_FEED):
            name = f"{language}-{start}"
            of_feed = of_language[start : start + PAGES_A_FEED]
            url = newspapers.write_feed(folder, name, base, of_feed)
            Feed.objects.create(url=url, language_id=language)


def processor_s(command, **environment):
    """Run a command; return its processor seconds and wall seconds."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=server.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    # Not wait(): it would not tell what the command's own processes used.
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started
