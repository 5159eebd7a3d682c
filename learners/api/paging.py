"""Pages of articles whose cost does not grow with the number of articles."""

from django.db.models import BigAutoField, Expression, QuerySet, Subquery

from learners.api.filters import listed
from zeeguu.base.api import CursorPages


class IdsOf(Expression):
    """The ids of short querysets, one after the other, for ``pk__in``.

    The rows of a page are chosen by one index alone, and only then joined with what is
    shown of them: left to itself MySQL begins with the shorter table of the join, and
    sorts all articles. Each limit has a table of its own around it, since neither
    MySQL takes one within IN, nor SQLite within UNION.
    """

    def __init__(self, *querysets: QuerySet) -> None:
        super().__init__(output_field=BigAutoField())
        self.parts = [Subquery(queryset) for queryset in querysets]

    def get_source_expressions(self):
        return self.parts

    def set_source_expressions(self, parts):
        self.parts = parts

    def as_sql(self, compiler, connection):
        compiled = [compiler.compile(part) for part in self.parts]
        tables = [f"SELECT * FROM {sql} part" for sql, _ in compiled]  # noqa: S608
        params = [param for _, params in compiled for param in params]
        sql = f"(SELECT * FROM ({' UNION ALL '.join(tables)}) page)"  # noqa: S608
        return sql, params


class NewestPages(CursorPages):
    """Articles, newest first. ``rows`` is the queryset that reads those of a page.

    Of several languages each brings its newest ones: its index has them in order, and
    there is none for the languages together.
    """

    ordering = ("-published_at", "-pk")
    rows: QuerySet

    def read(self, articles, columns, most):
        languages = listed(self.request.query_params, "language")
        parts = [articles.filter(language_id=code) for code in languages]
        pages = [
            part.order_by(*columns).values("pk")[:most] for part in parts or [articles]
        ]
        return list(self.rows.filter(pk__in=IdsOf(*pages)).order_by(*columns)[:most])
