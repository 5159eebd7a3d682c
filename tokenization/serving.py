"""Articles with their tokens, as every face serves them: filled, versioned, counted.

Nothing here knows HTTP. A face turns rows into its own answer, and counts what it sends
to readers. Rows instead of models
make a page of cards several times as quick, and a page of cards is what a home page
waits for; the text of their tokens is JSON, to be sent as it is.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Generic, TypeVar

import orjson
from django.db.models.expressions import Combinable
from django.utils import timezone

from articles.models import Article, Fragment
from tokenization import listing, on_miss, searching, services
from tokenization.freshness import state_of
from tokenization.listing import Seen, Start, Wanted
from tokenization.usage import usage
from zeeguu.base.ids import LARGEST_ID

# Said of an article that is being tokenized: ask again in a moment.
PENDING = "pending"
# Whether whoever asks has the answer of a version already.
IsKnown = Callable[[str], bool]
# What need not be read to tell whether an answer has changed.
TOKENS: frozenset[str] = frozenset(listing.TOKENS)
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Title and summary of an article, and all that tells the state of its tokens.

    ``current`` is the tokenizer that makes fresh tokens of its language now. Tokens are
    JSON, None or "" without any.
    """

    current: str
    is_pending: bool
    id: int
    language: str
    title: str
    summary: str
    text_hash: str
    made_of: str | None
    error: str | None
    pruned_at: datetime | None
    refreshed_at: datetime | None
    tokenizer: str | None
    retry_at: datetime | None
    failed_with: str | None
    title_tokens: str | None
    summary_tokens: str | None

    @property
    def has_tokens(self) -> bool:
        return bool(self.tokenizer)

    @property
    def tokenization(self) -> str:
        """A CacheState's value, or PENDING."""
        if self.is_pending:
            return PENDING
        made_of = (self.made_of or "", self.tokenizer or "")
        wanted = (self.text_hash, self.current)
        return str(state_of(self.error or "", self.pruned_at, made_of, wanted).value)

    @property
    def is_missed(self) -> bool:
        """Whether it is to be filled for who reads it."""
        has_tokens, failed_with = self.has_tokens, self.failed_with or ""
        return on_miss.is_wanted(self.language, has_tokens, self.retry_at, failed_with)


@dataclass(frozen=True, slots=True)
class CardRow(SummaryRow):
    """An article in a list."""

    url: str
    feed_id: int
    feed_json: str
    topics_json: str | None
    authors: str
    image_url: str
    published_at: datetime
    crawled_at: datetime
    word_count: int
    difficulty: float | None
    level: str

    @property
    def feed_title(self) -> str:
        title, _ = self._feed()
        return title

    @property
    def source(self) -> str:
        """The feed's title, or its address as long as it has none."""
        title, url = self._feed()
        return title or url

    def _feed(self) -> tuple[str, str]:
        title, url = orjson.loads(self.feed_json)
        return title, url

    @property
    def topic_slugs(self) -> list[str]:
        """In the order in which the article got them."""
        return [slug for _, slug, _ in sorted(self._topics())]

    @property
    def topic_names(self) -> list[str]:
        return sorted(name for _, _, name in self._topics())

    def _topics(self) -> list[tuple[int, str, str]]:
        return orjson.loads(self.topics_json) if self.topics_json else []


@dataclass(frozen=True, slots=True)
class ArticleRow(CardRow):
    """An article to read. ``content`` is JSON: its blocks, each with its tokens."""

    language_name: str
    content: str | None

    def stored_content(self) -> str | None:
        """The JSON of its blocks, if it was made of the text as it is."""
        return self.content if self.content and self.made_of == self.text_hash else None

    def fragments(self) -> list[dict]:
        """Its fragments as they are stored, each with its tokens or None (one query).

        Of content that may be stale, the tokens of an unchanged text are taken: nobody
        must be shown a text that the article has no longer.
        """
        return fragments_of(self.id, self.content)


def fragments_of(article: int, content: str | None) -> list[dict]:
    """What ``ArticleRow.fragments`` is of an article's content, whatever its row."""
    blocks = orjson.loads(content) if content else []
    tokens = {(block["id"], block["text"]): block["tokens"] for block in blocks}
    rows = Fragment.objects.filter(article=article).values("id", "tag", "text")
    return [{**row, "tokens": tokens.get((row["id"], row["text"]))} for row in rows]


# What a version is made of: in the place of what was read, what is shown of it. The
# database gives an article's topics in any order.
SHOWN = {"feed_json": "feed_title", "topics_json": "topic_slugs"}
HIDDEN = {*TOKENS, "language_name"}
# Found out once: at each request it would be a thirtieth of a summary's time.
NAMES: dict[type[SummaryRow], tuple[str, ...]] = {}
FACTS: dict[type[SummaryRow], attrgetter] = {}
Row = TypeVar("Row", bound=SummaryRow)


