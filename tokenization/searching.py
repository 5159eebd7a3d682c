"""Which articles have the words that somebody typed, the best of them first.

What is common is found among the newest articles, in a moment, whatever the archive
holds. Only what these don't have is asked of the database's index of words: an index
gives all articles with a word, or none, and some words are in most.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, reduce
from heapq import nlargest
from operator import add, or_
from typing import Any

from django.db.models import Case, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Replace, StrIndex
from django.db.models.lookups import GreaterThan

from articles.models import Article, Language
from articles.search import engines
from articles.search.engines import Asked
from articles.search.hints import ERA
from articles.search.query import ANY, Need, Query, parse
from articles.search.terms import TEXT, TITLE
from tokenization import listing, services
from tokenization.listing import Seen, Start, Wanted
from tokenization.stanza.tries import NoTrie
from zeeguu.base.statements import Slot, Statement

# The newest articles that are looked through one by one, and how many must have what is
# wanted for no others to be asked for.
SCANNED, ENOUGH = 600, 60
# Those that the index gives at most, and before phrases are seen to.
MOST, MOST_PHRASES = 300, 600
# Needs of which most are asked for, where nothing has all: the longest words, which are
# the rarest.
MOST_IN_PARTS = 6
# Where an index that gives any has too much: how many of the newest it is asked for
# then, and so many times as many next.
WINDOW, WIDER, MOST_WINDOWS, PAGEFUL = 2 * ERA, 3, 2, 20
MOST_OF_WINDOW = 100
# Of one need alone, where nothing has all.
MOST_ALONE = 50
# A title that says all of it is worth as much as being so much newer.
TITLE_IS_WORTH = timedelta(days=60)
# How long a process knows the languages.
KNOWN_FOR_S = 60

# The last one is how many needs an article meets.
COLUMNS = ("pk", "published_at", "search_text__language", "search_text__title", "met")
Row = tuple[int, datetime, str, str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of ids, with where each stands: as if it were published then."""

    standings: dict[int, datetime]
    has_older: bool
    has_newer: bool
    # False where these only have most of what was typed, and none has all.
    is_whole: bool = True
    # For the pages that follow, see ``Start``.
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class All:
    """All articles with where each stands, and whether they have all of it."""

    standings: set[tuple[datetime, int]]
    is_whole: bool = True
    seen: Seen | None = None


def find(
    wanted: Wanted, size: int, start: Start | None = None, backwards: bool = False
) -> Found:
    """The page of what is wanted behind start, or before it.

    An article's standing depends on it and on what was typed alone, and pages are found
    in what was there at the first one: they stay as they are when others arrive.
    Two to four queries, one more with filters, two more where nothing has all; on MySQL
    two more for what has too much.
    """
    everything = _find_all(wanted, start.seen if start else None)
    ranked = sorted(everything.standings, reverse=not backwards)
    if start:
        at = (start.published_at, start.id)
        ranked = [one for one in ranked if (one > at if backwards else one < at)]
    more, page = len(ranked) > size, ranked[:size]
    if backwards:
        page.reverse()
    standings = {pk: standing for standing, pk in page}
    has_start = start is not None
    sides = (has_start, more) if backwards else (more, has_start)
    return Found(standings, *sides, everything.is_whole, everything.seen)


def _find_all(wanted: Wanted, seen: Seen | None) -> All:
    languages = wanted.languages or tuple(language_names())
    query = parse(wanted.words, lambda word: _lemmas(word, languages))
    if not query.needs:
        return All(set())
    newest_id = seen.newest_id if seen else _newest_id()
    rows = _scan(query, wanted, newest_id)
    seen = seen or Seen(newest_id, is_asked=len(rows) < ENOUGH)
    asked = Asked(languages, newest_id, _only(wanted))
    few = _few(wanted, newest_id) if seen.is_asked and asked.only[0] else None
    if seen.is_asked and few is None:
        rows += _ask(query, wanted, asked)
    is_whole = bool(rows) or len(query.needs) == 1
    if not is_whole:
        ids = _ids_with_most(query, asked) if few is None else few
        rows = _rows(ids, wanted, _number_met(query.needs))
    # What has most of it, where nothing has all.
    most = max((row[-1] for row in rows), default=0)
    best = (row for row in rows if row[-1] == most > 0)
    return All({(_standing(row, query), row[0]) for row in best}, is_whole, seen)


def _newest_id() -> int:
    return Article.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _standing(row: Row, query: Query) -> datetime:
    _, published_at, tag, title, _ = row
    met = sum(
        any(pattern.replace(ANY, tag) in title for pattern in need.patterns(TITLE))
        for need in query.needs
    )
    return published_at + TITLE_IS_WORTH * met / len(query.needs)


def _scan(query: Query, wanted: Wanted, newest_id: int) -> list[Any]:
    """Rows of the newest articles that have all of it."""
    rows = listing.newest(wanted.shape())
    for need in query.needs:
        rows = rows.filter(_is_met(need))
    rows = rows.annotate(met=Value(len(query.needs)))
    limits = {"most": _most_scanned(wanted), "newest_id": newest_id}
    return _read(rows, wanted, limit=SCANNED, **limits)


