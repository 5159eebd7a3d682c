"""Rows of search for articles that are stored, from their texts and tokens.

Whoever writes tokens writes the row as well. This is for what was there before search
was, for pruned tokens, and after new rules.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet

from articles.models import Article, Fragment
from articles.search import index
from articles.search.models import SearchText
from articles.search.terms import terms_of
from articles.text import ArticleText
from tokenization.models import TokenizationCache
from tokenization.stanza.tokens import lemmas
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import again_after_deadlock

# Articles read, and written in one transaction.
BATCH = 100


def to_rebuild(
    languages: Collection[str] | None = None, is_all: bool = False
) -> QuerySet:
    """Listed articles whose row is missing or outdated, or all, newest first."""
    articles = Article.objects.listed() if is_all else index.outdated()
    if languages:
        articles = articles.filter(language__in=languages)
    found: QuerySet = articles.newest_first()
    return found


def rebuild(ids: list[int]) -> Iterator[int]:
    """Write these articles' rows; yields how many of each batch were gone through.

    What was written until somebody kills it stays so.
    """
    for few in in_slices(ids, BATCH):
        _write(_rows(few))
        yield len(few)


def _rows(ids: list[int]) -> list[SearchText]:
    # First: a text that is edited meanwhile has another hash than its row then.
    articles = Article.objects.in_bulk(ids)
    bodies = defaultdict(list)
    fragments = Fragment.objects.filter(article__in=ids).order_by("position")
    for article_id, *fragment in fragments.values_list("article", "tag", "text"):
        bodies[article_id].append(tuple(fragment))
    caches = TokenizationCache.objects.in_bulk(ids)
    return [
        _row(article, tuple(bodies[pk]), caches.get(pk))
        for pk, article in articles.items()
    ]


def _row(article: Article, body: Any, cache: TokenizationCache | None) -> SearchText:
    text = ArticleText(article.title, article.summary, body)
    is_of_text = cache is not None and cache.text_hash == article.text_hash
    found = _lemmas(cache) if cache and is_of_text else ()
    terms = terms_of(text, article.language_id, *found)
    return index.row_of(article.pk, article.text_hash, terms)


def _lemmas(cache: TokenizationCache) -> tuple[set[str], set[str]]:
    """Of the title's tokens, and of all others'."""
    title, summary, content = (
        orjson.loads(json or "[]")
        for json in (cache.title, cache.summary, cache.content)
    )
    return lemmas([title, summary, *(fragment["tokens"] for fragment in content)])


@again_after_deadlock
def _write(rows: list[SearchText]) -> None:
    """Write the rows of those articles whose text is still what they were made of."""
    with transaction.atomic():
        articles = Article.objects.filter(pk__in=[row.pk for row in rows])
        # In this order, so that two who lock many never wait for each other.
        locked = articles.order_by("pk").select_for_update()
        now = dict(locked.values_list("pk", "text_hash"))
        index.save_all([row for row in rows if now.get(row.pk) == row.text_hash])
