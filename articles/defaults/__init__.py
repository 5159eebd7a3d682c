"""What every installation starts with: languages, topics, rules and known feeds."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction

from articles.languages import LANGUAGES, NATIVES, facts
from articles.models import Feed, JudgeRule, Language, Topic

HERE = Path(__file__).parent


def read(name):
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))


def load_tables(using="default"):
    """Fill the tables where they are empty; what an admin made of them stays."""
    languages, topics = Language.objects.using(using), Topic.objects.using(using)
    if not languages.exists():
        languages.bulk_create(map(language, LANGUAGES))
    if not languages.exclude(learnable=True).exists():
        # What an admin has added of them can be read.
        languages.bulk_create(map(native, NATIVES), ignore_conflicts=True)
    if not topics.exists():
        topics.bulk_create([Topic(**row) for row in read("topics")])
    rules = JudgeRule.objects.using(using)
    if not rules.exists():
        known = languages.learnable().values_list("pk", flat=True)
        rules.bulk_create([JudgeRule(**row) for row in judge_rules(None, *known)])


@transaction.atomic
def load_languages(codes: Iterable[str]) -> None:
    """Have those of our languages be there to read, with their rules."""
    known = set(Language.objects.learnable().values_list("pk", flat=True))
    new = sorted(LANGUAGES.keys() & set(codes) - known)
    Language.objects.filter(pk__in=new).update(learnable=True)
    Language.objects.bulk_create(map(language, new), ignore_conflicts=True)
    JudgeRule.objects.bulk_create(JudgeRule(**row) for row in judge_rules(*new))


def language(code: str) -> Language:
    """A language as its record has it, not yet stored."""
    known = facts(code)
    return Language(code=code, name=known.name, native_name=known.native_name)


def native(code: str) -> Language:
    """A language that readers come from; not yet stored either."""
    made = language(code)
    made.learnable = False
    return made


def judge_rules(*codes: str | None) -> Iterator[dict[str, str | None]]:
    """The default rules of languages, as rows; those for all languages are None's."""
    for code in codes:
        if code is None:
            yield from ({"language_id": None, **row} for row in read("judge_rules"))
            continue
        for rules in facts(code).rules:
            row = {"language_id": code, "reason": rules.reason, "where": rules.where}
            for phrase in rules.phrases.strip().splitlines():
                yield {**row, "phrase": phrase.strip()}


def load_feeds(feeds):
    """Add feeds, dicts of url, title and language; return how many were new."""
    created = 0
    for feed in feeds:
        told = {"title": feed["title"], "language_id": feed["language"]}
        _, new = Feed.objects.get_or_create(url=feed["url"], defaults=told)
        created += new
    return created


def public_feeds() -> list[dict[str, str]]:
    """Well-known public news feeds, of those languages whose records have some."""
    return [
        {"title": title, "url": url, "language": code}
        for code, known in LANGUAGES.items()
        for title, url in known.feeds
    ]
