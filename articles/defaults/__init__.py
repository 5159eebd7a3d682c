"""What every installation starts with: languages, topics, rules and known feeds."""

import json
from pathlib import Path

from articles.models import Feed, JudgeRule, Language, Topic

HERE = Path(__file__).parent


def read(name):
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))


def load_tables(using="default"):
    """Fill the tables where they are empty; what an admin made of them stays."""
    for model, name in ((Language, "languages"), (Topic, "topics")):
        rows = model.objects.using(using)
        if not rows.exists():
            rows.bulk_create([model(**row) for row in read(name)])
    rules = JudgeRule.objects.using(using)
    if not rules.exists():
        known = set(Language.objects.using(using).values_list("pk", flat=True))
        rows = [(rule.pop("language") or None, rule) for rule in read("judge_rules")]
        rules.bulk_create(
            JudgeRule(language_id=code, **rule)
            for code, rule in rows
            if code is None or code in known
        )


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
