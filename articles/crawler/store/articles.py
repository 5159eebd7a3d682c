"""Whole articles, with fragments, topics and tokens, or none."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from articles.crawler.feeds.parse import Item
from articles.crawler.judge.draft import Draft
from articles.crawler.judge.facts import facts_of
from articles.crawler.judge.near_duplicates import nearest
from articles.crawler.judge.sites import outranks
from articles.crawler.store.claims import BEING_DELETED
from articles.crawler.store.fragments import fragments_of, replace_fragments
from articles.crawler.store.given import Prepared
from articles.deletion import list_heirs
from articles.models import (
    WITHDRAWN,
    Address,
    Article,
    DeletedArticle,
    Feed,
    Fragment,
    JudgeRule,
    Topic,
    url_hash,
)
from articles.search import index
from articles.text import ArticleText
from zeeguu.base.connections import again_after_deadlock

# How long an agency's text goes from paper to paper, and a page gets better.
NEWS_LASTS = timedelta(days=3)
SAME_DAY = timedelta(hours=12)
# Nobody has read these yet, since there was nothing to read.
STUBS = {Article.Broken.NO_TEXT, Article.Broken.TOO_SHORT}


class FeedGone(Exception):
    """The feed was deleted while it was visited."""


@dataclass(frozen=True)
class Known:
    """What the crawler must know of an article that is stored already."""

    pk: int
    feed_id: int
    title: str
    language: str
    published_at: datetime
    broken: str
    item_hash: str
    url: str
    feed_urls: tuple[str, ...]

    def may_change(self) -> bool:
        """Whether its page may still get better, and readers would see that."""
        is_young = self.published_at > timezone.now() - NEWS_LASTS
        return is_young and (not self.broken or self.broken in STUBS)


def known_items(feed: Feed, items: Sequence[Item]) -> dict[str, Known | None]:
    """{item.url: Known} of those of a feed's items that are stored already.

    None in place of Known where the article was deleted. By address, else by GUID.
    Feeds use one GUID again for something else, so it counts only together with the
    same time, or with the same title on the same day. What a stranger's feed has
    brought of the feed's own site is not known: it is taken over.
    """
    urls = {url_hash(item.url): item.url for item in items}
    by_address = _known(Address.objects.filter(url_hash__in=urls), "url_hash")
    found = {urls[address]: known for address, known in by_address}
    guids = {item.guid: item for item in items if item.guid and item.url not in found}
    for guid, known in _known_by_guid(feed, guids) if guids else ():
        # The database may have compared in any case.
        if known and guid in guids and _is_same(guids[guid], known):
            found[guids[guid].url] = known if isinstance(known, Known) else None
    return {url: known for url, known in found.items() if not _is_ours(feed, known)}


def _known_by_guid(
    feed: Feed, guids: Iterable[str]
) -> list[tuple[str, Known | DeletedArticle | None]]:
    same = Address.objects.filter(article__feed=feed, article__guid__in=guids)
    deleted = DeletedArticle.objects.filter(feed=feed, guid__in=guids)
    return [*((row.guid, row) for row in deleted), *_known(same, "article__guid")]


FACTS = (
    "pk",
    "feed_id",
    "title",
    "language_id",
    "published_at",
    "broken",
    "item_hash",
    "url",
)
FEED_URLS = ("feed__url", "feed__served_from")


def _known(addresses: QuerySet, key: str) -> list[tuple[str, Known | None]]:
    columns = (f"article__{name}" for name in (*FACTS, *FEED_URLS))
    rows = addresses.values_list(key, *columns)
    return [(value, _known_or_deleted(facts)) for value, *facts in rows]


def _known_or_deleted(facts: Sequence[Any]) -> Known | None:
    if facts[0] is None:
        return None
    columns: list[Any] = [*facts[: len(FACTS)], tuple(facts[len(FACTS) :])]
    return Known(*columns)


def _is_ours(feed: Feed, known: Known | None) -> bool:
    return (
        known is not None
        and known.feed_id != feed.pk
        and outranks(known.url, addresses_of(feed), known.feed_urls)
    )


def addresses_of(feed: Feed) -> tuple[str, str]:
    """Where a feed is, and where its server's redirects led at the last visit."""
    return feed.url, feed.served_from


def _is_same(item: Item, known: Known | DeletedArticle) -> bool:
    if item.published_at == known.published_at:
        return True
    is_titled = bool(item.title) and item.title[:500] == known.title
    # "The weather today" is news every day, with one GUID perhaps.
    at = item.published_at or known.published_at
    return is_titled and abs(at - known.published_at) < SAME_DAY


