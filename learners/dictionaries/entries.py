"""The stored entries of many headwords, in one query that stays quick with thousands.

All headwords go as one JSON text: a parameter each is more than SQLite may take, and
MariaDB would rather read a whole dictionary then, which takes a second.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import orjson
from django.db import connection

from learners.dictionaries.lookup import Fetch
from learners.dictionaries.models import Dictionary, Entry

# The tables in this order: first the words, then what is there of each.
LISTS = {
    "sqlite": "json_each(%s) AS words CROSS JOIN {entry} AS e ON e.headword = value",
    "mysql": (
        "JSON_TABLE(%s, '$[*]' COLUMNS(value VARCHAR(100) CHARACTER SET utf8mb4"
        " COLLATE utf8mb4_bin PATH '$')) AS words"
        " STRAIGHT_JOIN {entry} AS e ON e.headword = words.value"
    ),
}
SQL = (
    "SELECT e.headword, e.pos, e.gender, e.translations, d.kind FROM {words}"
    " {join} {dictionary} AS d ON d.id = e.dictionary_id"
    " WHERE e.from_language = %s AND e.to_language = %s"
    " AND NOT e.is_hidden AND d.is_published"
    " ORDER BY d.priority, d.id, e.position"
)
JOINS = {"sqlite": "CROSS JOIN", "mysql": "STRAIGHT_JOIN"}


class Found(NamedTuple):
    """An entry, as the look-up takes it; source is its dictionary's Kind."""

    headword: str
    pos: str
    gender: str
    translations: str
    source: str


def stored(source: str, target: str) -> Fetch:
    """What fetches the entries from one language to another that are in use."""

    def fetch(headwords: Collection[str]) -> Iterator[Found]:
        with connection.cursor() as cursor:
            asked = orjson.dumps(sorted(headwords)).decode()
            cursor.execute(_sql(connection.vendor), [asked, source, target])
            return map(Found._make, cursor.fetchall())

    return fetch


def _sql(vendor: str) -> str:
    tables = {"entry": Entry._meta.db_table, "dictionary": Dictionary._meta.db_table}
    words = LISTS[vendor].format(**tables)
    return SQL.format(words=words, join=JOINS[vendor], **tables)
