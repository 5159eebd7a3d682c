"""A learner's words as a package that Anki imports, with their schedule.

A note has the same id whenever and wherever it is made: who imports a later package
gets old notes changed and new ones added, and none twice.
Source: https://github.com/kerrickstaley/genanki
"""

import html
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

import genanki  # type: ignore[import-untyped]

from articles.models import Language
from learners.bookmarks.models import Bookmark
from learners.exchange.exporting import cards_of, newest_of_each
from learners.practice.models import PracticeCard, Stage
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import release

# A package is made in memory, 2 kB a note.
MOST_NOTES = 20_000
AT_ONCE = 500
# Never others: Anki knows the kind of notes, and the decks, by them.
MODEL_ID, FIRST_DECK_ID = 1_764_204_001, 1_764_205_000
# From which on a collection of genanki's counts the days.
BEGINS = datetime(2014, 9, 19, 9, tzinfo=UTC)
FIELDS = ("Word", "Translation", "Context", "Language", "Lemma")
MODEL = genanki.Model(
    MODEL_ID,
    "Zeeguu word",
    fields=[{"name": name} for name in FIELDS],
    templates=[
        {
            "name": "Word",
            "qfmt": "<h1>{{Word}}</h1><p>{{Context}}</p>",
            "afmt": "{{FrontSide}}<hr id=answer>{{Translation}}",
        }
    ],
    css=".card { font-family: sans-serif; font-size: 20px; text-align: center; }",
)
# Anki's: new, learning, review, relearning, each with the queue it waits in.
NEW, LEARNING, REVIEW = (0, 0), (1, 1), (2, 2)


class Card(genanki.Card):
    """A card with the schedule of one of ours, if there is one."""

    def __init__(self, card: PracticeCard | None) -> None:
        super().__init__(0, suspend=bool(card and card.is_suspended))
        self.card = card

    def write_to_db(
        self,
        cursor: Any,
        timestamp: float,
        deck_id: int,
        note_id: int,
        id_gen: Iterator[int],
        due: int = 0,
    ) -> None:
        super().write_to_db(cursor, timestamp, deck_id, note_id, id_gen, due)
        if self.card and self.card.last_review:
            facts = _schedule(self.card)
            names = ", ".join(f"{name} = ?" for name in facts)
            cursor.execute(
                f"UPDATE cards SET {names} WHERE nid = ?",  # noqa: S608 - our names
                (*facts.values(), note_id),
            )


def _schedule(card: PracticeCard) -> dict[str, object]:
    """Anki's columns; days are counted from BEGINS, minutes as seconds of the epoch."""
    is_days = card.state in (Stage.REVIEW, Stage.RELEARNING)
    kind, queue = REVIEW if is_days else LEARNING
    due = (card.due - BEGINS).days if is_days else int(card.due.timestamp())
    last = card.last_review or card.due
    memory = {
        "s": round(card.stability or 0, 4),
        "d": round(card.difficulty or 0, 3),
        "lrt": int(last.timestamp()),
    }
    return {
        "type": kind,
        "queue": -1 if card.is_suspended else queue,
        "due": due,
        "ivl": max(1, (card.due - last).days) if is_days else 0,
        "factor": 2500,
        "reps": 1,
        "left": 0 if is_days else 1001,
        "data": json.dumps(memory),
    }


class Note(genanki.Note):
    """A word or phrase, as its newest bookmark has it."""

    def __init__(self, bookmark: Bookmark, card: PracticeCard | None) -> None:
        lemma = bookmark.lexeme.lemma if bookmark.lexeme else ""
        name = lemma or bookmark.word.casefold()
        super().__init__(
            model=MODEL,
            fields=[
                html.escape(bookmark.word),
                html.escape(bookmark.translation),
                _context(bookmark),
                bookmark.language_id,
                html.escape(lemma),
            ],
            tags=["starred"] if bookmark.is_starred else [],
            guid=genanki.guid_for("zeeguu", bookmark.language_id, name),
        )
        self.card = card

    @property
    def cards(self) -> list[Card]:
        return [Card(self.card)]


def _context(bookmark: Bookmark) -> str:
    """The sentence with its word in bold."""
    # Before it is HTML, of which a word like "amp" or "27" could be a part.
    found = re.search(rf"(?<!\w){re.escape(bookmark.word)}(?!\w)", bookmark.context)
    if not found:
        return html.escape(bookmark.context)
    before, after = bookmark.context[: found.start()], bookmark.context[found.end() :]
    word = f"<b>{html.escape(found[0])}</b>"
    return html.escape(before) + word + html.escape(after)


def package(learner: int, language: str | None) -> IO[bytes]:
    """A file with the package, which is gone when it is closed.

    The newest MOST_NOTES bookmarks that have a translation, a deck for each language.
    """
    decks: dict[str, genanki.Deck] = {}
    names = dict(Language.objects.values_list("code", "name"))
    taken: set[str] = set()
    for bookmark, card in _practised(learner, language):
        code = bookmark.language_id
        if code not in decks:
            number = FIRST_DECK_ID + int.from_bytes(code.encode()[:3])
            decks[code] = genanki.Deck(number, f"Zeeguu::{names[code]}")
        note = Note(bookmark, card)
        # A word may be saved before it has a lexeme, and again: two of one guid.
        if note.guid not in taken:
            taken.add(note.guid)
            decks[code].add_note(note)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - who reads it closes it
    genanki.Package([*decks.values()]).write_to_file(file)
    file.seek(0)
    return file


def _practised(
    learner: int, language: str | None
) -> Iterator[tuple[Bookmark, PracticeCard | None]]:
    rows = list(newest_of_each(learner, language, MOST_NOTES))
    newest = list({row.term: row for row in reversed(rows)}.values())
    found = [
        (row, cards.get(row.term))
        for some in in_slices(newest, AT_ONCE)
        for cards in [cards_of(learner, {row.term for row in some})]
        for row in some
    ]
    release()
    yield from found
