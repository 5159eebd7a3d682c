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

    What is there of another kind than ``kinds``, or comes with the project no more, is
    to go. What only lacks its file stays, and so does the operator's own.
    """
    files = bundled.files(kinds, folder)
    loaded = Dictionary.objects.exclude(is_published=None).exclude(kind=Kind.OWN)
    # One that is left out has no digest, unless somebody was stopped in the middle.
    digests = {_key(one): one.digest for one in loaded if one.is_published}
    wanted = {_key(file) for file in files}
    card = bundled.licences(folder)

    def _is_dropped(one: Dictionary) -> bool:
        is_there_no_more = bool(card) and f"{one.name}.tsv.gz" not in card
        return one.kind not in kinds or is_there_no_more

    return Plan(
        files=[file for file in files if not _is_same(file, digests.get(_key(file)))],
        left_out=[
            one
            for one in loaded
            if one.digest and _key(one) not in wanted and _is_dropped(one)
        ],
    )


def _is_same(file: bundled.Bundled, digest: str | None) -> bool:
    try:
        return file.digest == digest
    except bundled.Damaged:
        # Which is told where it is loaded.
        return False


def _key(one: Dictionary | bundled.Bundled) -> tuple[str, str, str]:
    if isinstance(one, Dictionary):
        return one.from_language, one.to_language, one.name
    return one.source, one.target, one.name


def load(file: bundled.Bundled, licence: str) -> Iterator[int]:
    """Load one file; gives the numbers of entries of its batches, as ``replace``.

    Raises Damaged where the file can't be read; nothing is changed then.
    """
    staged = Dictionary(
        from_language=file.source,
        to_language=file.target,
        name=file.name,
        kind=file.kind,
        licence=licence,
        digest=file.digest,
    )
    yield from store.replace(staged, file.rows())
