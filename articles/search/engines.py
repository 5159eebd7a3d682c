"""The two ways in which databases find words, behind one interface.

They find the same, since terms leave them nothing to decide. Neither ranks: to rank
what is in half of all articles takes seconds, and readers want it newest first.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, Expression
from django.db.models.sql.compiler import SQLCompiler

from articles.search.query import ANY, Need
from articles.search.terms import TEXT, TITLE, tag

# Of those that meet only one of several needs.
MOST_OF_ANY = 200
# Of a need, the terms of a form each.
Alternatives = list[list[str]]

SQLITE = (
    "SELECT rowid FROM articles_searchindex WHERE articles_searchindex MATCH %s"
    " ORDER BY rowid DESC LIMIT %s"
)
# Those in which the words are most frequent come first, which no ORDER BY must say: it
# would have all that there are read.
MYSQL = (
    "SELECT article_id FROM articles_searchtext"
    " WHERE MATCH (title, body, lemmas) AGAINST (%s IN BOOLEAN MODE) LIMIT %s"
)


class Matches(Expression):
    """Ids of articles for ``pk__in`` that meet all needs in one of the languages.

    So many at most that meet them with their title, and as many with all that they
    have; of several needs, also some that meet only one. MySQL finds the words of a
    phrase wherever they stand.
    """

    def __init__(
        self, needs: Sequence[Need], languages: Collection[str], most: int
    ) -> None:
        super().__init__(output_field=BigAutoField())
        in_title, in_text = (
            [_alternatives(need, languages, place) for need in needs]
            for place in (TITLE, TEXT)
        )
        # One need that has the forms of all is met by whatever meets one of them.
        met_by_any = [[form for need in in_text for form in need]]
        self.parts = [(in_title, most), (in_text, most)]
        if len(needs) > 1:
            self.parts.append((met_by_any, min(most, MOST_OF_ANY)))

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Any]:
        return self._sql(SQLITE, _in_fts5)

    def as_mysql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        return self._sql(MYSQL, _in_fulltext)

    def _sql(self, select: str, written: Any) -> tuple[str, Any]:
        # Each limit has a table of its own around it: MySQL takes none within IN, and
        # SQLite none within UNION.
        part = f"SELECT * FROM ({select}) part"  # noqa: S608
        union = " UNION ".join([part] * len(self.parts))
        params = [
            param for needs, most in self.parts for param in (written(needs), most)
        ]
        return f"(SELECT * FROM ({union}) found)", params  # noqa: S608


def _alternatives(need: Need, languages: Collection[str], place: str) -> Alternatives:
    return [
        pattern.replace(ANY, tag(language)).split()
        for pattern in need.patterns(place)
        for language in languages
    ]


def _in_fts5(needs: Sequence[Alternatives]) -> str:
    return " AND ".join(f"({' OR '.join(map(_quoted, need))})" for need in needs)


def _quoted(terms: Sequence[str]) -> str:
    return f'"{" ".join(terms)}"'


def _in_fulltext(needs: Sequence[Alternatives]) -> str:
    return " ".join(f"+({' '.join(map(_all_of, need))})" for need in needs)


def _all_of(terms: Sequence[str]) -> str:
    if len(terms) == 1:
        return terms[0]
    return f"({' '.join(f'+{term}' for term in terms)})"


def optimize() -> None:
    """Have the index in one piece, without what was deleted; others wait for that.

    Also makes it anew, from the rows.
    """
    statement = "OPTIMIZE TABLE articles_searchtext"
    if connection.vendor == "sqlite":
        statement = "INSERT INTO articles_searchindex(articles_searchindex)"
        statement += " VALUES ('rebuild')"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        if cursor.description:
            cursor.fetchall()