def _most_scanned(wanted: Wanted) -> int:
    """How many of each language are looked through one by one."""
    return SCANNED // max(1, len(wanted.languages))


def _few(wanted: Wanted, newest_id: int) -> set[int] | None:
    """Ids of what the filters leave, where all of them were scanned; else None.

    MySQL would read each article with the words to find these few.
    """
    ids = listing.newest(wanted.shape()).values_list("pk")
    most = _most_scanned(wanted)
    given = {**wanted.values(), "most": most, "newest_id": newest_id}
    found = {pk for (pk,) in Statement(ids).rows(**given)}
    return found if len(found) < most else None


def _only(wanted: Wanted) -> tuple[str, list[Any]]:
    """The filters but the language, which terms tell, as a condition of an index."""
    if not any(wanted.shape()[1:]):
        return "", []
    articles = Article.objects.listed().filter(pk=engines.article_id())
    rows = listing.restricted(articles, wanted.shape()).values_list("pk")
    statement = Statement(rows)
    return statement.sql, statement.params(**wanted.values())


def _ask(query: Query, wanted: Wanted, asked: Asked) -> list[Any]:
    """Rows of the articles that have all of it, as the index of words tells."""
    needs, has_phrase = query.needs, any(need.is_phrase for need in query.needs)
    is_sure = engines.is_exact() or not has_phrase
    most = MOST
    if not engines.is_newest_first():
        # Which these are is chance: what has more is asked for the newest.
        most = MOST_PHRASES if has_phrase else MOST_OF_WINDOW
    ids, is_cut = engines.with_all(needs, asked, most)
    if is_cut and not engines.is_newest_first():
        ids = _newest(needs, asked, ids)
    if is_cut and not is_sure:
        # Each is read whole, and there are enough.
        ids = {*nlargest(MOST_OF_WINDOW, ids)}
    met = Value(len(needs)) if is_sure else _number_met(needs)
    rows = _rows(ids, wanted, met)
    return [row for row in rows if row[-1] == len(needs)]


def _newest(needs: Sequence[Need], asked: Asked, ids: set[int]) -> set[int]:
    """Ids of the newest that have all of it, where the index gave these of more."""
    found: set[int] = set()
    # Behind the last one, up to its era's end.
    end, width = (asked.newest_id // ERA + 1) * ERA, WINDOW
    for _ in range(MOST_WINDOWS):
        among = (end - width, end)
        found |= engines.with_all(needs, asked, MOST_OF_WINDOW, among)[0]
        if len(found) >= PAGEFUL:
            return found
        end, width = end - width, WIDER * width
    return found | ids


def _ids_with_most(query: Query, asked: Asked) -> set[int]:
    """Ids of articles that have most of it, or at least one of the longest words."""
    return engines.with_most(_longest(query), asked, MOST_ALONE)


def _longest(query: Query) -> list[Need]:
    return sorted(query.needs, key=lambda need: -need.letters)[:MOST_IN_PARTS]


def _rows(ids: Collection[int], wanted: Wanted, met: Any) -> list[Any]:
    """Rows of the articles among those that are wanted."""
    if not ids:
        return []
    shape = wanted.shape()
    rows = listing.restricted(Article.objects.listed().filter(pk__in=ids), shape)
    rows = listing.in_languages(rows, shape)
    return _read(rows.annotate(met=met), wanted, limit=len(ids))


def _number_met(needs: Iterable[Need]) -> Any:
    """How many of the needs an article meets."""
    one, none = Value(1), Value(0)
    parts = [Case(When(_is_met(need), then=one), default=none) for need in needs]
    return reduce(add, parts)


def _read(rows: QuerySet, wanted: Wanted, **limits: int) -> list[Any]:
    statement = Statement(rows.values_list(*COLUMNS), Slot("limit"))
    return statement.rows(**wanted.values(), **limits)


def _is_met(need: Need) -> Q:
    return reduce(or_, _conditions(need))


def _conditions(need: Need) -> Iterator[Q]:
    language: Any = F("search_text__language")
    columns = ["body"] if need.is_phrase else ["body", "lemmas"]
    for column in columns:
        for pattern in need.patterns(TEXT):
            tagged = Replace(Value(pattern), Value(ANY), language)
            place = StrIndex(F(f"search_text__{column}"), tagged)
            yield Q(GreaterThan(place, 0))


def language_names() -> dict[str, str]:
    """The languages' names by their codes; asked for once a minute."""
    return _language_names(int(time.monotonic() / KNOWN_FOR_S))


@lru_cache(maxsize=1)
def _language_names(minute: int) -> dict[str, str]:
    return dict(Language.objects.learnable().values_list("pk", "name"))


def _lemmas(word: str, languages: Iterable[str]) -> Iterator[str]:
    """What a word is a form of, in the languages that have lemmas here already.

    Nobody who searches waits for them to be made.
    """
    lemmatizer = services.lemmatizer()
    for language in languages:
        try:
            if lemmatizer.is_ready(language) and lemmatizer.is_known(word, language):
                yield lemmatizer.lemma(word, language)
        except NoTrie:
            continue