def add_kind(kind: type[SummaryRow], **columns: Combinable) -> None:
    """Make a kind of row known; a face's own may have columns that only it knows.

    These are named as the row's fields, may have slots, and are no part of a version:
    what is shown of them belongs into its ``more``.
    """
    listing.COLUMNS.update(columns)
    NAMES[kind] = names = tuple(one.name for one in fields(kind))
    hidden = HIDDEN | columns.keys()
    FACTS[kind] = attrgetter(*(SHOWN.get(n, n) for n in names if n not in hidden))


for _kind in (SummaryRow, CardRow, ArticleRow):
    add_kind(_kind)


@dataclass(frozen=True, slots=True)
class Served(Generic[Row]):
    """Rows, without tokens where is_known: whoever asked has their version."""

    rows: list[Row]
    is_known: bool = False
    has_older: bool = False
    has_newer: bool = False
    # Of a search, where each row stands, by its id; other lists are by their times.
    standings: dict[int, datetime] = field(default_factory=dict)
    # False where they only have most of what was typed, since nothing has all.
    is_whole: bool = True
    # What they were found in, where they are of a search.
    seen: Seen | None = None

    def start_at(self, row: CardRow) -> Start:
        """What the page behind, or before, one of the rows starts at."""
        at = self.standings.get(row.id, row.published_at)
        return Start(at, row.id, self.seen)

    @property
    def version(self) -> str:
        """What an answer with these rows has; worked out for who asks for it alone."""
        sides = (self.has_older, self.has_newer)
        # The links to other pages tell it.
        return version(self.rows, *sides, self.seen if any(sides) else None)

    def count(self) -> None:
        """Count what is served with tokens, and what without.

        For a face to call once it is sure to send it: an answer that is refused, or
        shown to developers, counts for nothing.
        """
        served = Counter((row.language, row.has_tokens) for row in self.rows)
        for (language, has_tokens), number in served.items():
            usage.served(language, has_tokens, number)


def page(
    wanted: Wanted,
    size: int,
    start: Start | None = None,
    backwards: bool = False,
    is_known: IsKnown | None = None,
) -> Served[CardRow]:
    """A page of cards, newest first, with whether there are older and newer ones.

    Pages are cut behind an article, or before it if backwards, so that page 1,000 costs
    what page 1 does, and new articles move no other. Nothing waits for the tokenizer.
    One query, one more where is_known has another version. With words, the best first,
    and those of ``searching.find`` before.
    """
    if wanted.words:
        return _found(wanted, size, start, backwards, is_known)
    # One more than is shown tells whether there is more; counting would cost too much.
    columns = columns_of(CardRow, TOKENS if is_known else NONE)
    found = listing.read(columns, wanted, size + 1, start, backwards)
    rows = to_rows(CardRow, found[:size])
    has_more, has_start = len(found) > size, start is not None
    if backwards:
        rows.reverse()
    sides = (has_start, has_more) if backwards else (has_more, has_start)
    served = Served(rows, False, *sides)
    return _answered(served, is_known)


def heads(wanted: Wanted, size: int, start: Start | None = None) -> Served[CardRow]:
    """The page without a look at the token cache, for lists that show no words.

    Its rows are as if they had no tokens: it is not to be counted.
    """
    if wanted.words:
        return _found(wanted, size, start, left_out=listing.OF_CACHE)
    columns = columns_of(CardRow, listing.OF_CACHE)
    found = listing.read(columns, wanted, size + 1, start)
    rows = [CardRow("", False, *values) for values in found[:size]]
    return Served(rows, False, len(found) > size, start is not None)


def _found(
    wanted: Wanted,
    size: int,
    start: Start | None = None,
    backwards: bool = False,
    is_known: IsKnown | None = None,
    left_out: frozenset[str] = NONE,
) -> Served[CardRow]:
    found = searching.find(wanted, size, start, backwards)
    ids = list(found.standings)
    rows = _by_id(CardRow, ids, TOKENS if is_known else left_out)
    served = Served(
        rows,
        has_older=found.has_older,
        has_newer=found.has_newer,
        standings=found.standings,
        is_whole=found.is_whole,
        seen=found.seen,
    )
    return _answered(served, is_known)


def _answered(served: Served[CardRow], is_known: IsKnown | None) -> Served[CardRow]:
    """The page with its tokens, where these were left out to tell whether it is known.

    One query more, where it is not.
    """
    if is_known is None:
        return served
    if is_known(served.version):
        return replace(served, is_known=True)
    return replace(served, rows=again(served.rows))


def again(seen: list[CardRow]) -> list[CardRow]:
    """The rows that were read without their tokens, in the same order.

    By their ids: what the list's filters cost, and where its page begins, is known.
    """
    return cards([row.id for row in seen])


def cards(ids: list[int], left_out: frozenset[str] = NONE) -> list[CardRow]:
    """Cards of the listed articles among ids, in that order, without some columns."""
    return rows(CardRow, ids, left_out)


