"""Pages of a learner's rows, the newest first, that nothing shifts."""

from typing import Any

from django.db.models import Q, QuerySet

from tokenization.listing import Start


def after(
    rows: QuerySet[Any], at: str, size: int, start: str | None
) -> tuple[list[Any], str]:
    """A page of rows by a column of times, and what the next starts at or "".

    start is what the page before told, None of the first. Raises ValueError where it is
    nothing of ours.
    """
    if start:
        place = Start.parse(start)
        same = Q(**{at: place.published_at}, pk__lt=place.id)
        rows = rows.filter(Q(**{f"{at}__lt": place.published_at}) | same)
    found = list(rows.order_by(f"-{at}", "-pk")[: size + 1])
    shown = found[:size]
    more = Start(getattr(shown[-1], at), shown[-1].pk) if len(found) > size else ""
    return shown, str(more)
