"""The two ways in which databases find words, behind one interface.

They find the same, since terms leave them nothing to decide. Neither ranks: to rank
what is in half of all articles takes seconds, and readers want it newest first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from articles.search.hints import eras, pairs
from articles.search.query import ANY, Need
from articles.search.terms import TEXT, TITLE, tag

# The newest first, and no more are looked for than are wanted.
SQLITE = (
    "SELECT rowid FROM articles_searchindex WHERE articles_searchindex MATCH %s"
    "{only} ORDER BY rowid DESC LIMIT %s"
)
# Those in which the words are most frequent come first, which no ORDER BY must change:
# it would have the row of each read.
MYSQL = (
    "SELECT article_id FROM articles_searchtext"
    " WHERE MATCH (title, body, lemmas) AGAINST (%s IN BOOLEAN MODE){only} LIMIT %s"
)
# What filters compare an article's id with.
ID = {
    "sqlite": "articles_searchindex.rowid",
    "mysql": "articles_searchtext.article_id",
}
# Needs that are looked for alone where nothing has all, and left out in turn.
MOST_ALONE, MOST_IN_TURN = 3, 6

# Of a need, the terms of a form each.
Alternatives = list[list[str]]
Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: so many at most of each kind, of terms of the languages.

    No id is larger than newest_id. only is a condition in SQL that an article meets
    too, with its parameters: what filters leave might else not be among so many.
    """

    languages: Collection[str]
    newest_id: int
    only: tuple[str, list[Any]] = ("", [])


def article_id() -> RawSQL:
    """What the index calls the article, for the condition that is asked beside it."""
    return RawSQL(ID[connection.vendor], [])  # noqa: S611 - a name of ours


def is_exact() -> bool:
    """Whether all that the index gives has the phrases; else some only may."""
    return connection.vendor == "sqlite"


def is_newest_first() -> bool:
    """Whether what is left out of too much is the oldest."""
    return connection.vendor == "sqlite"


def with_all(
    needs: Sequence[Need], asked: Asked, most: int, among: Window = (0, 0)
) -> tuple[set[int], bool]:
    """Ids of articles that meet all needs in one of the languages; whether some lack.

    So many at most that meet them with their title, and as many with all that they
    have; among are the first id and the one behind the last, (0, 0) for all, on MySQL.
    """
    parts = [
        [_alternatives(need, asked.languages, place) for need in needs]
        for place in (TITLE, TEXT)
    ]
    found = _ask(parts, asked, most, among)
    number = sum(part == 1 for part, _ in found)
    return {pk for _, pk in found}, number == most


def with_most(needs: Sequence[Need], asked: Asked, most: int) -> set[int]:
    """Ids of articles that meet all needs but one, or one alone; so many of each."""
    each = [_alternatives(need, asked.languages, TEXT) for need in needs]
    in_turn = combinations(each, len(each) - 1) if len(each) <= MOST_IN_TURN else ()
    # Of two needs each was alone already.
    alone = [(need,) for need in each[:MOST_ALONE]] if len(each) > 2 else []
    return {pk for _, pk in _ask([*in_turn, *alone], asked, most)}


def _ask(
    parts: Sequence[Sequence[Alternatives]],
    asked: Asked,
    most: int,
    among: Window = (0, 0),
) -> list[tuple[int, int]]:
    """(which part, id) of what meets one of the parts, so many of each at most."""
    select = _select(asked)
    selects: list[str] = []
    params: list[Any] = []
    for place, needs in enumerate(parts):
        # Each limit has a table of its own around it: SQLite takes none in a UNION.
        selects.append(f"SELECT {place}, part.* FROM ({select}) part")  # noqa: S608
        written = _in_fts5(needs) if is_exact() else _in_fulltext(needs, among)
        params += [written, asked.newest_id, *asked.only[1], most]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), params)
        return list(cursor.fetchall())


def _select(asked: Asked) -> str:
    # FTS5 reads on from an id; MySQL would begin with it, had it no 0.
    plus = "" if is_exact() else " + 0"
    only = f" AND {ID[connection.vendor]}{plus} <= %s"
    if asked.only[0]:
        only += f" AND EXISTS ({asked.only[0]})"
    return (SQLITE if is_exact() else MYSQL).format(only=only)


def _alternatives(need: Need, languages: Collection[str], place: str) -> Alternatives:
    # MySQL would read each text: a phrase's words may be in most articles, its pairs
    # are in few.
    is_by_pairs = need.is_phrase and place == TEXT and not is_exact()
    found = (
        (language, pattern.replace(ANY, tag(language)).split())
        for pattern in need.patterns(place)
        for language in languages
    )
    return [
        [*pairs(language, terms)] if is_by_pairs else terms for language, terms in found
    ]


def _in_fts5(needs: Iterable[Alternatives]) -> str:
    return " AND ".join(_one_of(map(_quoted, need)) for need in needs)


def _one_of(written: Iterable[str]) -> str:
    return f"({' OR '.join(written)})"


def _quoted(terms: Sequence[str]) -> str:
    return f'"{" ".join(terms)}"'


def _in_fulltext(needs: Iterable[Alternatives], among: Window) -> str:
    """Whoever is asked for first bounds what is read of the others."""
    parts = [map(_all_of, need) for need in needs]
    if among[1]:
        parts.insert(0, map(str, eras(*among)))
    return " ".join(f"+({' '.join(part)})" for part in parts)


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
