"""A page of 20 cards from the cache against the same page tokenized on the fly."""

import gzip

from ops.benchmarks import server

LANGUAGE = "de"
CARDS = 20
GOAL = 100
FILL = """
import textwrap
from articles import demo_site
from articles.crawler.run import SUMMARY_CHARACTERS
from articles.crawler.store import Draft, store
from articles.models import Feed
from articles.text import ArticleText
from datetime import datetime
from tokenization import services
paper = demo_site.papers()["{language}"]
feed = Feed.objects.create(url="https://bench.example.com/", language_id="{language}")
for number in range({cards}):
    article = paper["articles"][number % len(paper["articles"])]
    blocks = tuple(map(tuple, article["blocks"]))
    # As the crawler makes it for feeds without one, and as long as most feeds' are.
    summary = textwrap.shorten(blocks[0][1], SUMMARY_CHARACTERS, placeholder=" …")
    text = ArticleText(article["title"], summary, blocks)
    [tokens] = services.prepare([text], "{language}")
    when = datetime.fromisoformat(article["published"])
    url = f"https://bench.example.com/{{number}}"
    store(feed, Draft(url, url, text, article["author"], "", when), tokens)
"""


def run():
    """figure and baseline are the median milliseconds of a request under gunicorn."""
    server.manage("shell", "-c", FILL.format(language=LANGUAGE, cards=CARDS))
    query = f"?language={LANGUAGE}&page_size={CARDS}"
    with server.gunicorn(GUNICORN_WORKERS="1") as client:
        body, _ = client.get(f"/api/articles/{query}")
        on_the_fly, _ = client.get(f"/bench/on-the-fly/{query}")
        baseline = client.median_ms(f"/bench/on-the-fly/{query}", times=10, warm_up=2)
        figure = client.median_ms(f"/api/articles/{query}", times=300, warm_up=30)
    return {
        "figure": round(figure, 2),
        "baseline": round(baseline, 1),
        "ratio": round(baseline / figure, 1),
        "unit": "ms a page",
        "goal": GOAL,
        "goal_reached": baseline / figure >= GOAL,
        "cards": body.count(b'"title_tokens":[[['),
        "same_tokens": body.count(b'"text":') == on_the_fly.count(b'"text":'),
        "bytes": len(body),
        "bytes_gzipped": len(gzip.compress(body)),
    }
