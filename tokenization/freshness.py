"""What an article's tokens are worth: one rule, for Python and for the database.

They are fresh when they were made of the text that the article has now, by what
tokenizes its present language now. All that asks follows from ``_demands``:
``state_of`` for rows that are here, ``state_by`` for all that are in the database.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, OuterRef, Q, Value, When

from articles.models import TokenState as CacheState

# A column, what it is held against, whether it must be that, and the state if not.
Demand = tuple[str, Any, bool, CacheState]


def _demands(text_hash: Any, tokenizer: Any) -> tuple[Demand, ...]:
    """What is asked of a row, in this order; one that meets all is fresh.

    text_hash and tokenizer are those of the article and of its language. tokenizer is
    "" where nothing tokenizes that: then nothing is fresh.
    """
    return (
        ("error", "", True, CacheState.FAILED),
        ("pruned_at", None, True, CacheState.PRUNED),
        ("tokenizer", "", False, CacheState.MISSING),
        ("text_hash", text_hash, True, CacheState.STALE),
        ("tokenizer", tokenizer, True, CacheState.STALE),
    )


def state_of(
    error: str,
    pruned_at: datetime | None,
    made_of: tuple[str, str],
    wanted: tuple[str, str],
) -> CacheState:
    """CacheState of a row; made_of and wanted are (text_hash, tokenizer)."""
    row = {"error": error, "pruned_at": pruned_at}
    row["text_hash"], row["tokenizer"] = made_of
    for column, value, must_be, otherwise in _demands(*wanted):
        if (row[column] == value) is not must_be:
            return otherwise
    return CacheState.FRESH


def state_by(tokenizer: str) -> Case:
    """CacheState of rows, in a subquery of articles; tokenizer is their language's."""
    return Case(*_whens(tokenizer), default=Value(CacheState.FRESH))


def _whens(tokenizer: str) -> Iterator[When]:
    for column, value, must_be, otherwise in _demands(OuterRef("text_hash"), tokenizer):
        is_that = Q(**{column: value})
        yield When(~is_that if must_be else is_that, then=Value(otherwise))
