"""What is somebody's: the rows of all models that lead to an account.

Found by walking the models, so that a new one is neither forgotten when an account is
exported nor when it is deleted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import CASCADE, Model, QuerySet

from learners.models import Cohort, User

# Further from the account than this nothing is that is still somebody's.
DEEPEST = 3


@dataclass(frozen=True)
class Table:
    """Rows of a model, and how queries lead from them to the account: "card__learner".

    is_own tells whether they are the learner's, and not of others who have to do with
    what is: members of a class, say, whose rows go with it.
    """

    model: type[Model]
    path: str
    is_own: bool

    def rows(self, user: int) -> QuerySet:
        return self.model._base_manager.filter(**{self.path: user}).order_by()


@cache
def tables() -> list[Table]:
    """All but the account itself; whatever hangs on another stands before it."""
    found = sorted(_leading_to(User, "", True, 1), key=lambda pair: -pair[0])
    return [table for _, table in found]


def _leading_to(
    model: type[Model], path: str, is_own: bool, depth: int
) -> Iterator[tuple[int, Table]]:
    for relation in _relations(model):
        field = relation.field
        # Who only names the account's things loses nothing but the name.
        if depth > 1 and relation.on_delete is not CASCADE:
            continue
        way = f"{field.name}__{path}".removesuffix("__")
        mine = is_own and model is not Cohort
        yield depth, Table(relation.related_model, way, mine)
        if depth < DEEPEST:
            yield from _leading_to(relation.related_model, way, mine, depth + 1)


def _relations(model: type[Model]) -> Iterator[Any]:
    """Foreign keys to a model, also those of tables between two models."""
    for relation in model._meta.get_fields(include_hidden=True):
        points_here = relation.one_to_many or relation.one_to_one
        if points_here and relation.auto_created and not relation.concrete:
            yield relation


def own_tables() -> dict[type[Model], str]:
    """{model: path} of what is the learner's own, by the shortest way."""
    found = sorted(
        (table for table in tables() if table.is_own),
        key=lambda table: table.path.count("__"),
        reverse=True,
    )
    return {table.model: table.path for table in found}
