"""Cards: made of bookmarks, and those that are due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from learners.bookmarks.models import Bookmark
from learners.people.models import Profile
from learners.practice.days import day_of
from learners.practice.models import PracticeCard, Review, Stage
from zeeguu.base.statements import Insert

AGAIN_SOON = (Stage.LEARNING, Stage.RELEARNING)
# Of more it is not told how many they are.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Shown:
    """A card and the bookmark that tells what it asks and what is right."""

    card: PracticeCard
    bookmark: Bookmark | None


@dataclass(frozen=True)
class Due:
    """What is to be practised now.

    ``counts`` are how many are due, by what the limits of the day leave of each;
    ``next_due`` is when the next comes that was learned and is not due yet.
    """

    cards: list[Shown]
    counts: dict[str, int]
    next_due: datetime | None


def ensure(bookmark: Bookmark) -> None:
    """Have a card of what a bookmark is of, unless it has no translation.

    One that is there stays as it is. In a transaction of the caller's it is a part of
    it.
    """
    ensure_all([bookmark])


def ensure_all(bookmarks: Iterable[Bookmark]) -> None:
    """The same for many of one learner: two queries."""
    wanted = {one.term: one for one in bookmarks if one.translation}
    if not wanted:
        return
    learner = next(iter(wanted.values())).learner_id
    # Only those that are missing: an insert of one that is there would lock more.
    found = PracticeCard.objects.filter(learner=learner, term__in=wanted)
    there = set(found.values_list("term", flat=True))
    PracticeCard.objects.bulk_create(
        (_card(one) for term, one in wanted.items() if term not in there),
        ignore_conflicts=True,
    )


def add(bookmark: Bookmark) -> None:
    """The same, of a bookmark whose term had no card a moment before."""
    _insert().run(_card(bookmark))


@cache
def _insert() -> Insert:
    return Insert(PracticeCard, or_ignore=True)


def _card(bookmark: Bookmark) -> PracticeCard:
    return PracticeCard(
        learner_id=bookmark.learner_id,
        language_id=bookmark.language_id,
        lexeme_id=bookmark.lexeme_id,
        term=bookmark.term,
        word=bookmark.word,
    )


def due(profile: Profile, language: str, most: int, now: datetime) -> Due:
    """What is due in a language, at most so many; seven queries.

    First those whose next step is minutes away, then what was learned, the most
    overdue first, then new ones, the oldest first. Limits are of all languages
    together.
    """
    new_left, reviews_left = _left_of_day(profile, now)
    cards = _practised(profile.user_id).filter(language=language, is_suspended=False)
    old = cards.filter(due__lte=now)
    groups = {
        "learning": old.filter(state__in=AGAIN_SOON)[:MOST_COUNTED],
        "review": old.filter(state=Stage.REVIEW)[:reviews_left],
        "new": cards.filter(state=Stage.NEW)[:new_left],
    }
    found = {
        name: [(row.pk, row.shown) for row in rows.only("pk")]
        for name, rows in groups.items()
    }
    counts = {name: len(rows) for name, rows in found.items()}
    some = list(chain.from_iterable(found.values()))[:most]
    seen = cards.filter(state__gt=Stage.NEW, due__gt=now)
    return Due(_shown(some), counts, seen.order_by().aggregate(at=Min("due"))["at"])


def _left_of_day(profile: Profile, now: datetime) -> tuple[int, int]:
    """How many new cards and how many reviews the learner's day has left."""
    today = day_of(profile, now)
    done = Review.objects.filter(learner=profile.user_id, day=today).aggregate(
        new=Count("pk", Q(was=Stage.NEW)), reviews=Count("pk", Q(was=Stage.REVIEW))
    )
    new, reviews = (
        profile.new_a_day - done["new"],
        profile.reviews_a_day - done["reviews"],
    )
    return max(0, min(new, MOST_COUNTED)), max(0, min(reviews, MOST_COUNTED))


def _practised(learner: int) -> QuerySet[Any]:
    """Cards that have a bookmark, the id of the newest as ``shown``."""
    told = Bookmark.objects.filter(learner=learner, term=OuterRef("term"))
    newest = (
        told.exclude(translation="").order_by("-created_at", "-pk").values("pk")[:1]
    )
    cards = PracticeCard.objects.filter(learner=learner)
    return (
        cards.annotate(shown=Subquery(newest))
        .filter(shown__isnull=False)
        .order_by("due", "pk")
    )


def _shown(ids: Sequence[tuple[int, int]]) -> list[Shown]:
    cards = PracticeCard.objects.in_bulk([card for card, _ in ids])
    bookmarks = Bookmark.objects.in_bulk([bookmark for _, bookmark in ids])
    return [Shown(cards[card], bookmarks.get(bookmark)) for card, bookmark in ids]


def suspend(learner: int, card: int, is_suspended: bool) -> PracticeCard:
    """Have a card wait, or no more. Raises PracticeCard.DoesNotExist."""
    found = PracticeCard.objects.get(learner=learner, pk=card)
    found.is_suspended = is_suspended
    found.save(update_fields=["is_suspended"])
    return found
