"""The dictionaries that come with the project, in data/; its CARD.md says whence."""

import gzip
import hashlib
import re
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from learners.dictionaries.models import Dictionary, Kind
from learners.dictionaries.rows import Row

DATA = Path(__file__).parent / "data"
NAME = re.compile(r"(?P<name>(..)-(..)(?:\.(core|gpl))?)\.tsv\.gz")
LICENCE_CHARACTERS = Dictionary._meta.get_field("licence").max_length


@dataclass(frozen=True)
class Bundled:
    """One file of data/."""

    path: Path
    name: str
    source: str
    target: str
    kind: Kind

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def rows(self) -> Iterator[Row]:
        with gzip.open(self.path, "rt", encoding="utf-8", newline="\n") as lines:
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
    return Bundled(path, name, source, target, Kind(kind or Kind.CC_BY_SA))


def licences(folder: Path = DATA) -> dict[str, str]:
    """Each file's licence, as the table of CARD.md has it: {file's name: licence}."""
    card = (folder / "CARD.md").read_text(encoding="utf-8")
    cells = [line.strip("|").split("|") for line in card.splitlines()]
    return {
        row[0].strip(): textwrap.shorten(row[-1], LICENCE_CHARACTERS or 0)
        for row in cells
        if NAME.fullmatch(row[0].strip())
    }
