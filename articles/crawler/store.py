"""The only writing step: whole articles, with fragments, topics and tokens, or none."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction
from django.utils import timezone

from articles.models import (
    LONGEST_WAIT,
    SHORTEST_WAIT,
    Article,
    Feed,
    Fragment,
    url_hash,
)
from articles.text import ArticleText

# What a visit changes on its feed; an admin may be editing the rest meanwhile.
VISIT = [
    *("etag", "last_modified", "next_fetch_at", "last_fetched_at"),
    *("last_success_at", "consecutive_failures", "last_status", "last_error"),
]


@dataclass(frozen=True)
class Draft:
    """An article ready to be stored."""

    url: str
    guid: str
    text: ArticleText
    authors: str
    image_url: str
    published_at: datetime
    broken: str = ""
    topics: list = field(default_factory=list)


def known_urls(urls):
    """Those of the urls that are stored already."""
    hashes = {url_hash(url): url for url in urls}
    stored = Article.objects.filter(url_hash__in=hashes)
    return {hashes[found] for found in stored.values_list("url_hash", flat=True)}


def store(feed, draft, tokens=None):
    """Store a draft in one transaction; return its Article, or None if it was known.

    tokens, where given, is saved in the same transaction: ``tokens.save(article_id,
    fragment_ids)``.
    """
    with transaction.atomic():
        article, created = Article.objects.get_or_create(
            url_hash=url_hash(draft.url), defaults=_columns(feed, draft)
        )
        if not created:
            return None
        # What is too long is never read: its body may be hundreds of thousands of rows.
        if draft.broken != Article.Broken.TOO_LONG:
            Fragment.objects.bulk_create(
                Fragment(article=article, position=position, tag=tag, text=text)
                for position, (tag, text) in enumerate(draft.text.fragments)
            )
        article.topics.set(draft.topics)
        if tokens:
            # Read back: MySQL tells no ids of rows that were created in bulk.
            ids = list(article.fragments.values_list("pk", flat=True))
            tokens.save(article.pk, ids)
    return article


def _columns(feed, draft):
    return {
        "feed": feed,
        "language_id": feed.language_id,
        "url": draft.url,
        "guid": draft.guid,
        "title": draft.text.title,
        "summary": draft.text.summary,
        "authors": draft.authors[:500],
        "image_url": draft.image_url,
        "published_at": draft.published_at,
        "word_count": draft.text.word_count,
        "broken": draft.broken,
        "text_hash": draft.text.hash,
    }


def record_success(feed, page, *, complete, title=""):
    """Note a visit that worked.

    The validators for the next conditional request are kept only when the visit was
    complete: otherwise a 304 would hide what is still to be taken in.
    """
    if page.body is not None:
        feed.etag = page.headers.get("etag", "")[:500] if complete else ""
        modified = page.headers.get("last-modified", "")[:100]
        feed.last_modified = modified if complete else ""
    if title and not feed.title:
        feed.title = title[:200]
        Feed.objects.filter(pk=feed.pk, title="").update(title=feed.title)
    feed.last_success_at = timezone.now()
    feed.consecutive_failures = 0
    feed.last_error = ""
    _finish(feed, "ok" if page.body is not None else "unchanged")


def record_failure(feed, error):
    """Note a visit that failed; the next one waits twice as long, up to a day.

    Or for as long as the server asks. A feed that is gone for good is switched off.
    """
    feed.consecutive_failures += 1
    feed.last_error = str(error)
    is_gone = getattr(error, "status", None) == HTTPStatus.GONE
    if is_gone:
        feed.active = False
        Feed.objects.filter(pk=feed.pk).update(active=False)
    asked = getattr(error, "retry_after", None) or timedelta(0)
    _finish(feed, "gone" if is_gone else "failed", at_least=asked)


def _finish(feed, status, at_least=timedelta(0)):
    feed.last_status = status
    feed.last_fetched_at = timezone.now()
    # Limited first: what somebody wrote into the database may be thousands of years.
    interval = max(SHORTEST_WAIT, min(feed.interval, LONGEST_WAIT))
    wait = min(interval * 2 ** min(feed.consecutive_failures, 10), LONGEST_WAIT)
    feed.next_fetch_at = feed.last_fetched_at + max(wait, at_least)
    # Not save(): somebody may have deleted the feed meanwhile.
    facts = {name: getattr(feed, name) for name in VISIT}
    Feed.objects.filter(pk=feed.pk).update(**facts)
