"""Rows for tests: plain functions that take only what a test is about."""

from dataclasses import replace
from itertools import count

from django.utils import timezone

from articles.crawler.judge.draft import Draft
from articles.crawler.judge.facts import facts_of
from articles.crawler.report import FeedReport
from articles.models import (
    Article,
    CrawlRun,
    Feed,
    FeedVisit,
    Fragment,
    JudgeRule,
    Language,
)
from articles.text import ArticleText

# The languages that this project has complete records, models and newspapers of.
OURS = [
    "da",
    "de",
    "el",
    "en",
    "es",
    "fr",
    "hu",
    "it",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
]
_numbers = count(1)


def make_feed(language="da", **facts):
    """Create a Feed; language may be a code or a Language."""
    number = next(_numbers)
    facts = {
        "title": f"Feed {number}",
        "url": f"https://feeds.example.com/{number}",
        **facts,
    }
    return Feed.objects.create(language=_language(language), **facts)


def make_article(fragments=(("p", "Hej med dig."),), **facts):
    """Create an Article with its Fragments; its hash and word count are the text's.

    fragments are (tag, text) pairs. Its feed and language follow from each other.
    """
    number = next(_numbers)
    topics = facts.pop("topics", ())
    feed = facts.pop("feed", None) or make_feed(facts.get("language", "da"))
    facts = {
        "url": f"https://news.example.com/{number}",
        "title": f"Article {number}",
        "summary": "",
        "published_at": timezone.now(),
        **facts,
        "language": _language(facts.get("language", feed.language)),
    }
    text = ArticleText(facts["title"], facts["summary"], tuple(fragments))
    made_of = {"text_hash": text.hash, "word_count": text.word_count}
    article = Article.objects.create(feed=feed, **{**made_of, **facts})
    Fragment.objects.bulk_create(
        Fragment(article=article, position=position, tag=tag, text=text)
        for position, (tag, text) in enumerate(fragments)
    )
    article.topics.set(topics)
    return article


def make_draft(text, language="da", **facts):
    """Make the Draft of an ArticleText, as the judge would; facts of its own first."""
    given = {"url": "https://news.example.com/a", "guid": "", "authors": ""}
    given |= {"image_url": "", "published_at": timezone.now(), **facts}
    measured = facts_of(text, language, given.get("broken", ""))
    changes = {name: given.pop(name) for name in vars(measured) if name in given}
    return Draft(
        text=text, language=language, facts=replace(measured, **changes), **given
    )


def make_run(**facts):
    """Create a CrawlRun."""
    return CrawlRun.objects.create(**{"host": "web1", "command": "crawl", **facts})


def make_rule(phrase="liveblog", language=None, **facts):
    """Create a JudgeRule; language may be a code, a Language or None."""
    facts = {"reason": "live_blog", "where": "title", **facts}
    language = _language(language) if language else None
    return JudgeRule.objects.create(phrase=phrase, language=language, **facts)


def make_visit(feed=None, **facts):
    """Create a FeedVisit."""
    facts = {"status": "ok", **facts}
    return FeedVisit.objects.create(feed=feed or make_feed(), **facts)


def make_report(feed=None, **facts):
    """Make the FeedReport of a visit of a feed."""
    feed = feed or make_feed()
    facts = {"status": "ok", **facts}
    return FeedReport(feed.pk, str(feed), feed.url, feed.language_id, **facts)


def _language(language):
    is_row = isinstance(language, Language)
    return language if is_row else Language.objects.get(pk=language)
