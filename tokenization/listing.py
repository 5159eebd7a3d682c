"""Which articles a list has, and the SQL that reads a page of them."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigAutoField,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

from articles.models import Article, Feed, Language
from zeeguu.base.statements import Slot, Statement

TOKENS = ("title_tokens", "summary_tokens", "content")
# How many values a list may name for its SQL to be kept.
MOST_KEPT = 16
# Where a page begins: microseconds since 1970, an article's id, and what was seen.
START = re.compile(r"(-?[0-9]{1,18})_([0-9]{1,18})(?:_([0-9]{1,18})_([01]))?")
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class JSONArrays(Func):
    """JSON arrays of several rows' values, in an array; NULL or "[]" without any rows.

    No ``Aggregate``, since that would group by what the rows are chosen by.
    """

    function, template = "JSON_ARRAYAGG", "%(function)s(JSON_ARRAY(%(expressions)s))"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)


def _json(*columns: str) -> Func:
    return Func(*columns, function="JSON_ARRAY", output_field=TextField())


# No joins but the tokens': the database could begin with the feeds, which are few, and
# sort all articles. And no second query: it would take longer than all the topics.
_topics = Article.topics.through.objects.filter(article=OuterRef("pk")).order_by()
_feed = Feed.objects.filter(pk=OuterRef("feed")).order_by()
_language = Language.objects.filter(pk=OuterRef("language")).order_by()
COLUMNS: dict[str, str | Combinable] = {
    "language": "language_id",
    "title_tokens": "tokenization_cache__title",
    "summary_tokens": "tokenization_cache__summary",
    "content": "tokenization_cache__content",
    "made_of": "tokenization_cache__text_hash",
    "error": "tokenization_cache__error",
    "pruned_at": "tokenization_cache__pruned_at",
    "refreshed_at": "tokenization_cache__refreshed_at",
    "tokenizer": "tokenization_cache__tokenizer",
    "retry_at": "tokenization_cache__retry_at",
    "failed_with": "tokenization_cache__failed_with",
    "lexemes": "tokenization_cache__lexemes",
    "lexeme_counts": "tokenization_cache__lexeme_counts",
    "card_lexemes": "tokenization_cache__card_lexemes",
    "feed_json": Subquery(_feed.values_list(_json("title", "url"))),
    "topics_json": Subquery(
        _topics.values_list(
            JSONArrays("pk", "topic__slug", "topic__name", output_field=TextField())
        )
    ),
    "language_name": Subquery(_language.values("name")),
    # In the place of what is not read.
    "nothing": Value(None, output_field=TextField()),
}
# What is read of the token cache: the tokens, which are large, and the rest.
OF_CACHE = frozenset(
    name for name, column in COLUMNS.items() if "tokenization_cache__" in str(column)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles a list has: those that are all of it; nothing given, all listed.

    Of several values of one kind an article has one.
    """

    languages: tuple[str, ...] = ()
    feed: int | None = None
    topics: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    # What somebody typed: the list has what ``tokenization.searching`` finds then.
    words: str = ""

    def shape(self) -> "Shape":
        """What its SQL depends on."""
        return (
            len(self.languages),
            self.feed is not None,
            len(self.topics),
            len(self.levels),
            self.since is not None,
            self.until is not None,
        )

    def values(self) -> dict[str, object]:
        """What its slots are filled with."""
        return {
            "feed": self.feed,
            "since": self.since,
            "until": self.until,
            **_numbered("language", self.languages),
            **_numbered("topic", self.topics),
            **_numbered("level", self.levels),
        }