@again_after_deadlock
def store(feed: Feed, draft: Draft, tokens: Prepared | None = None) -> Article | None:
    """Store a draft in one transaction; return its Article, or None if it was known.

    Known is what was deleted, or is nearly the same as that. Raises FeedGone where the
    feed was deleted.

    tokens, where given, is saved in the same transaction: ``tokens.save(article_id,
    fragment_ids)``. A fit draft whose very text the feed has brought before is known,
    whatever its addresses and GUID. An article of the feed's own site that a stranger's
    feed has brought becomes this feed's, as this draft tells it.
    """
    with transaction.atomic():
        # Who deletes the feed waits until this is stored, and deletes it too.
        there = Feed.objects.filter(pk=feed.pk).exclude(claimed_until=BEING_DELETED)
        if not there.select_for_update().exists():
            raise FeedGone(f"{feed.url} was deleted meanwhile")
        article, created = _find(feed, draft), False
        if article is None and _was_deleted(draft):
            return None
        if article is None:
            draft = _without_leader_that_is_gone(draft)
            article, created = Article.objects.get_or_create(
                url_hash=url_hash(draft.url), defaults=_columns(feed, draft)
            )
        article.add_addresses(draft.addresses)
        if created:
            _add_text(article, draft, tokens)
        elif _is_strangers(article, feed):
            _take_over(article, feed, draft, tokens)
        else:
            return None
    return article


def _add_text(article: Article, draft: Draft, tokens: Prepared | None) -> None:
    # What is too long is never read: its body may be hundreds of thousands of rows.
    if draft.broken != Article.Broken.TOO_LONG:
        Fragment.objects.bulk_create(fragments_of(article, draft.text))
    article.topics.add(*_topics(draft))
    _save_tokens(article, draft, tokens)


def _topics(draft: Draft) -> Iterable[Topic]:
    """Its topics that are still there."""
    return Topic.objects.filter(pk__in=draft.topics).order_by() if draft.topics else ()


def _find(feed: Feed, draft: Draft) -> Article | None:
    """The article that is this draft: by its text, its address, or a stranger's.

    Locked: what somebody is deleting is gone.
    """
    same = _find_same_text(feed, draft)
    locked = Article.objects.select_for_update()
    same = same or locked.filter(url_hash=url_hash(draft.url)).first()
    if same:
        return same
    is_other = Q(addresses=url_hash(draft.url)) | Q(pk=draft.takes)
    others = Article.objects.filter(is_other).select_related("feed")
    strangers = (one for one in others if _is_strangers(one, feed))
    return next((one for one in strangers if locked.filter(pk=one.pk)), None)


def _was_deleted(draft: Draft) -> bool:
    """Whether this draft's article was deleted; its addresses are remembered, too.

    By whichever feed it comes: the text was deleted, whoever publishes it.
    """
    address = Address.objects.filter(pk=url_hash(draft.url), deleted__isnull=False)
    pk = address.values_list("deleted", flat=True).first()
    if pk is None and not draft.broken:
        is_same = Q(text_hash=draft.text.hash)
        if draft.deleted is not None:
            is_same |= Q(pk=draft.deleted)
        same = DeletedArticle.objects.filter(is_same)
        pk = same.values_list("pk", flat=True).first()
    if pk is None:
        return False
    hashes = {url_hash(url) for url in (draft.url, *draft.addresses)}
    rows = [Address(url_hash=known, deleted_id=pk) for known in sorted(hashes)]
    Address.objects.bulk_create(rows, ignore_conflicts=True)
    return True


def _without_leader_that_is_gone(draft: Draft) -> Draft:
    """The draft, listed where the one that it is nearly the same as was deleted."""
    if draft.duplicate_of is None:
        return draft
    leader = Article.objects.select_for_update().filter(pk=draft.duplicate_of)
    return draft if leader.exists() else replace(draft, broken="", duplicate_of=None)


def _is_strangers(article: Article, feed: Feed) -> bool:
    return article.feed_id != feed.pk and outranks(
        article.url, addresses_of(feed), addresses_of(article.feed)
    )


def _take_over(
    article: Article, feed: Feed, draft: Draft, tokens: Prepared | None
) -> None:
    """Let an article be as the feed of its own site tells it; its id stays."""
    facts = _columns(feed, draft)
    if article.broken in WITHDRAWN:
        facts["broken"] = article.broken
        # Not the draft's own: nothing is measured of what it would hide itself.
        facts |= vars(facts_of(draft.text, draft.language, article.broken))
    elif facts["broken"]:
        list_heirs({article.pk: article.broken})
    for name, value in facts.items():
        setattr(article, name, value)
    article.save(update_fields=facts)
    replace_fragments(article, draft.text)
    article.topics.set(_topics(draft))
    _save_tokens(article, draft, tokens)


def _find_same_text(feed: Feed, draft: Draft) -> Article | None:
    if draft.broken:
        return None
    same = Article.objects.filter(feed=feed, text_hash=draft.text.hash)
    return same.select_for_update().first()


def _save_tokens(article: Article, draft: Draft, tokens: Prepared | None) -> None:
    """Without tokens, readers find the article by the words of its text."""
    if not tokens:
        if not article.broken:
            index.save_text(article.pk, article.language_id, draft.text)
    else:
        # Read back: MySQL tells no ids of rows that were created in bulk.
        ids = list(article.fragments.values_list("pk", flat=True))
        tokens.save(article.pk, ids)


