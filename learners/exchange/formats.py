"""What word lists of other programs look like, and how their rows are words of ours.

Sources: https://luteorg.github.io/lute-manual/usage/terms/bulk-term-import.html,
https://github.com/simjanos-dev/LinguaCafe (manual/Usage.md), the export of
https://github.com/HugoFara/lwt, https://docs.ankiweb.net/importing/text-files.html,
and files that Readlang and LingQ write.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from articles.text import clean
from learners.bookmarks.places import letters_of
from learners.bookmarks.saving import LONGEST_TRANSLATION, LONGEST_WORD, cut
from learners.exchange.tables import Table, Unreadable
from learners.knowledge.store import State

# Our names of columns by those of others.
NAMES = {
    "word": "word term front expression vocabulary",
    "translation": "translation translations meaning meaning1 hint back definition",
    "context": "context sentence phrase example fragment",
    "state": "state status level stage",
    "language": "language lang language_name",
    "to": "to",
}
COLUMN_OF = {name: column for column, names in NAMES.items() for name in names.split()}
FROM_1_TO_5 = {
    "0": State.NEW,
    "1": State.MET,
    "2": State.LEARNING,
    "3": State.LEARNING,
    "4": State.LEARNING,
    "5": State.KNOWN,
    "98": State.IGNORED,
    "99": State.KNOWN,
}
# None goes over the mark that another one begins with: what millions of them without
# an end cost would grow with the square of their number.
BRACKETS = re.compile(r"\[\[([^\[\]]+)\]\]")
BRACES = re.compile(r"\{([^{}]+)\}")
CLOZE = re.compile(r"\{\{c\d{1,3}::([^{}]*)\}\}")
GUARDED = re.compile("'+[=+@-]")
TAGS = re.compile(r"<[^<>]*>|\[sound:[^\[\]]*\]")
PEEKED = 50
# What stands where nothing is.
NOTHING = ("", "*", "NULL")


@dataclass(frozen=True)
class Format:
    """What a program writes; ``columns`` are those of files that do not name them.

    ``has_marks``: brackets or braces mark the word, and are no part of the text.
    """

    program: str
    columns: tuple[str, ...] = ("word", "translation", "context")
    states: Mapping[str, State] = field(default_factory=dict)
    has_marks: bool = True


FORMATS = {
    "zeeguu": Format(
        "Zeeguu", states={state.value: state for state in State}, has_marks=False
    ),
    "lute": Format(
        "Lute",
        columns=("language", "word", "translation"),
        states={**FROM_1_TO_5, "w": State.KNOWN, "i": State.IGNORED},
    ),
    "linguacafe": Format(
        "LinguaCafe",
        columns=("word", "translation", "", "", "", "state"),
        states={
            "new": State.NEW,
            "ignored": State.IGNORED,
            "learned": State.KNOWN,
            **{str(level): State.LEARNING for level in range(1, 8)},
        },
    ),
    "lwt": Format(
        "LWT",
        columns=("word", "translation", "context", "", "state", "language"),
        states=FROM_1_TO_5,
    ),
    "lingq": Format(
        "LingQ",
        columns=("word", "context", "", "", "", "", "", "translation"),
        states={
            "0": State.MET,
            "1": State.LEARNING,
            "2": State.LEARNING,
            "3": State.KNOWN,
            "4": State.KNOWN,
            "new": State.MET,
            "recognized": State.LEARNING,
            "familiar": State.LEARNING,
            "learned": State.KNOWN,
            "known": State.KNOWN,
            "ignored": State.IGNORED,
        },
    ),
    "readlang": Format("Readlang"),
    "anki": Format("Anki"),
}
# By what columns a list with names is told, the first that has all of them.
TOLD_BY = {
    "zeeguu": {"word", "translation", "state", "due"},
    "lute": {"language", "term"},
    "lingq": {"term", "meaning1"},
    "linguacafe": {"word", "lemma", "level"},
    "readlang": {"word", "translation", "context"},
}


@dataclass(frozen=True)
class Row:
    """A word of a list and its line; ``language`` and ``to`` are as the list says."""

    line: int
    word: str
    translation: str = ""
    context: str = ""
    state: State = State.MET
    language: str = ""
    to: str = ""


@dataclass(frozen=True)
class Rejected:
    """A row that nothing could be made of, and why."""

    line: int
    word: str
    reason: str


def rows(table: Table, name: str | None) -> tuple[str, Iterator[Row | Rejected]]:
    """The format of a table, recognised unless it is named, and its rows.

    Raises Unreadable where nothing tells which it is.
    """
    first = list(islice(table.rows, PEEKED))
    names = _names(first)
    name = name or _recognised(table, first, names)
    if name is None:
        known = ", ".join(FORMATS)
        raise Unreadable(f"nothing tells whose list it is; name it: {known}")
    columns = _columns(table, FORMATS[name], names, first)
    has_names = bool(names) and "columns" not in table.notes
    every = chain(first[1:] if has_names else first, table.rows)
    is_html = table.notes.get("html") == "true"
    reader = Reader(FORMATS[name], columns, is_html)
    return name, (reader.row(*one) for one in every)


def _names(first: Sequence[tuple[int, list[str]]]) -> list[str]:
    """What the first row calls the columns, or [] where it is one like others."""
    cells = [_key(cell) for cell in first[0][1]] if first else []
    return cells if COLUMN_OF.keys() & cells and "word" in _mapped(cells) else []


def _key(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_")


def _mapped(names: Sequence[str]) -> list[str]:
    """Our names of columns, each once; "" for those that are none of ours."""
    found: list[str] = []
    for name in names:
        column = COLUMN_OF.get(name, "")
        found.append("" if column in found else column)
    return found


def _recognised(
    table: Table, first: Sequence[tuple[int, list[str]]], names: Sequence[str]
) -> str | None:
    if table.notes:
        return "anki"
    for name, told_by in TOLD_BY.items():
        if told_by <= {*names}:
            return name
    rows = [cells for _, cells in first]
    if rows and any(BRACKETS.search(cell) for cells in rows for cell in cells):
        return "readlang"
    if rows and all(_is_lwt(cells) for cells in rows):
        return "lwt"
    levels = FORMATS["linguacafe"].states
    if rows and all(len(row) == 6 and _key(row[5]) in levels for row in rows):
        return "linguacafe"
    return None


def _is_lwt(cells: Sequence[str]) -> bool:
    is_long = len(cells) >= 7
    return is_long and cells[4].strip() in FROM_1_TO_5 and cells[6].strip().isdigit()


def _columns(
    table: Table,
    format: Format,
    names: Sequence[str],
    first: Sequence[tuple[int, list[str]]],
) -> list[str]:
    """Our name of each column."""
    told = [_key(name) for name in table.notes.get("columns", "").split("\t")]
    if "word" in (mapped := _mapped(names or told)):
        return mapped
    of_anki = {place for note, place in table.notes.items() if note.endswith(" column")}
    width = max((len(cells) for _, cells in first), default=0)
    given = iter(format.columns)
    if format is FORMATS["readlang"] and _is_in_brackets(first):
        given = iter(("context", "translation"))
    places = (str(n) for n in range(1, width + 1))
    return ["" if place in of_anki else next(given, "") for place in places]


def _is_in_brackets(first: Sequence[tuple[int, list[str]]]) -> bool:
    return any(BRACKETS.search(cells[0]) for _, cells in first)


@dataclass(frozen=True)
class Reader:
    """Makes words of a table's rows."""

    format: Format
    columns: Sequence[str]
    is_html: bool = False

    def row(self, line: int, cells: Sequence[str]) -> Row | Rejected:
        found = self._found(cells)
        word, context = found.get("word", ""), found.get("context", "")
        if self.format.has_marks:
            if marked := (not word and BRACKETS.search(context)):
                word = clean(marked[1])
            context = BRACES.sub(r"\1", BRACKETS.sub(r"\1", context))
        translation, status = found.get("translation", ""), found.get("state", "")
        state = self._state(status)
        if reason := _wrong(word, translation):
            return Rejected(line, word[:50], reason)
        if state is None:
            reason = f"{status[:20]!r} is no state of {self.format.program}"
            return Rejected(line, word, reason)
        context = cut(context, word)
        of, to = found.get("language", ""), found.get("to", "")
        return Row(line, word, translation, context, state, of, to)

    def _found(self, cells: Sequence[str]) -> dict[str, str]:
        """Texts by our name of the column."""
        named = zip(self.columns, cells, strict=False)
        found = {name: self._text(cell) for name, cell in named if name}
        return {name: text for name, text in found.items() if text not in NOTHING}

    def _text(self, cell: str) -> str:
        """A cell as one line without marks and what guards it from spreadsheets."""
        text = cell
        if self.format.has_marks:
            text = CLOZE.sub(lambda found: found[1].partition("::")[0], text)
        if self.is_html:
            text = html.unescape(TAGS.sub(" ", text))
        text = clean(text)
        return text[1:] if GUARDED.match(text) else text

    def _state(self, status: str) -> State | None:
        if not status or not self.format.states:
            return State.MET
        return self.format.states.get(status.casefold())


def _wrong(word: str, translation: str) -> str:
    if not word:
        return "it has no word"
    if not letters_of(word):
        return "there is no letter in it"
    if len(word) > LONGEST_WORD:
        return f"it is longer than {LONGEST_WORD} characters"
    if len(translation) > LONGEST_TRANSLATION:
        return f"its translation is longer than {LONGEST_TRANSLATION} characters"
    return ""
