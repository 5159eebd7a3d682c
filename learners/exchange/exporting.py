"""A learner's words with contexts, states and schedule, some at a time."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

import orjson
from django.db.models import QuerySet

from learners.bookmarks.models import Bookmark
from learners.knowledge import store
from learners.knowledge.models import Knowledge
from learners.knowledge.store import KEPT, Sets, State
from learners.practice.models import PracticeCard, Stage
from tokenization.lexemes import words_of
from zeeguu.base.batches import id_batches, in_slices
from zeeguu.base.connections import release

AT_ONCE = 500
# Programs of spreadsheets take for a formula what begins with one of these. What looks
# guarded from that by itself is guarded too: an import takes one ' away.
FORMULA = re.compile("'*[=+@-]|[\t\r]")


@dataclass(frozen=True)
class Exported:
    """A word that was saved, or is in a state though it was not.

    The latter has a lemma, a state and nothing else; phrases have no state.
    """

    language: str
    word: str
    lemma: str = ""
    state: str = ""
    translation: str = ""
    to: str = ""
    context: str = ""
    starred: bool = False
    saved_at: datetime | None = None
    stage: str = ""
    due: datetime | None = None
    stability: float | None = None
    difficulty: float | None = None
    last_review: datetime | None = None


COLUMNS = list(Exported.__dataclass_fields__)


def words(learner: int, language: str | None = None) -> Iterator[list[Exported]]:
    """All words of a learner, the oldest first, then those with a state alone.

    No connection is held between two lists, so whoever reads may be slow.
    """
    sets = _sets(learner, language)
    saved = Bookmark.objects.filter(learner=learner)
    if language:
        saved = saved.filter(language=language)
    seen: set[int] = set()
    for ids in id_batches(saved, AT_ONCE):
        rows = list(saved.filter(pk__in=ids).select_related("lexeme").order_by("pk"))
        schedules = cards_of(learner, {row.term for row in rows})
        seen.update(row.lexeme_id for row in rows if row.lexeme_id)
        release()
        yield [_saved(row, sets, schedules) for row in rows]
    for code, own in sorted(sets.items()):
        yield from _in_a_state(code, own, seen)


def _sets(learner: int, language: str | None) -> dict[str, Sets]:
    codes = Knowledge.objects.filter(learner=learner)
    if language:
        codes = codes.filter(language=language)
    return {
        code: store.read(learner, code)
        for code in codes.values_list("language", flat=True)
    }


def cards_of(learner: int, terms: Iterable[str]) -> dict[str, PracticeCard]:
    """{term: card}, of the terms that have one."""
    cards = PracticeCard.objects.filter(learner=learner, term__in=terms)
    return {card.term: card for card in cards}


def _saved(
    row: Bookmark, sets: dict[str, Sets], schedules: dict[str, PracticeCard]
) -> Exported:
    card = schedules.get(row.term)
    has_state = row.lexeme_id is not None and row.language_id in sets
    state = sets[row.language_id].state(row.lexeme_id or 0) if has_state else ""
    return Exported(
        language=row.language_id,
        word=row.word,
        lemma=row.lexeme.lemma if row.lexeme else "",
        state=state or (State.NEW if row.lexeme_id else ""),
        translation=row.translation,
        to=row.to_id or "",
        context=row.context,
        starred=row.is_starred,
        saved_at=row.created_at,
        stage=Stage(card.state).name.lower() if card else "",
        due=card.due if card else None,
        stability=card.stability if card else None,
        difficulty=card.difficulty if card else None,
        last_review=card.last_review if card else None,
    )


def _in_a_state(language: str, sets: Sets, seen: set[int]) -> Iterator[list[Exported]]:
    for state in KEPT:
        ids = [pk for pk in getattr(sets, state) if pk not in seen]
        for some in in_slices(ids, AT_ONCE):
            found = words_of(some)
            release()
            yield [
                Exported(language, word.lemma, word.lemma, state)
                for word in found.values()
            ]


def as_csv(batches: Iterable[list[Exported]]) -> Iterator[str]:
    """As a table whose first line names the columns, which spreadsheets can read."""
    yield "\ufeff" + _lines([COLUMNS])
    for some in batches:
        yield _lines([_cell(value) for value in asdict(one).values()] for one in some)


def _lines(rows: Iterable[list[str]]) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "true" if value else ""
    text = str(value)
    return f"'{text}" if FORMULA.match(text) else text


def as_json(batches: Iterable[list[Exported]]) -> Iterator[bytes]:
    """As one object, ``{"words": [...]}``."""
    yield b'{"words":['
    is_first = True
    for some in batches:
        text = orjson.dumps([asdict(one) for one in some], option=orjson.OPT_UTC_Z)
        if inner := text[1:-1]:
            yield inner if is_first else b"," + inner
            is_first = False
    yield b"]}"


def newest_of_each(learner: int, language: str | None, most: int) -> QuerySet[Bookmark]:
    """Bookmarks with a translation, the newest first, at most so many."""
    saved = Bookmark.objects.filter(learner=learner).exclude(translation="")
    if language:
        saved = saved.filter(language=language)
    return saved.select_related("lexeme").order_by("-created_at", "-pk")[:most]