def _columns(feed: Feed, draft: Draft) -> dict[str, Any]:
    return {
        "feed": feed,
        "language_id": draft.language,
        "url": draft.url,
        "guid": draft.guid,
        "item_hash": draft.item_hash,
        "published_at": draft.published_at,
        "broken": draft.broken,
        "duplicate_of_id": draft.duplicate_of,
        **_text_columns(draft),
    }


def _text_columns(draft: Draft) -> dict[str, Any]:
    return {
        "title": draft.text.title,
        "summary": draft.text.summary,
        "authors": draft.authors[:500],
        "image_url": draft.image_url,
        **vars(draft.facts),
    }


# --- articles that change


def stored_text(pk: int) -> ArticleText | None:
    """The ArticleText of a stored article, or None if it is gone."""
    article = Article.objects.filter(pk=pk).first()
    return article.text() if article else None


@again_after_deadlock
def revise(pk: int, draft: Draft, tokens: Prepared | None = None) -> bool:
    """Put a new version in an article's place, in one transaction.

    False if it is gone, or in another language by now than the draft. Its fragments
    keep their ids, by what they say: what points at them still does. Without tokens
    those of the old text stay, and are stale.
    """
    with transaction.atomic():
        mine = Article.objects.filter(pk=pk, language=draft.language)
        article = mine.select_for_update().first()
        if article is None:
            return False
        facts = {**_text_columns(draft), "item_hash": draft.item_hash}
        if article.broken in STUBS:
            facts["broken"] = ""
        for name, value in facts.items():
            setattr(article, name, value)
        article.save(update_fields=facts)
        replace_fragments(article, draft.text)
        _save_tokens(article, draft, tokens)
    return True


def note_unchanged(pk: int, item_hash: str) -> None:
    """Its page was looked at, so what the feed says now is no reason any more."""
    Article.objects.filter(pk=pk).update(item_hash=item_hash)


# --- articles that are nearly the same


def _latest_fingerprints(language_id: str) -> list[tuple[int, int]]:
    """(pk, simhash) of a language's articles of the last days, oldest first.

    Of those that are listed, and of those withdrawn: what is nearly the same
    is not for readers either.
    """
    latest = Article.objects.filter(
        broken__in=["", *WITHDRAWN],
        language=language_id,
        crawled_at__gt=timezone.now() - NEWS_LASTS,
        simhash__isnull=False,
    )
    found: list[Any] = list(latest.order_by("pk").values_list("pk", "simhash"))
    return found


def _deleted_fingerprints(language_id: str) -> list[tuple[int, int]]:
    """(pk, simhash) of what was deleted of a language's articles of the last days."""
    latest = DeletedArticle.objects.filter(
        crawled_at__gt=timezone.now() - NEWS_LASTS,
        feed__language=language_id,
        simhash__isnull=False,
    )
    found: list[Any] = list(latest.order_by("pk").values_list("pk", "simhash"))
    return found


def find_duplicates(feed: Feed, drafts: list[Draft]) -> list[Draft]:
    """The drafts, those that are nearly the same as a stored article marked as such.

    Or as what they take over: an article of the feed's site that a stranger brought.
    Or as one that was deleted.
    """
    if not any(draft.facts.simhash for draft in drafts):
        return drafts
    latest = _latest_fingerprints(feed.language_id)
    deleted = _deleted_fingerprints(feed.language_id)
    return [_marked(draft, latest, deleted, feed) for draft in drafts]


def _marked(
    draft: Draft,
    latest: list[tuple[int, int]],
    deleted: list[tuple[int, int]],
    feed: Feed,
) -> Draft:
    simhash = draft.facts.simhash
    if draft.broken or simhash is None:
        return draft
    leader = nearest(simhash, latest)
    if leader is None:
        return replace(draft, deleted=nearest(simhash, deleted))
    article = Article.objects.select_related("feed").filter(pk=leader).first()
    if article and _is_strangers(article, feed):
        return replace(draft, takes=leader)
    return replace(draft, broken=Article.Broken.DUPLICATE, duplicate_of=leader)


def unlist_duplicates(language_id: str, articles: Iterable[Article]) -> list[Article]:
    """Of articles that are nearly the same, list the earliest alone; return the others.

    After they were stored: two crawls that store one text at once each see both then.
    """
    unlisted = []
    latest = _latest_fingerprints(language_id)
    for article in sorted(articles, key=lambda article: article.pk):
        if article.broken or article.simhash is None:
            continue
        earlier = [(pk, simhash) for pk, simhash in latest if pk < article.pk]
        if leader := nearest(article.simhash, earlier):
            mine = Article.objects.filter(pk=article.pk, broken="")
            if mine.update(broken=Article.Broken.DUPLICATE, duplicate_of=leader):
                unlisted.append(article)
            latest = [pair for pair in latest if pair[0] != article.pk]
    return unlisted


def count_hits(drafts: Iterable[Draft]) -> None:
    """Note on the judge's rules how often they hit."""
    now = timezone.now()
    for pk, hits in Counter(rule for draft in drafts for rule in draft.rules).items():
        rule = JudgeRule.objects.filter(pk=pk)
        rule.update(hits=F("hits") + hits, last_hit_at=now)
