"""Pages of a learner's feed: what is left of a window, ranked as it is now.

A list that is open is walked window by window. Which articles of the window were
served, or need not be, is part of the Position, so that words that are marked between
two pages, and articles that come or go, neither repeat an article nor lose one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from learners.feed import candidates, ranking
from learners.feed.candidates import Candidate, Key, Opened, Place, Window
from learners.feed.ranking import Taste
from learners.knowledge import store
from learners.knowledge.coverage import WORTH_LEARNING, Coverage, Measure, Worth
from learners.knowledge.models import Knowledge
from learners.knowledge.store import Sets, State
from learners.models import User
from learners.readings.actions import Mine, flags
from tokenization import serving
from tokenization.lexemes import unpacked_card
from tokenization.serving import CardRow
from zeeguu.base.statements import Slot, Statement

# Of a token that is no word; states are told by their first letters.
NO_WORD = "-"
# What was done is looked up of so many times as many as a page has, the first ones; of
# the next ones, and so often, where the learner is done with all of them.
LOOKED_AT, MOST_TRIES = 3, 8
TASTE = ("topics_wanted", "topics_excluded", "keywords_wanted", "keywords_excluded")


class NoLanguage(Exception):
    """None was asked for, and the learner has none that is active."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a feed is to have; of topics, by slug, an article has one."""

    language: str = ""
    topics: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """How far a list has been served: which window, and which articles of it.

    The window begins behind start, or with the newest where there is none. Before it is
    opened it has no end.
    """

    language: str
    opened: Opened
    start: Place | None = None
    end: Place | None = None
    has_older: bool = True
    served: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FeedRow(CardRow):
    """A card with the lexemes of its tokens, packed."""

    card_lexemes: bytes | None

    def tokens(self) -> tuple[Sequence[int], Sequence[int]] | None:
        """The lexemes of title and summary, 0 for no word; None without tokens."""
        if not (self.card_lexemes and self.has_tokens):
            return None
        return unpacked_card(self.card_lexemes)


serving.add_kind(FeedRow)


@dataclass(frozen=True, slots=True)
class Item:
    """An article of a feed, and what it is to this learner.

    coverage is None of an article that has no lexemes yet.
    """

    row: FeedRow
    coverage: Coverage | None
    worth: list[Worth]
    mine: Mine
    title_states: str | None
    summary_states: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """The next one begins at a Position; None at the end."""

    language: str
    items: list[Item]
    next: Position | None


@dataclass(frozen=True, slots=True)
class _Learner:
    pk: int
    taste: Taste
    sets: Sets
    measure: Measure


def page(learner: int, asked: Asked, size: int, at: Position | None = None) -> Page:
    """The next articles for a learner, by the account's id; the first without at.

    Three queries: of the learner, of what was done with those that stand first, and of
    the page's cards. More where ``candidates`` reads, and one for each further try,
    where the learner is done with all of those. Raises NoLanguage.
    """
    language, who = _learner(learner, at.language if at else asked.language)
    for _ in range(MOST_TRIES):
        window, at = _window((language, asked.topics), language, at)
        left = _left(window, at, who, asked)
        chosen, mine, after = _chosen(left, at, who, size)
        if chosen or after is None:
            break
        at = after
    return Page(language, _items(who, window, chosen, mine), after)


def _chosen(
    left: list[Candidate], at: Position, who: _Learner, size: int
) -> tuple[list[Candidate], Mapping[int, Mine], Position | None]:
    """Those to be served, and the position after them; one query."""
    first = left[: LOOKED_AT * size]
    mine = flags(who.pk, [one.id for one in first])
    done = [one for one in first if _is_done(mine[one.id])]
    chosen = [one for one in first if not _is_done(mine[one.id])][:size]
    settled = {one.id for one in (*done, *chosen)}
    if len(settled) < len(left):
        return chosen, mine, replace(at, served=at.served | settled)
    return chosen, mine, _behind(at) if at.has_older else None