def rows(kind: type[Row], ids: list[int], left_out: frozenset[str] = NONE) -> list[Row]:
    """What ``cards`` gives, as rows of any kind."""
    return _by_id(kind, ids, left_out)


def article(
    pk: int, is_known: IsKnown | None = None, language: str | None = None
) -> Served[ArticleRow]:
    """An article to read, of that language if one is named; a reading is noted.

    Without tokens it is tokenized now, within the budget; where that can't be done it
    is pending. Raises Article.DoesNotExist.
    """
    return read(ArticleRow, pk, is_known, language)


def summary(pk: int, is_known: IsKnown | None = None) -> Served[SummaryRow]:
    """What ``article`` serves, without its body; filled and noted as that."""
    return read(SummaryRow, pk, is_known)


def read(
    kind: type[Row],
    pk: int,
    is_known: IsKnown | None = None,
    language: str | None = None,
) -> Served[Row]:
    """What ``article`` serves, as a row of any kind."""
    served = one(kind, pk, is_known, language)
    usage.read(pk)
    return served


def summaries(ids: list[int], is_known: IsKnown | None = None) -> Served[SummaryRow]:
    """Summaries of the listed articles among ids, in that order; readings are noted.

    Nothing is waited for: what has no tokens yet will be filled, and is pending.
    """
    seen_at = timezone.now()
    served = None
    if is_known:
        served = _if_known(_by_id(SummaryRow, ids, TOKENS), is_known)
    if served is None:
        rows = [_fill_later(row, seen_at) for row in _by_id(SummaryRow, ids)]
        served = Served(rows)
    for pk in ids:
        usage.read(pk)
    return served


def one(
    kind: type[Row],
    pk: int,
    is_known: IsKnown | None = None,
    language: str | None = None,
    **values: object,
) -> Served[Row]:
    """What ``read`` serves, but no reading is noted.

    values are those of the slots in the kind's own columns.
    """
    get = partial(_get, kind, pk, language, values)
    if is_known:
        seen = get(TOKENS)
        if served := _if_known([seen], is_known):
            return served
    seen_at = timezone.now()
    row = get()
    if row.is_missed and (filler := on_miss.filler()):
        is_filled = filler.fill(pk, seen_at)
        row = get() if is_filled else replace(row, is_pending=True)
    return Served([row])


def _get(
    kind: type[Row],
    pk: int,
    language: str | None,
    values: Mapping[str, object],
    left_out: frozenset[str] = NONE,
) -> Row:
    for row in _by_id(kind, [pk] if pk <= LARGEST_ID else [], left_out, values):
        if language in (None, row.language):
            return row
    raise Article.DoesNotExist(f"There is no article {pk}.")


def _if_known(rows: list[Row], is_known: IsKnown) -> Served[Row] | None:
    """What is served to who has it already; None where tokens must be read or made."""
    served = Served(rows, is_known=True)
    is_same = is_known(served.version) and not any(row.is_missed for row in rows)
    return served if is_same else None


def _fill_later(row: SummaryRow, seen_at: datetime) -> SummaryRow:
    filler = on_miss.filler() if row.is_missed else None
    if filler and filler.fill_later(row.id, seen_at):
        return replace(row, is_pending=True)
    return row


def version(rows: list, *more: object) -> str:
    """What changes whenever an answer with these rows would, tokens or not.

    An answer that shows more of them, such as the topics' names, has that in more.
    The tokens themselves need not be looked at: hashes and times stand for them. The
    languages' tokenizers are among the facts, since they tell what is stale.

    Today all readers get the same answer. Once one differs by who reads it (words the
    learner knows, bookmarks), what makes it differ belongs into more: the learner's id
    and when the facts shown last changed. The face then says ``Vary: Authorization,
    Cookie`` and ``Cache-Control: private`` besides, and only of such answers: all
    others stay one copy for everybody.
    """
    facts = list(map(FACTS[type(rows[0])], rows)) if rows else []
    text = orjson.dumps([facts, more])
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def columns_of(
    kind: type[SummaryRow], left_out: frozenset[str] = NONE
) -> tuple[str, ...]:
    """What is read of the database: a kind's fields without what is found out here."""
    return listing.without(NAMES[kind][2:], left_out)


def to_rows(kind: type[Row], found: list) -> list[Row]:
    """Rows of what was read: columns_of this kind, in their order."""
    place = columns_of(kind).index("language")
    # Asked for once a page.
    codes = {values[place] for values in found}
    current = {code: services.tokenizer_version(code) for code in codes}
    return [kind(current[values[place]], False, *values) for values in found]


def _by_id(
    kind: type[Row],
    ids: list[int],
    left_out: frozenset[str] = NONE,
    values: Mapping[str, object] = MappingProxyType({}),
) -> list[Row]:
    found = listing.read_by_id(columns_of(kind, left_out), ids, **values)
    rows = to_rows(kind, found)
    by_id = {row.id: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]
