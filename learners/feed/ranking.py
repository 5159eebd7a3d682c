"""The order of a feed: by freshness and by fit. Nothing is left out for its level."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from learners.feed.candidates import Candidate, in_lower_case
from learners.knowledge.coverage import Measure

# Shares of known words between which a text is just right: as a rule of thumb, with
# fewer it can't be understood, and with more there is nothing to learn.
RIGHT_FROM, RIGHT_TO = 0.92, 0.97
# How steeply the fit falls below, and what is left of it when all is known.
STEEPNESS, FIT_OF_ALL = 4, 0.6
# Fit of a text that was not tokenized yet.
UNKNOWN_FIT = 0.3
# How much a text that is easy for anybody fits who knows none of it.
EASE, UNKNOWN_DIFFICULTY = 0.2, 0.5
# In so many hours freshness falls to a half, in twice as many to a third.
HALF_H = 24
LIKED = 1.5


@dataclass(frozen=True, slots=True)
class Taste:
    """Topics by id, and beginnings of words as ``in_lower_case`` writes them."""

    topics_wanted: frozenset[int] = frozenset()
    topics_excluded: frozenset[int] = frozenset()
    words_wanted: tuple[str, ...] = ()
    words_excluded: tuple[str, ...] = ()

    @property
    def is_exclusive(self) -> bool:
        return bool(self.topics_excluded or self.words_excluded)

    def excludes(self, one: Candidate) -> bool:
        return _has(one, self.topics_excluded, self.words_excluded)

    def likes(self, one: Candidate) -> bool:
        return _has(one, self.topics_wanted, self.words_wanted)


def _has(one: Candidate, topics: frozenset[int], words: tuple[str, ...]) -> bool:
    return not topics.isdisjoint(one.topics) or any(word in one.text for word in words)


def beginnings(words: Iterable[str]) -> tuple[str, ...]:
    """Keywords as a Taste has them."""
    return tuple(filter(None, map(in_lower_case, words)))


def ranked(
    candidates: Iterable[Candidate], measure: Measure, taste: Taste, now: datetime
) -> list[Candidate]:
    """All of them, the best first."""
    has_wishes = bool(taste.topics_wanted or taste.words_wanted)
    scores = []
    for one in candidates:
        share = measure.share(one.lexemes) if one.lexemes else None
        score = freshness(now, one.place.published_at) * fit(share, one.difficulty)
        if has_wishes and taste.likes(one):
            score *= LIKED
        scores.append((score, one.place, one))
    # No two have the same place.
    scores.sort(reverse=True)
    return [one for _, _, one in scores]


def freshness(now: datetime, published_at: datetime) -> float:
    hours = (now - published_at).total_seconds() / 3600
    return HALF_H / (HALF_H + max(0.0, hours))


def fit(share: float | None, difficulty: float | None) -> float:
    """How well a text suits who knows that share of its words, 0 to 1."""
    if share is None:
        return UNKNOWN_FIT
    close = closeness(share)
    ease = 1 - (UNKNOWN_DIFFICULTY if difficulty is None else difficulty)
    return close + (1 - close) * EASE * ease


def closeness(share: float) -> float:
    """1 where a text is just right, less where more or fewer of its words are known."""
    if share < RIGHT_FROM:
        return (share / RIGHT_FROM) ** STEEPNESS
    beyond = max(0.0, share - RIGHT_TO) / (1 - RIGHT_TO)
    return 1 - beyond * (1 - FIT_OF_ALL)
