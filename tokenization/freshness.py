"""What an article's tokens are worth: one rule, for Python and for the database.

They are fresh when they were made of the text that the article has now, by what
tokenizes its present language now. All that asks follows from ``RULE``: ``state_of``
for rows that are here, ``state_by`` for all that are in the database.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, F, OuterRef, Q, Value, When
from django.db.models.lookups import Exact

from articles.collation import Bytes
from articles.models import TokenState as CacheState

# What is asked of a row, in this order; one that meets all is fresh. A column, whether
# it must be its value or must not, and the state of a row in which it is otherwise.
RULE = (
    ("error", True, CacheState.FAILED),
    ("pruned_at", True, CacheState.PRUNED),
    ("tokenizer", False, CacheState.MISSING),
    ("text_hash", True, CacheState.STALE),
    ("tokenizer", True, CacheState.STALE),
)
FRESH = CacheState.FRESH


def _values(text_hash: Any, tokenizer: Any) -> tuple[Any, ...]:
    """What RULE holds its columns against; these two are the article's.

    tokenizer is its language's, "" where nothing tokenizes that: nothing is fresh then.
    """
    return "", None, "", text_hash, tokenizer


def state_of(
    error: str,
    pruned_at: datetime | None,
    made_of: tuple[str, str],
    wanted: tuple[str, str],
) -> CacheState:
    """CacheState of a row; made_of and wanted are (text_hash, tokenizer)."""
    text_hash, tokenizer = made_of
    # Not looked up by name: that would take twice as long, and lists ask it often.
    row = (error, pruned_at, tokenizer, text_hash, tokenizer)
    rule = zip(RULE, row, _values(*wanted), strict=True)
    for (_, must_be, otherwise), found, value in rule:
        if (found == value) is not must_be:
            return otherwise
    return FRESH


def state_by(tokenizer: str) -> Case:
    """CacheState of rows, in a subquery of articles; tokenizer is their language's."""
    return Case(*_whens(tokenizer), default=Value(FRESH))


def _whens(tokenizer: str) -> Iterator[When]:
    values = _values(OuterRef("text_hash"), tokenizer)
    for (column, must_be, otherwise), value in zip(RULE, values, strict=True):
        is_that = _is(column, value)
        yield When(~is_that if must_be else is_that, then=Value(otherwise))


def _is(column: str, value: Any) -> Q:
    """As Python compares; the row is found by its key, so no index is wanted."""
    if value is None:
        return Q(**{column: None})
    value = Value(value) if isinstance(value, str) else value
    return Q(Exact(Bytes(F(column)), Bytes(value)))
