"""The data every installation starts with: languages, topics and known feeds."""

import json
from pathlib import Path

from articles.models import Feed, Language, Topic

HERE = Path(__file__).parent


def read(name):
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))


def load_languages_and_topics(using="default"):
    """Fill the two tables where they are empty; what an admin made of them stays."""
    for model, name in ((Language, "languages"), (Topic, "topics")):
        rows = model.objects.using(using)
        if not rows.exists():
            rows.bulk_create([model(**row) for row in read(name)])


def load_feeds(feeds):
    """Add feeds, dicts of url, title and language; return how many were new."""
    created = 0
    for feed in feeds:
        facts = {"title": feed["title"], "language_id": feed["language"]}
        _, new = Feed.objects.get_or_create(url=feed["url"], defaults=facts)
        created += new
    return created


def public_feeds(languages=None):
    """Well-known public news feeds, at least three a language."""
    return [
        {**feed, "language": code}
        for code, feeds in read("feeds").items()
        if not languages or code in languages
        for feed in feeds
    ]
