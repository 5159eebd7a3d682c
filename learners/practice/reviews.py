"""Answers of learners: each counts once, and may be taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction

from learners.knowledge import store
from learners.knowledge.store import State
from learners.people.models import Profile
from learners.practice.days import day_of
from learners.practice.models import PracticeCard, Review, Stage
from learners.practice.scheduling import Schedule, from_json, schedule_of
from zeeguu.base.connections import again_after_deadlock
from zeeguu.base.statements import Insert, Slot, Statement, Update

COLUMNS = [field.attname for field in PracticeCard._meta.concrete_fields]
SCHEDULE = {name: Slot(name) for name in Schedule.__dataclass_fields__}
UNDO = timedelta(hours=24)
# Between two reviews of a card: each has another time.
TICK = timedelta(milliseconds=1)
# Longer ones are of somebody who went away.
MOST_MS = 10 * 60 * 1000
# What practice changes: whatever somebody said of a word stays else.
TO_LEARN: tuple[State, ...] = (State.NEW, State.MET)
TO_KNOW = (*TO_LEARN, State.LEARNING)
TO_FORGET = (*TO_LEARN, State.KNOWN)
# What tells why a word is known, or likely to be: another state takes it away.
WHY = ("placed", "read_once", "read_often")


class Changed(Exception):
    """The card, or what was last, is not as whoever asks has it."""


@dataclass(frozen=True)
class Answer:
    """What somebody said of a card, who saw it as it was after ``last_review``."""

    card: int
    rating: int
    last_review: datetime | None
    milliseconds: int | None = None


def review(learner: int, answer: Answer, now: datetime) -> tuple[PracticeCard, Review]:
    """Put an answer down and say when the card comes next.

    Raises PracticeCard.DoesNotExist, and Changed where the card was answered
    meanwhile: of two at once the second finds another ``last_review``.
    """
    card, profile = _card_and_profile(learner, answer.card)
    before = schedule_of(card)
    if before.last_review != answer.last_review:
        raise Changed
    # As clients' clocks have it: no finer time comes back from a browser.
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if before.last_review:
        at = max(at, before.last_review + TICK)
    done = Review(
        learner_id=learner,
        card=card,
        rating=answer.rating,
        was=before.state,
        at=at,
        day=day_of(profile, now),
        milliseconds=_bounded(answer.milliseconds),
    )
    _put_down(done, before, before.after(answer.rating, at))
    return card, done


def _bounded(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else min(milliseconds, MOST_MS)


def _card_and_profile(learner: int, card: int) -> tuple[PracticeCard, Profile]:
    rows = _statement().rows(learner=learner, card=card)
    if not rows:
        raise PracticeCard.DoesNotExist
    [(*columns, zone)] = rows
    named = dict(zip(COLUMNS, columns, strict=True))
    return PracticeCard(**named), Profile(time_zone=zone or "UTC")


@cache
def _statement() -> Statement:
    own = PracticeCard.objects.filter(learner=Slot("learner"), pk=Slot("card"))
    return Statement(own.values_list(*COLUMNS, "learner__profile__time_zone"))


@again_after_deadlock
@transaction.atomic
def _put_down(done: Review, before: Schedule, after: Schedule) -> None:
    _put(done.card, after, if_last=before.last_review)
    changed = _change_knowledge(done.card, before, after, done.rating)
    done.before = before.to_json() | changed
    done.pk = _insert().run(done)


@cache
def _insert() -> Insert:
    return Insert(Review)


@again_after_deadlock
@transaction.atomic
def undo(learner: int, now: datetime, review: int | None = None) -> PracticeCard:
    """Take the last review back; the next call takes back the one before it.

    With the id of a review, that one alone. Raises Review.DoesNotExist where there is
    none of the last hours, and Changed where another is the last.
    """
    last = (
        Review.objects.select_related("card")
        .filter(learner=learner, at__gt=now - UNDO)
        .order_by("-pk")
        .first()
    )
    if last is None:
        raise Review.DoesNotExist
    if review not in (None, last.pk):
        raise Changed
    _put(last.card, from_json(last.before), if_last=last.at)
    if then := last.before.get("knowledge"):
        _give_back(last.card, then)
    last.delete()
    return last.card


@cache
def _update_seen() -> Update:
    cards = PracticeCard.objects.filter(pk=Slot("card"), last_review=Slot("if_last"))
    return Update(cards, **SCHEDULE)


@cache
def _update_new() -> Update:
    cards = PracticeCard.objects.filter(pk=Slot("card"), last_review__isnull=True)
    return Update(cards, **SCHEDULE)


def _put(card: PracticeCard, schedule: Schedule, if_last: datetime | None) -> None:
    """Raises Changed: who is second waits for the end of the first, and finds that."""
    same = _update_seen() if if_last else _update_new()
    if not same.run(card=card.pk, if_last=if_last, **vars(schedule)):
        raise Changed
    for name, value in vars(schedule).items():
        setattr(card, name, value)


def _change_knowledge(
    card: PracticeCard, before: Schedule, after: Schedule, rating: int
) -> dict[str, dict[str, Any]]:
    """What it was and became, where it is another then; most reviews change nothing."""
    if card.lexeme_id is None:
        return {}
    if rating == Review.Rating.AGAIN:
        became, only_from = State.LEARNING, TO_FORGET
    elif after.is_known and not before.is_known:
        became, only_from = State.KNOWN, TO_KNOW
    elif before.state == Stage.NEW:
        became, only_from = State.LEARNING, TO_LEARN
    else:
        return {}
    sets = store.read(card.learner_id, card.language_id)
    was = sets.state(card.lexeme_id)
    if was not in only_from:
        return {}
    why = [name for name in WHY if card.lexeme_id in getattr(sets, name)]
    to = {became: [card.lexeme_id]}
    store.change(card.learner_id, card.language_id, to, only_from)
    return {"knowledge": {"was": was, "became": became, "why": why}}


def _give_back(card: PracticeCard, then: dict[str, Any]) -> None:
    """What ``_change_knowledge`` took, unless it was changed since."""
    lexeme = card.lexeme_id or 0
    with store.changing(card.learner_id, card.language_id) as sets:
        if sets.state(lexeme) == then["became"]:
            sets.put(lexeme, State(then["was"]))
            for name in then.get("why", ()):
                getattr(sets, name).add(lexeme)