def _window(key: Key, language: str, at: Position | None) -> tuple[Window, Position]:
    """The window of a position, which has an end then."""
    if at is None:
        window, opened = candidates.open_first(key)
        at = Position(language, opened)
    elif at.end:
        return candidates.again(key, at.opened, at.start, at.end), at
    elif at.start:
        window = candidates.open_behind(key, at.opened, at.start)
    else:
        window = Window()
    return window, replace(at, end=window.end, has_older=window.has_older)


def _behind(at: Position) -> Position:
    return Position(at.language, at.opened, start=at.end)


def _left(window: Window, at: Position, who: _Learner, asked: Asked) -> list[Candidate]:
    """What of a window was not served yet and may be, the best first."""
    left = [one for one in window.articles if one.id not in at.served]
    if who.taste.is_exclusive:
        left = [one for one in left if not who.taste.excludes(one)]
    if keywords := ranking.beginnings(asked.keywords):
        left = [one for one in left if any(word in one.text for word in keywords)]
    return ranking.ranked(left, who.measure, who.taste, timezone.now())


def _is_done(mine: Mine) -> bool:
    return mine.read or mine.hidden or mine.reported


def _items(
    who: _Learner, window: Window, chosen: list[Candidate], mine: Mapping[int, Mine]
) -> list[Item]:
    """Those that readers can still see; one query."""
    by_id = {one.id: one for one in chosen}
    rows = serving.rows(FeedRow, list(by_id))
    tokens = [row.tokens() for row in rows]
    letters = letters_of(chain.from_iterable(chain(*filter(None, tokens))), who.sets)
    return [
        Item(
            row,
            who.measure.of(by_id[row.id].lexemes),
            _worth(who.measure, window, by_id[row.id]),
            mine[row.id],
            *([_spelled(part, letters) for part in parts] if parts else (None, None)),
        )
        for row, parts in zip(rows, tokens, strict=True)
    ]


def _worth(measure: Measure, window: Window, one: Candidate) -> list[Worth]:
    """What ``coverage.worth_learning`` tells, whose order is known before."""
    if not one.lexemes:
        return []
    new = measure.new_in(one.lexemes)
    found = (pair for pair in zip(one.worth, one.times, strict=True) if pair[0] in new)
    return [Worth(*window.words[pk], n) for pk, n in islice(found, WORTH_LEARNING)]


def letters_of(lexemes: Iterable[int], sets: Sets) -> dict[int, str]:
    """The first letter of the state of each lexeme, and NO_WORD for 0."""
    letters = dict.fromkeys(lexemes, str(State.NEW)[0])
    these = type(sets.known)(letters)
    for state in store.KEPT:
        letters.update(dict.fromkeys(these & getattr(sets, state), state[0]))
    return letters | {0: NO_WORD}


def _spelled(lexemes: Sequence[int], letters: Mapping[int, str]) -> str:
    return "".join([letters[one] for one in lexemes])


def _learner(pk: int, language: str) -> tuple[str, _Learner]:
    """One query."""
    [[active, *facts]] = _statement().rows(learner=pk, language=language)
    if not (language or active):
        raise NoLanguage
    taste, row = facts[: len(TASTE)], facts[len(TASTE) :]
    wanted, excluded, *keywords = (one or () for one in taste)
    words = map(ranking.beginnings, keywords)
    sets = store.sets_of(tuple(row))
    who = _Learner(
        pk, Taste(frozenset(wanted), frozenset(excluded), *words), sets, Measure(sets)
    )
    return language or active, who


@lru_cache(maxsize=1)
def _statement() -> Statement:
    """What decides a learner's feed: preferences, and the sets of the language."""
    active = "profile__active_id"
    named = NullIf(Slot("language"), Value(""), output_field=CharField())
    mine = Knowledge.objects.filter(
        learner=OuterRef("pk"), language=Coalesce(named, OuterRef(active))
    )
    sets = [Subquery(mine.values(name)) for name in (*store.NAMES, "version")]
    taste = [f"profile__{name}" for name in TASTE]
    users = User.objects.filter(pk=Slot("learner")).order_by()
    return Statement(users.values_list(active, *taste, *sets))
