"""The dictionaries that come with the project, in data/; its CARD.md says whence."""

import gzip
import hashlib
import re
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from learners.dictionaries import ranking
from learners.dictionaries.models import Dictionary, Kind
from learners.dictionaries.rows import Row

DATA = Path(__file__).parent / "data"
NAME = re.compile(r"(?P<name>(..)-(..)(?:\.(core|gpl))?)\.tsv\.gz")
LICENCE_CHARACTERS = Dictionary._meta.get_field("licence").max_length


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
        """Of all that its rows depend on."""
        found = hashlib.sha256(self.path.read_bytes())
        if self._is_ranked:
            found.update(ranking.VERSION.encode())
            for path in self.back:
                found.update(path.read_bytes())
        return found.hexdigest()

    @property
    def _is_ranked(self) -> bool:
        return self.target == ranking.TARGET and self.kind != Kind.CORE

    def rows(self) -> Iterator[Row]:
        """As they are loaded, each with its likeliest translation first."""
        if not self._is_ranked:
            return _read(self.path)
        back = ranking.Back(chain.from_iterable(map(_read, self.back)))
        return ranking.ranked(list(_read(self.path)), back)


def _read(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield Row(*line.rstrip("\n").split("\t"))


def files(kinds: Collection[str], folder: Path = DATA) -> list[Bundled]:
    """The files of these kinds, in the order of their names."""
    found = [_file(path) for path in sorted(folder.glob("*.tsv.gz"))]
    return [file for file in found if file.kind in kinds]


def _file(path: Path) -> Bundled:
    match = NAME.fullmatch(path.name)
    if match is None:
        raise ValueError(f"{path.name}: name it XX-YY[.core|.gpl].tsv.gz")
    name, source, target, kind = match.groups()
    back = _back(path.parent, f"{target}-{source}", is_gpl=kind == Kind.GPL)
    return Bundled(path, name, source, target, Kind(kind or Kind.CC_BY_SA), back)


def _back(folder: Path, pair: str, *, is_gpl: bool) -> tuple[Path, ...]:
    names = [f"{pair}.core.tsv.gz", f"{pair}.tsv.gz"]
    names += [f"{pair}.gpl.tsv.gz"] * is_gpl
    return tuple(path for name in names if (path := folder / name).exists())


def licences(folder: Path = DATA) -> dict[str, str]:
    """Each file's licence, as the table of CARD.md has it: {file's name: licence}."""
    card = (folder / "CARD.md").read_text(encoding="utf-8")
    cells = [line.strip("|").split("|") for line in card.splitlines()]
    return {
        row[0].strip(): textwrap.shorten(row[-1], LICENCE_CHARACTERS or 0)
        for row in cells
        if NAME.fullmatch(row[0].strip())
    }
