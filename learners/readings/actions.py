"""What a learner did with an article: one row of the two, whoever writes it at once.

All is one UPDATE whose values follow from those that are stored then, so that nothing
of what is said at the same time is lost.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import (
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from articles.models import Article
from learners.knowledge.evidence import read_to_end
from learners.readings.models import Reading
from zeeguu.base.connections import again_after_deadlock
from zeeguu.base.statements import Slot, Statement

# Who has come so far has read it to the end: below the text there is more of a page.
END = 0.9
# Of one call: who says more has left the page open.
MOST_SECONDS = 1800
# In all; what every database can hold.
LONGEST_S = 2**31 - 1
# What is so or is not, and the column that has since when.
TIMES = {
    "opened": "opened_at",
    "read": "read_at",
    "saved": "saved_at",
    "liked": "liked_at",
    "hidden": "hidden_at",
}
LISTS = tuple(TIMES)
COLUMNS = ("completion", "seconds", "difficulty")


@dataclass(frozen=True, slots=True)
class Mine:
    """What a learner did with an article; of most articles, nothing."""

    opened: bool = False
    read: bool = False
    saved: bool = False
    liked: bool = False
    hidden: bool = False
    reported: bool = False
    completion: float = 0
    seconds: int = 0
    difficulty: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be changed; None is nothing. seconds are more of them."""

    opened: bool | None = None
    read: bool | None = None
    saved: bool | None = None
    liked: bool | None = None
    hidden: bool | None = None
    completion: float | None = None
    seconds: int = 0
    difficulty: str | None = None


NOTHING = Mine()


def flags(learner: int, articles: Collection[int]) -> dict[int, Mine]:
    """What a learner did with each of these articles, all by their ids; one query."""
    found = _rows(learner, [*articles]) if articles else []
    mine = {article: _mine(*facts) for article, *facts in found}
    return {article: mine.get(article, NOTHING) for article in articles}


def _rows(learner: int, ids: list[int]) -> list[tuple]:
    # The last one several times, so that few numbers of ids need SQL of their own.
    number = 1 << (len(ids) - 1).bit_length()
    padded = [*ids, *ids[-1:] * (number - len(ids))]
    named = {f"id_{place}": pk for place, pk in enumerate(padded)}
    return _statement(number).rows(learner=learner, **named)


@lru_cache(maxsize=16)
def _statement(number: int) -> Statement:
    slots: Any = [Slot(f"id_{place}") for place in range(number)]
    rows = Reading.objects.filter(learner=Slot("learner"), article__id__in=slots)
    # Whether there is a time: to read hundreds of them takes longer than the query.
    done = (
        ExpressionWrapper(Q((f"{at}__isnull", False)), IntegerField())
        for at in (*TIMES.values(), "reported_at")
    )
    return Statement(rows.values_list("article_id", *done, *COLUMNS))


def mine(learner: int, article: int) -> Mine:
    """What a learner did with an article; raises Article.DoesNotExist."""
    found = flags(learner, [article])[article]
    if found is NOTHING:
        require_listed(article)
    return found


def change(learner: int, article: int, said: Said) -> None:
    """Put down what a learner did; raises Article.DoesNotExist.

    How far it was read never goes down, and who comes to its end has read it: then its
    words are evidence of what the learner knows.
    """
    changes = _changes(said)
    update(learner, article, changes)
    if changes.get(TIMES["read"]) is not None:
        read_to_end(learner, article)


@again_after_deadlock
def update(learner: int, article: int, changes: dict[str, Any]) -> None:
    """Change columns of the row, which is made if there is none.

    Raises Article.DoesNotExist for an article that no reader can see and that the
    learner has no row of.
    """
    rows = Reading.objects.filter(learner=learner, article=article)
    if rows.update(**changes):
        return
    require_listed(article)
    new = Reading(learner_id=learner, article_id=article)
    Reading.objects.bulk_create([new], ignore_conflicts=True)
    rows.update(**changes)


def listed(learner: int, name: str) -> QuerySet[Reading]:
    """The rows of one of LISTS whose articles readers can see, in any order."""
    was_done = Q(**{f"{TIMES[name]}__isnull": False})
    return Reading.objects.filter(was_done, learner=learner, article__broken="")


def since(at: str) -> Any:
    """The value of a time that stays as it is where there is one."""
    return Coalesce(F(at), Value(timezone.now()))


def _mine(*facts: Any) -> Mine:
    """Of what ``flags`` reads: 0 or 1 for each time, and all else as it is."""
    times, others = facts[:6], facts[6:]
    return Mine(*map(bool, times), *others)  # type: ignore[arg-type] # by place


def _changes(said: Said) -> dict[str, Any]:
    changes: dict[str, Any] = {"updated_at": timezone.now()}
    is_so = {name: getattr(said, name) for name in TIMES}
    if said.completion is not None:
        farthest = Greatest(F("completion"), Value(said.completion))
        changes["completion"] = farthest
        if said.completion > END and said.read is None:
            is_so["read"] = True
    for name, column in TIMES.items():
        if is_so[name] is not None:
            changes[column] = since(column) if is_so[name] else None
    if said.seconds:
        more = F("seconds") + min(said.seconds, MOST_SECONDS)
        changes["seconds"] = Least(more, Value(LONGEST_S))
    if said.difficulty is not None:
        changes["difficulty"] = said.difficulty
    return changes


def require_listed(article: int) -> None:
    """Raise Article.DoesNotExist for an article that readers can't see."""
    if not Article.objects.listed().filter(pk=article).exists():
        raise Article.DoesNotExist(f"There is no article {article}.")