Shape = tuple[int, bool, int, int, bool, bool]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first page of a search was found in, for those that follow.

    newest_id is the largest id of an article then; is_asked tells whether the index was
    asked for more than the newest articles have.
    """

    newest_id: int
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins: behind this article, which need not be there any more."""

    published_at: datetime
    id: int
    # Of a search.
    seen: Seen | None = None

    def __str__(self) -> str:
        """As addresses have it."""
        seen = self.seen
        told = f"_{seen.newest_id}_{seen.is_asked:d}" if seen else ""
        return f"{(self.published_at - EPOCH) // MICROSECOND}_{self.id}{told}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of an address; raises ValueError where that is none of ours."""
        match = START.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no place in a list")
        seen = Seen(int(match[3]), match[4] == "1") if match[3] else None
        try:
            return cls(EPOCH + int(match[1]) * MICROSECOND, int(match[2]), seen)
        except OverflowError as exc:
            raise ValueError(f"{text!r} is at no time") from exc


def read(
    columns: tuple[str, ...],
    wanted: Wanted,
    most: int,
    start: Start | None = None,
    backwards: bool = False,
) -> list[tuple]:
    """These columns of at most so many articles, the next ones behind start first.

    That is newest first, or oldest first if read backwards.
    """
    shape = wanted.shape()
    make = _page if _is_small(shape) else _page.__wrapped__
    statement = make(columns, shape, start is not None, backwards)
    at = {"start_at": start.published_at, "start_id": start.id} if start else {}
    return statement.rows(**wanted.values(), **at, most=most)


def read_by_id(
    columns: tuple[str, ...], ids: list[int], **values: object
) -> list[tuple]:
    """These columns of the listed articles among some, in any order.

    values are those of the slots that the columns have.
    """
    if not ids:
        return []
    # The last one several times, so that few numbers of ids need SQL of their own.
    number = 1 << (len(ids) - 1).bit_length()
    padded = [*ids, *ids[-1:] * (number - len(ids))]
    return _by_id(columns, number).rows(**_numbered("id", padded), **values)


@lru_cache(maxsize=64)
def _by_id(columns: tuple[str, ...], number: int) -> Statement:
    slots: Any = _slots("id", number)  # a lookup takes them for values
    if number == 1:
        return _statement(Article.objects.listed().filter(pk=slots[0]), columns)
    # Not the column itself: SQLite would look for all listed articles in its index.
    articles = Article.objects.alias(why=Coalesce("broken", Value("")))
    return _statement(articles.filter(why="", pk__in=slots), columns)


def _is_small(shape: Shape) -> bool:
    """Whether its SQL is worth its memory: each language has the other filters anew."""
    languages, _, topics, levels, *_ = shape
    return max(1, languages) * (1 + topics + levels) <= MOST_KEPT


# Filters can be combined in many ways, of which readers use few.
@lru_cache(maxsize=128)
def _page(
    columns: tuple[str, ...], shape: Shape, has_start: bool, backwards: bool
) -> Statement:
    order = ("published_at", "pk") if backwards else ("-published_at", "-pk")
    articles = restricted(Article.objects.listed(), shape)
    if has_start:
        articles = _behind_start(articles, backwards)
    ids = IdsOf(*_of_languages(articles, shape, order), most=Slot("most"))
    rows = Article.objects.filter(pk__in=ids).order_by(*order)
    return _statement(rows, columns, Slot("most"))


def newest(shape: Shape) -> QuerySet:
    """Of each language "most" articles of a Wanted of this shape, in any order.

    None of them has a larger id than the slot "newest_id".
    """
    articles = restricted(Article.objects.listed(), shape)
    # No plain id, by whose index MySQL may begin.
    articles = articles.alias(number=F("pk") + 0).filter(number__lte=Slot("newest_id"))
    order = ("-published_at", "-pk")
    ids = IdsOf(*_of_languages(articles, shape, order), most=Slot("most"))
    found: QuerySet = Article.objects.filter(pk__in=ids)
    return found


def _of_languages(
    articles: QuerySet, shape: Shape, order: tuple[str, str]
) -> list[QuerySet]:
    # Of several languages each brings its own: its index has them in order, and there
    # is none for the languages together.
    parts = [articles.filter(language_id=slot) for slot in _slots("language", shape[0])]
    return [part.order_by(*order).values("pk") for part in parts or [articles]]


