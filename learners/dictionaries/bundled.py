"""The dictionaries that come with the project, in data/; its CARD.md says whence."""

import gzip
import hashlib
import re
import textwrap
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from learners.dictionaries import ranking
from learners.dictionaries.models import Dictionary, Kind
from learners.dictionaries.rows import Row
from zeeguu.base.wording import in_words

DATA = Path(__file__).parent / "data"
CARD = "CARD.md"
NAME = re.compile(r"(?P<name>(..)-(..)(?:\.(core|gpl))?)\.tsv\.gz")
LICENCE_CHARACTERS = Dictionary._meta.get_field("licence").max_length
REMEDY = "bring it again, as by: git restore learners/dictionaries/data"


class Damaged(Exception):
    """A file can't be read; the message names it, and says what to do."""


@dataclass(frozen=True)
class Bundled:
    """One file of data/.

    ``back`` are those of the other direction, from which the order of its translations
    is worked out; a file under another licence than GPL asks none that is.
    """

    path: Path
    name: str
    source: str
    target: str
    kind: Kind
    back: tuple[Path, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Of all that its rows depend on; raises Damaged."""
        with _naming(self.path):
            found = hashlib.sha256(self.path.read_bytes())
        if self._is_ranked:
            found.update(ranking.VERSION.encode())
            for path in self.back:
                with suppress(OSError):
                    found.update(path.read_bytes())
        return found.hexdigest()

    @property
    def _is_ranked(self) -> bool:
        return self.target == ranking.TARGET and self.kind != Kind.CORE

    def rows(self) -> Iterator[Row]:
        """As they are loaded, each with its likeliest translation first.

        Raises Damaged, also in the middle.
        """
        if not self._is_ranked:
            return _read(self.path)
        back = ranking.Back(chain.from_iterable(map(_readable, self.back)))
        return ranking.ranked(list(_read(self.path)), back)


def _read(path: Path) -> Iterator[Row]:
    with (
        _naming(path),
        gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines,
    ):
        for line in lines:
            yield Row(*_cells(line))


def _cells(line: str) -> list[str]:
    cells = line.rstrip("\n").split("\t")
    if len(cells) != len(Row._fields):
        raise EOFError("a line without its four columns")
    return cells


def _readable(path: Path) -> Iterator[Row]:
    """What can be read: that a file is damaged is told where it is loaded itself."""
    with suppress(Damaged):
        yield from _read(path)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as exc:
        raise Damaged(f"{path.name}: it is cut off or damaged; {REMEDY}") from exc
    except OSError as exc:
        raise Damaged(f"{path.name}: {in_words(exc)}; {REMEDY}") from exc


def files(kinds: Collection[str], folder: Path = DATA) -> list[Bundled]:
    """The files of these kinds, in the order of their names; see ``troubles``."""
    names = map(NAME.fullmatch, sorted(path.name for path in folder.glob("*.tsv.gz")))
    found = [_file(folder, match) for match in names if match]
    return [file for file in found if file.kind in kinds]


def _file(folder: Path, match: re.Match[str]) -> Bundled:
    name, source, target, _ = match.groups()
    kind = _kind(match)
    back = _back(folder, f"{target}-{source}", is_gpl=kind == Kind.GPL)
    return Bundled(folder / match[0], name, source, target, kind, back)


def _kind(match: re.Match[str]) -> Kind:
    return Kind(match[4] or Kind.CC_BY_SA)


def troubles(kinds: Collection[str], folder: Path = DATA) -> list[str]:
    """What is wrong with the folder: one line for each file, with the remedy."""
    there = {path.name for path in folder.glob("*.tsv.gz")}
    unknown = sorted(name for name in there if not NAME.fullmatch(name))
    matches = filter(None, map(NAME.fullmatch, licences(folder)))
    missing = [one[0] for one in matches if _kind(one) in kinds and one[0] not in there]
    if not (folder / CARD).exists():
        missing.append(CARD)
    return [
        *(f"{name}: it is missing; {REMEDY}" for name in missing),
        *(f"{name}: name it XX-YY[.core|.gpl].tsv.gz" for name in unknown),
    ]


def _back(folder: Path, pair: str, *, is_gpl: bool) -> tuple[Path, ...]:
    names = [f"{pair}.core.tsv.gz", f"{pair}.tsv.gz"]
    names += [f"{pair}.gpl.tsv.gz"] * is_gpl
    return tuple(path for name in names if (path := folder / name).exists())


def licences(folder: Path = DATA) -> dict[str, str]:
    """Each file's licence, as the table of CARD.md has it: {file's name: licence}.

    Those are all the files there should be; {} where the card is missing.
    """
    if not (folder / CARD).exists():
        return {}
    card = (folder / CARD).read_text(encoding="utf-8")
    cells = [line.strip("|").split("|") for line in card.splitlines()]
    return {
        row[0].strip(): textwrap.shorten(row[-1], LICENCE_CHARACTERS or 0)
        for row in cells
        if NAME.fullmatch(row[0].strip())
    }
