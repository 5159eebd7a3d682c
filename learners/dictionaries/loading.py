"""Have the bundled dictionaries in the database: those of some licences."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from learners.dictionaries import bundled, store
from learners.dictionaries.models import Dictionary, Kind


@dataclass
class Plan:
    """What is to be done: files to load, and dictionaries to leave out."""

    files: list[bundled.Bundled]
    left_out: list[Dictionary]


def plan(kinds: Collection[str], folder: Path = bundled.DATA) -> Plan:
    """Compare data/ with the database, by digests, in one query.

    What is there of another kind than ``kinds``, or has no file any more, is to go;
    the operator's own never is.
    """
    files = bundled.files(kinds, folder)
    loaded = Dictionary.objects.exclude(is_published=None).exclude(kind=Kind.OWN)
    # One that is left out has no digest, unless somebody was stopped in the middle.
    digests = {_key(one): one.digest for one in loaded if one.is_published}
    wanted = {(file.source, file.target, file.name) for file in files}
    return Plan(
        files=[file for file in files if digests.get(_key(file)) != file.digest],
        left_out=[one for one in loaded if one.digest and _key(one) not in wanted],
    )


def _key(one: Dictionary | bundled.Bundled) -> tuple[str, str, str]:
    if isinstance(one, Dictionary):
        return one.from_language, one.to_language, one.name
    return one.source, one.target, one.name


def load(file: bundled.Bundled, licence: str) -> Iterator[int]:
    """Load one file; gives the numbers of entries of its batches, as ``replace``."""
    staged = Dictionary(
        from_language=file.source,
        to_language=file.target,
        name=file.name,
        kind=file.kind,
        licence=licence,
        digest=file.digest,
    )
    yield from store.replace(staged, file.rows())
