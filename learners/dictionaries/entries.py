"""The stored entries of many headwords, in one query that stays quick with thousands.

All headwords go as one JSON text: a parameter each is more than SQLite may take, and
MariaDB would rather read a whole dictionary then, which takes a second.
"""

from collections.abc import Collection
from typing import NamedTuple

import orjson
from django.db import connection

from learners.dictionaries.lookup import Fetch
from learners.dictionaries.models import Dictionary, Entry
from tokenization.models import Lexeme

# The tables in this order: first the words, then what is there of each.
WORDS = {
    "sqlite": "json_each(%s) AS words",
    "mysql": (
        "JSON_TABLE(%s, '$[*]' COLUMNS(value VARCHAR(100) CHARACTER SET utf8mb4"
        " COLLATE utf8mb4_bin PATH '$')) AS words"
    ),
}
JOINS = {"sqlite": "CROSS JOIN", "mysql": "STRAIGHT_JOIN"}
ENTRIES = (
    "SELECT e.headword, e.pos, e.gender, e.translations, d.kind,"
    " d.priority, d.id, e.position"
    " FROM {words} {join} {entry} AS e ON e.headword = words.value"
    " {join} {dictionary} AS d ON d.id = e.dictionary_id"
    " WHERE e.from_language = %s AND e.to_language = %s"
    " AND NOT e.is_hidden AND d.is_published"
)
# Rows of the same shape, so that they come with the entries.
RANKS = (
    "SELECT l.lemma, '', '', '', '', 0, 0, l.rank"
    " FROM {words} {join} {lexeme} AS l ON l.lemma = words.value"
    " WHERE l.language_id = %s AND l.rank IS NOT NULL"
)
ORDER = " ORDER BY 6, 7, 8"


class Found(NamedTuple):
    """An entry, as the look-up takes it; source is its dictionary's Kind."""

    headword: str
    pos: str
    gender: str
    translations: str
    source: str


class Stored:
    """Fetches the entries from one language to another that are in use.

    ``ranks`` are then those that some lemmas have among the words of the first
    language, as far as they have one.
    """

    def __init__(self, source: str, target: str, lemmas: Collection[str] = ()) -> None:
        self._pair, self._lemmas = (source, target), lemmas
        self.ranks: dict[str, int] = {}

    def __call__(self, headwords: Collection[str]) -> list[Found]:
        sql, params = ENTRIES, [_json(headwords), *self._pair]
        if self._lemmas:
            sql = f"{ENTRIES} UNION ALL {RANKS}"
            params += [_json(self._lemmas), self._pair[0]]
        found = []
        for *row, place in _rows(sql + ORDER, params):
            if row[4]:
                found.append(Found(*row[:5]))
            else:
                self.ranks[row[0]] = place
        return found


def stored(source: str, target: str) -> Fetch:
    """What fetches the entries from one language to another that are in use."""
    return Stored(source, target)


def _rows(sql: str, params: list[str]) -> list[tuple]:
    vendor = connection.vendor
    tables = {
        "words": WORDS[vendor],
        "join": JOINS[vendor],
        "entry": Entry._meta.db_table,
        "dictionary": Dictionary._meta.db_table,
        "lexeme": Lexeme._meta.db_table,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**tables), params)
        return list(cursor.fetchall())


def _json(words: Collection[str]) -> str:
    return orjson.dumps(sorted(words)).decode()
