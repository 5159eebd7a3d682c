"""Querysets that are turned into SQL once, for what is asked for most.

Django writes the SQL of a queryset at every request, which takes longer than the
database needs for it. Here a queryset has slots in place of the values that differ; its
SQL is kept, and each request only brings the values, as parameters.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.subqueries import UpdateQuery


class Slot(Expression):
    """A place in a queryset for a value that each request brings, by its name.

    The value is a text, a number or an aware datetime; never None, which SQL compares
    in another way. Lookups of foreign keys with ``in`` take none: name their column.
    """

    def __init__(self, name: str) -> None:
        super().__init__(output_field=Field())
        self.name = name

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Any]:
        return "%s", [self]


class Statement:
    """The SQL of a queryset of ``values_list``; all threads may run it.

    most is how many rows it may give: a slice would be a part of the SQL.
    """

    def __init__(self, queryset: QuerySet, most: Slot | None = None) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, params = compiler.as_sql()
        self._params = [*params]
        if most:
            self.sql += " LIMIT %s"
            self._params.append(most)
        columns = [column for column, *_ in compiler.select]
        self._converters = [
            (place, [*map(_unbound, converters)], column)
            for place, (converters, column) in compiler.get_converters(columns).items()
        ]

    def rows(self, **values: Any) -> list[tuple]:
        """The rows, as the queryset would give them, for these values of the slots.

        Raises KeyError where one is missing.
        """
        params = self.params(**values)
        # The thread's own: django.db.connection looks it up at each use.
        used: Any = connections[DEFAULT_DB_ALIAS]
        with used.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        return [self._converted(row, used) for row in found]

    def params(self, **values: Any) -> list[Any]:
        """The parameters of ``sql`` for these values; KeyError as in ``rows``."""
        return [
            _adapted(values[given.name]) if isinstance(given, Slot) else given
            for given in self._params
        ]

    def _converted(self, found: tuple, used: BaseDatabaseWrapper) -> tuple:
        row = list(found)
        for place, converters, column in self._converters:
            for convert in converters:
                row[place] = convert(row[place], column, used)
        return tuple(row)


class Update:
    """The SQL that changes rows of a queryset; all threads may run it.

    slots are the new values by column; here they may be None.
    """

    def __init__(self, queryset: QuerySet, **slots: Slot) -> None:
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(slots)
        compiler = query.get_compiler(connection=connection)
        self.sql, self._params = compiler.as_sql()

    def run(self, **values: Any) -> int:
        """How many rows were changed, for these values of the slots.

        Raises KeyError where one is missing.
        """
        params = [
            _adapted(values[given.name]) if isinstance(given, Slot) else given
            for given in self._params
        ]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self.sql, params)
            return int(cursor.rowcount)


class Insert:
    """The SQL that inserts one row of a model, all columns but the id.

    With or_ignore nothing is inserted where a row is there that it may not join.
    """

    def __init__(self, model: type[Model], or_ignore: bool = False) -> None:
        fields = model._meta.local_concrete_fields
        self.fields: list[Any] = [one for one in fields if not one.primary_key]
        quote = connection.ops.quote_name
        names = ", ".join(quote(one.column) for one in self.fields)
        on_conflict = OnConflict.IGNORE if or_ignore else None
        start = connection.ops.insert_statement(on_conflict=on_conflict)
        values = ", ".join("%s" for _ in self.fields)
        end = connection.ops.on_conflict_suffix_sql([], on_conflict, [], [])
        table = quote(model._meta.db_table)
        self.sql = f"{start} {table} ({names}) VALUES ({values}) {end}".rstrip()

    def run(self, row: Model) -> int:
        """Insert a row and return its id; raises IntegrityError."""
        used: Any = connections[DEFAULT_DB_ALIAS]
        params = [
            one.get_db_prep_save(getattr(row, one.attname), used) for one in self.fields
        ]
        with used.cursor() as cursor:
            cursor.execute(self.sql, params)
            return int(used.ops.last_insert_id(cursor, "", ""))


Convert = Callable[[Any, Expression, BaseDatabaseWrapper], Any]


def _unbound(convert: Convert) -> Convert:
    """The same, for the connection that a row comes from.

    A bound method would keep the connection of the thread that made the statement.
    """
    if getattr(convert, "__self__", None) is not connection.ops:
        return convert
    method: Any = convert
    unbound = method.__func__
    return lambda value, column, used: unbound(used.ops, value, column, used)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
