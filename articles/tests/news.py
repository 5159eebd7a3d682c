"""News on the test's web, and what a crawl of it has stored."""

import random
from dataclasses import dataclass

from articles.models import Article, Feed
from articles.tests.factories import make_feed

DANISH = (
    "fiskerne ved fjorden har ventet længe på at ålen kom tilbage til byen og nu er"
    " den her igen siger skipperen som har sejlet i mange år men vandet er blevet"
    " koldere end før mener forskere fra universitetet der måler hver uge om vinteren"
    " fordi ingen ved hvorfor bestanden voksede så hurtigt efter stormen sidste forår"
)


@dataclass(frozen=True)
class Crawled:
    code: int
    report: dict
    out: str

    @property
    def counts(self):
        """Found, new (listed or hidden), and known."""
        new = self.report["listed"] + self.report["hidden"]
        return self.report["found"], new, self.report["known"]

    @property
    def reasons(self):
        """{reason: items} of all kinds; each crawl in a test is about few of them."""
        told = self.report["reasons"].values()
        return {reason: n for counts in told for reason, n in counts.items()}

    @property
    def errors(self):
        return {failure["url"]: failure["error"] for failure in self.report["errors"]}


def page_of(slug, paragraphs=4):
    """A page in Danish, enough for an article, and unlike that of any other slug."""
    chance, words = random.Random(slug), DANISH.split()
    text = "".join(
        f"<p>{' '.join(chance.choices(words, k=40)).capitalize()}.</p>"
        for _ in range(paragraphs)
    )
    return f"<html><body><article><h1>Om {slug}</h1>{text}</article></body></html>"


def publish(web, *slugs, path="/feed", language="da"):
    """Put a feed and its articles on the web; return the Feed."""
    items = "".join(
        f"<item><title>Om {slug}</title><link>/{slug}</link></item>" for slug in slugs
    )
    for slug in slugs:
        web.add(f"/{slug}", page_of(slug))
    feed = f"<rss version='2.0'><channel><title>Avis</title>{items}</channel></rss>"
    url = web.add(path, feed, headers={"ETag": f'"{slugs}"'})
    return Feed.objects.filter(url=url).first() or make_feed(language, url=url)


def slugs():
    return sorted(url.rsplit("/", 1)[-1] for url in stored("url"))


def stored(field):
    return list(Article.objects.values_list(field, flat=True))
