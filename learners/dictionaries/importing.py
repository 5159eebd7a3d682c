"""Have somebody's dictionary in the database: what can be used of it, or nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from learners.dictionaries import cleaning
from learners.dictionaries.formats.entries import Items, LeftOut, Parsed, Unusable
from learners.dictionaries.formats.files import FileError
from learners.dictionaries.formats.grammar import gender_of, pos_of
from learners.dictionaries.rows import Row

EXAMPLES = 5
MOST_ENTRIES = 2_000_000
# Nothing of the first so many can be used: the rest is not read.
IN_VAIN = 10_000
# Of what is not known so many are named, by so many characters.
MOST_NAMES, LONGEST_NAME = 20, 20


@dataclass
class Report:
    """What became of a file's lines."""

    used: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unusable: Counter[str] = field(default_factory=Counter)
    # What nobody here knows, of lines that were used.
    unknown: Counter[str] = field(default_factory=Counter)
    # The first that could not be used: (line, reason).
    examples: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, place: int, reason: str) -> None:
        self.unusable[reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((place, reason))


def rows(path: Path, items: Items, report: Report) -> Iterator[Row]:
    """The rows of what can be used; the report is filled meanwhile.

    Raises FileError at the end where that is less than half: it is no dictionary.
    """
    for item in items:
        if (row := row_of(item, report)) is not None:
            report.used += 1
            yield row
        elif not report.used and report.unusable.total() >= IN_VAIN:
            break
        if report.used > MOST_ENTRIES:
            raise FileError(f"{path}: it has more than {MOST_ENTRIES:,} entries")
    require_use(path, report)


def row_of(item: Parsed | Unusable | LeftOut, report: Report) -> Row | None:
    if isinstance(item, LeftOut):
        report.left_out[item.reason] += 1
        return None
    try:
        if isinstance(item, Parsed):
            return cleaning.row_of(with_codes(item, report))
        report.refuse(item.place, item.reason)
    except cleaning.Refused as exc:
        report.refuse(item.place, str(exc))
    return None


def with_codes(item: Parsed, report: Report) -> Parsed:
    """The entry with our names for its part of speech and gender, if they are known."""
    pos, gender = pos_of(item.pos), gender_of(item.gender)
    for what, said, code in (
        ("part of speech", item.pos, pos),
        ("gender", item.gender, gender),
    ):
        if said.strip() and not code:
            name = f"{what} {cleaning.clean(said)[:LONGEST_NAME]!r}"
            is_new = name not in report.unknown
            is_many = is_new and len(report.unknown) >= MOST_NAMES
            report.unknown[f"another {what}" if is_many else name] += 1
    return item._replace(pos=pos, gender=gender)


def require_use(path: Path, report: Report) -> None:
    bad = report.unusable.total()
    if report.used >= max(bad, 1):
        return
    if bad:
        of_all = f"{bad:,} of {bad + report.used:,} lines can't be used"
        remedy = "is it a dictionary, and of that format?"
        raise FileError(f"{path}: {of_all}: {remedy}")
    for reason, number in report.left_out.most_common(1):
        raise FileError(f"{path}: nothing in it can be used: {number:,} {reason}")
    raise FileError(f"{path}: nothing is in it")
