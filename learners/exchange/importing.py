"""Take words over from a list of another program.

A list adds and never takes away: what a learner knows stays known, and saved again a
word is there once. So it may be imported again, whatever became of the first time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction

from articles.language_names import LanguageNames
from articles.languages import LANGUAGES, targets
from learners.bookmarks.models import Bookmark
from learners.bookmarks.saving import key_of
from learners.bookmarks.terms import term_of
from learners.exchange import formats, tables
from learners.exchange.formats import FORMATS, Rejected, Row
from learners.exchange.tables import Unreadable
from learners.knowledge import store
from learners.knowledge.store import State
from learners.knowledge.words import find
from learners.practice import cards
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import again_after_deadlock, release

MOST_ROWS = 20_000
MOST_TOLD = 50
AT_ONCE = 500
# A list changes a state to one further on alone, and what somebody said stays.
ORDER = (State.NEW, State.MET, State.LEARNING, State.KNOWN)
PRACTISED = (State.MET, State.LEARNING)
SAVED = (*PRACTISED, State.KNOWN)


@dataclass
class Report:
    """What became of a list's rows; ``first_unmatched`` tells some that came to naught.

    ``states`` are the words whose state is another now, by their state.
    """

    format: str
    rows: int = 0
    saved: int = 0
    saved_before: int = 0
    states: dict[str, int] = field(default_factory=dict)
    unmatched: int = 0
    first_unmatched: list[Rejected] = field(default_factory=list)

    def reject(self, row: Rejected) -> None:
        self.unmatched += 1
        if len(self.first_unmatched) < MOST_TOLD:
            self.first_unmatched.append(row)


@dataclass(frozen=True)
class Wanted:
    """What somebody says of a list: whose it is, unless it is to be recognised.

    ``language`` is that of rows that name none, ``to`` what they are translated into.
    """

    learner: int
    language: str
    to: str
    format: str | None = None


def import_words(data: bytes, wanted: Wanted) -> Report:
    """Save the words of a file, all of a language or none; raises Unreadable."""
    table = tables.read(data, wanted.language)
    name, rows = formats.rows(table, wanted.format)
    report, kept = Report(name), []
    find, codes = LanguageNames().find, {"": wanted.language}
    release()
    for row in islice(rows, MOST_ROWS + 1):
        report.rows += 1
        if isinstance(row, Rejected):
            report.reject(row)
            continue
        if row.language not in codes:
            codes[row.language] = find(row.language, is_declared=True) or ""
        if codes[row.language] in LANGUAGES:
            kept.append((codes[row.language], row))
        else:
            reason = f"there is no language {row.language[:30]!r} here"
            report.reject(Rejected(row.line, row.word, reason))
    if report.rows > MOST_ROWS:
        raise Unreadable(f"it has more than {MOST_ROWS:,} rows; divide it")
    for language in sorted({language for language, _ in kept}):
        mine = [row for one, row in kept if one == language]
        _import(wanted, language, mine, report)
    report.first_unmatched.sort(key=lambda row: row.line)
    return report


def _import(wanted: Wanted, language: str, rows: list[Row], report: Report) -> None:
    lexemes = find(language, {row.word for row in rows})[0]
    bookmarks: dict[str, tuple[Bookmark, State]] = {}
    states: dict[int, State] = {}
    for row in rows:
        lexeme = lexemes.get(row.word)
        is_saved = bool(row.translation) and row.state in SAVED
        if lexeme is None and not is_saved:
            reason = "no text here has this word, and the list no translation of it"
            report.reject(Rejected(row.line, row.word, reason))
            continue
        if is_saved:
            bookmark = _bookmark(wanted, language, row, lexeme, FORMATS[report.format])
            bookmarks.setdefault(bookmark.key, (bookmark, row.state))
        if lexeme is not None:
            states[lexeme] = _further(states.get(lexeme, State.NEW), row.state)
    new, changed = _store(wanted.learner, language, [*bookmarks.values()], states)
    report.saved += new
    report.saved_before += len(bookmarks) - new
    for state in changed.values():
        report.states[state.value] = report.states.get(state.value, 0) + 1


def _bookmark(
    wanted: Wanted, language: str, row: Row, lexeme: int | None, format: formats.Format
) -> Bookmark:
    to = row.to if row.to in targets() else wanted.to
    return Bookmark(
        learner_id=wanted.learner,
        language_id=language,
        lexeme_id=lexeme,
        term=term_of(language, lexeme, row.word),
        word=row.word,
        to_id=to,
        translation=row.translation,
        context=row.context,
        key=key_of(language, row.word, row.context),
        source=format.program,
    )


def _further(one: State, other: State) -> State:
    if State.IGNORED in (one, other):
        return State.IGNORED
    return max(one, other, key=ORDER.index)


@again_after_deadlock
@transaction.atomic
def _store(
    learner: int,
    language: str,
    bookmarks: list[tuple[Bookmark, State]],
    states: Mapping[int, State],
) -> tuple[int, dict[int, State]]:
    """Save all of a language; how many bookmarks are new, and which states are."""
    new = sum(_save(learner, some) for some in in_slices(bookmarks, AT_ONCE))
    sets = store.read(learner, language)
    changed = {
        lexeme: state
        for lexeme, state in states.items()
        if _is_further(state, sets.state(lexeme))
    }
    to = {
        state: [lexeme for lexeme, one in changed.items() if one is state]
        for state in State
    }
    if changed:
        store.change(learner, language, to, only_from=ORDER[:-1])
    return new, changed


def _is_further(state: State, now: State) -> bool:
    if state is State.IGNORED:
        return now in (State.NEW, State.MET)
    return now is not State.IGNORED and ORDER.index(state) > ORDER.index(now)


def _save(learner: int, bookmarks: Iterable[tuple[Bookmark, State]]) -> int:
    by_key = {bookmark.key: bookmark for bookmark, _ in bookmarks}
    stored = Bookmark.objects.filter(learner=learner, key__in=by_key)
    there = set(stored.values_list("key", flat=True))
    new = [one for key, one in by_key.items() if key not in there]
    Bookmark.objects.bulk_create(new, ignore_conflicts=True)
    cards.ensure_all(one for one, state in bookmarks if state in PRACTISED)
    return len(new)
