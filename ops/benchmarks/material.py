"""What the benches measure with: real texts, and stored articles made of them."""

import json
import textwrap
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from django.db import transaction

from articles import demo_site
from articles.crawler.judge.draft import SUMMARY_CHARACTERS, Draft
from articles.crawler.judge.facts import TextFacts
from articles.crawler.store.articles import store as store_draft
from articles.models import Feed
from articles.text import ArticleText, clean
from ops.benchmarks import server

TITLE_CHARACTERS = 100
PARAGRAPHS, PARAGRAPH_CHARACTERS = 6, 400
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)


def source(name="ud"):
    """Where texts come from: that folder of ../shared, or "demo" without it."""
    return name if (server.SHARED / name).is_dir() else "demo"


def documents(language):
    """The language's texts in ../shared/ud as dicts; raises MissingMaterial."""
    path = server.shared("ud") / f"{language}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def pieces(language, characters=SUMMARY_CHARACTERS):
    """The language's texts in ../shared/ud, cut at blanks into pieces of that size."""
    prose = " ".join(document["text"] for document in documents(language))
    return textwrap.wrap(prose, characters)


def cards(language, number):
    """That many ArticleTexts of real news: their titles, and summaries of their feeds.

    They come from ../shared/newsweb, or from ``articles`` where that is not there.
    """
    folder = server.SHARED / "newsweb"
    if not folder.is_dir():
        return articles(language, number)
    pages = json.loads((folder / "index.json").read_text("utf-8"))
    pages = [page for page in pages if page["language"] == language]
    return [_card(page) for page in islice(cycle(pages), number)]


def _card(page):
    body = tuple(("p", clean(text)) for text in page["paragraphs"])
    summary = _shorten(clean(page["summary"]) or body[0][1], SUMMARY_CHARACTERS)
    return ArticleText(clean(page["title"]), summary, body)


def articles(language, number, length=PARAGRAPHS):
    """That many ArticleTexts: a title, a summary as the crawler makes it, paragraphs.

    length is how many paragraphs, of about 60 words each.

    They are all different while the material lasts; then its texts come again.
    """
    from_source = _from_ud if source() == "ud" else _from_demo
    titles, paragraphs = map(cycle, from_source(language))
    return [
        _article(title, islice(paragraphs, length)) for title in islice(titles, number)
    ]


def _from_ud(language):
    titles = [_first_sentence(document) for document in documents(language)]
    return titles, pieces(language, PARAGRAPH_CHARACTERS)


def _first_sentence(document):
    _, end = document["sentences"][0][-1]
    return document["text"][:end]


def _from_demo(language):
    paper = demo_site.papers()[language]["articles"]
    paragraphs = [text for article in paper for _, text in article["blocks"]]
    return [article["title"] for article in paper], paragraphs


def _article(title, paragraphs):
    body = tuple(("p", clean(text)) for text in paragraphs)
    return ArticleText(
        _shorten(clean(title), TITLE_CHARACTERS),
        _shorten(body[0][1], SUMMARY_CHARACTERS),
        body,
    )


def _shorten(text, characters):
    return textwrap.shorten(text, characters, placeholder=" …")


@transaction.atomic
def store(language, number, texts=articles):
    """Store that many articles, newest first, without tokens; return their ids.

    texts is ``articles``, or ``cards``, or makes such as they do.
    """
    url = f"https://bench.example.com/{language}/"
    feed, _ = Feed.objects.get_or_create(url=url, language_id=language)
    return [
        store_draft(feed, _draft(f"{url}{place}", language, text, place)).pk
        for place, text in enumerate(_all_different(texts(language, number)))
    ]


def _all_different(texts):
    """The texts, those that come again with a number: a text is stored only once."""
    times = Counter()
    for text in texts:
        yield _numbered(text, times[text.hash]) if times[text.hash] else text
        times[text.hash] += 1


def _numbered(text, number):
    *others, (tag, last) = text.fragments
    return replace(text, fragments=(*others, (tag, f"{last} ({number})")))


def _draft(url, language, text, place):
    # Not measured: that takes long, and no benchmark looks at it.
    facts = TextFacts(text.word_count, text.hash)
    at = NEWEST - timedelta(minutes=place)
    return Draft(url, url, language, text, facts, "", "", at)