def in_languages(articles: QuerySet, shape: Shape) -> QuerySet:
    """The articles that are in one of the languages of a Wanted of this shape."""
    slots = _slots("language", shape[0])
    is_one = (Q(language_id=slot) for slot in slots)
    return articles.filter(reduce(or_, is_one)) if slots else articles


def restricted(articles: QuerySet, shape: Shape) -> QuerySet:
    """The articles that are all that a Wanted of this shape names, but languages."""
    _, of_feed, topics, levels, has_since, has_until = shape
    # The language is the caller's: each part of a page is of one.
    if of_feed:
        articles = articles.filter(feed_id=Slot("feed"))
    if topics:
        articles = _of_topics(articles, topics)
    if levels:
        articles = _among(articles, "level", _slots("level", levels))
    if has_since:
        articles = articles.filter(published_at__gte=Slot("since"))
    if has_until:
        articles = articles.filter(published_at__lt=Slot("until"))
    return articles


def _of_topics(articles: QuerySet, number: int) -> QuerySet:
    """Articles of any of several topics, each once.

    A subquery for one value is asked article by article, newest first, until the page
    is full. MySQL would turn a join, or EXISTS, into a sort of all that the topic has.
    """
    mine = Article.topics.through.objects.filter(article=OuterRef("pk"))
    first = _among(mine, "topic__slug", _slots("topic", number)).values("pk")[:1]
    found: QuerySet = articles.alias(of_topic=Subquery(first))
    return found.filter(of_topic__isnull=False)


def _among(rows: QuerySet, name: str, slots: list[Slot]) -> QuerySet:
    if len(slots) == 1:
        return rows.filter(**{name: slots[0]})
    return rows.filter(**{f"{name}__in": slots})


def _behind_start(articles: QuerySet, backwards: bool) -> QuerySet:
    at, pk = Slot("start_at"), Slot("start_id")
    # Not one OR: an index can walk from a plain limit.
    if backwards:
        articles = articles.filter(published_at__gte=at)
        return articles.exclude(published_at=at, pk__lte=pk)
    return articles.filter(published_at__lte=at).exclude(published_at=at, pk__gte=pk)


def _statement(
    articles: QuerySet, columns: tuple[str, ...], most: Slot | None = None
) -> Statement:
    named = [COLUMNS.get(column, column) for column in columns]
    return Statement(articles.values_list(*named), most)


def without(columns: tuple[str, ...], left_out: Container[str]) -> tuple[str, ...]:
    """The same columns, with nothing in the place of some."""
    return tuple("nothing" if name in left_out else name for name in columns)


def _slots(name: str, number: int) -> list[Slot]:
    return [Slot(f"{name}_{place}") for place in range(number)]


def _numbered(name: str, values: Iterable[object]) -> dict[str, object]:
    return {f"{name}_{place}": value for place, value in enumerate(values)}


class IdsOf(Expression):
    """The first ids of each queryset, one after the other, for ``pk__in``.

    The rows of a page are chosen by one index alone, and only then joined with what is
    shown of them: left to itself MySQL begins with the shorter table of the join, and
    sorts all articles. Each limit has a table of its own around it, since neither
    MySQL takes one within IN, nor SQLite within UNION.
    """

    def __init__(self, *querysets: QuerySet, most: Slot) -> None:
        super().__init__(output_field=BigAutoField())
        self.most = most
        self.parts = [Subquery(queryset) for queryset in querysets]

    def get_source_expressions(self) -> list[Any]:
        return self.parts

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.parts = list(exprs)

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Any]:
        compiled = [compiler.compile(part) for part in self.parts]
        # Each is in parentheses.
        tables = [
            f"SELECT * FROM {sql[:-1]} LIMIT %s) part"  # noqa: S608
            for sql, _ in compiled
        ]
        params = [param for _, params in compiled for param in (*params, self.most)]
        sql = f"(SELECT * FROM ({' UNION ALL '.join(tables)}) page)"  # noqa: S608
        return sql, params
