"""Rows of search: written with the article, in the transaction of whoever writes it."""

from dataclasses import asdict, fields

from django.db import connection
from django.db.models import F, Q

from articles.collation import IS_MYSQL
from articles.models import Article, ArticleQuerySet
from articles.search.hints import hints
from articles.search.models import SearchText
from articles.search.terms import VERSION, Terms, tag, terms_of
from articles.text import ArticleText

WRITTEN = ["text_hash", "version", *(field.name for field in fields(Terms))]

# The longest rows have 0.4 MB, and MySQL takes 16 MB at once.
AT_ONCE = 20


def save(article_id: int, text_hash: str, terms: Terms) -> None:
    """Write or replace the row of an article, whose own row the caller has locked.

    text_hash is that of the text that the terms were made of. A row that says the same
    already is left alone: an engine would take it out and in again.
    """
    row = row_of(article_id, text_hash, terms)
    facts = {name: getattr(row, name) for name in WRITTEN}
    if not SearchText.objects.filter(pk=article_id, **facts).exists():
        save_all([row])


def save_text(article_id: int, language: str, text: ArticleText) -> None:
    """Have an article found by the words of its text; by lemmas once it has tokens.

    A row that was made of this text has them perhaps, and stays. The caller has locked
    or written the article.
    """
    if not is_of(article_id, language, text.hash):
        save(article_id, text.hash, terms_of(text, language))


def save_all(rows: list[SearchText]) -> None:
    """Write or replace rows, as ``save`` does."""
    target = connection.features.supports_update_conflicts_with_target
    SearchText.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        update_fields=WRITTEN,
        unique_fields=["article"] if target else None,
    )


def row_of(article_id: int, text_hash: str, terms: Terms) -> SearchText:
    """The row, unsaved."""
    facts = asdict(terms)
    if IS_MYSQL:
        facts["lemmas"] += hints(article_id, terms.language, terms.body.split())
    return SearchText(
        article_id=article_id, text_hash=text_hash, version=VERSION, **facts
    )


def is_of(article_id: int, language: str, text_hash: str) -> bool:
    """Whether the article's row was made of that text, by the rules of now."""
    mine = SearchText.objects.filter(pk=article_id, text_hash=text_hash)
    return mine.filter(version=VERSION, language=tag(language)).exists()


def outdated() -> ArticleQuerySet:
    """Listed articles without a row, or with one of another text or of older rules."""
    is_same = Q(search_text__text_hash=F("text_hash"), search_text__version=VERSION)
    return Article.objects.listed().exclude(is_same)
