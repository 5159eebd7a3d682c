"""Which format a file has, and its entries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from learners.dictionaries.formats import dictd, files, stardict, tables, wiktextract
from learners.dictionaries.formats.entries import Items
from zeeguu.base.wording import in_words

Read = Callable[[files.Source, tuple[str, str], str | None], Items]
READERS: dict[str, Read] = {
    "csv": tables.read,
    "dictd": dictd.read,
    "stardict": stardict.read,
    "wiktextract": wiktextract.read,
}
# Those of several files are read along their index.
INDEXES = {"dictd": dictd.INDEX, "stardict": stardict.INDEX}
PARTS = (".ifo", ".idx.gz", ".idx", ".index.gz", ".index", *dictd.TEXTS)
ENDINGS = {".jsonl": "wiktextract", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}


@contextmanager
def reading(
    path: Path, form: str | None, pair: tuple[str, str], encoding: str | None
) -> Iterator[tuple[files.Source, Items]]:
    """The entries of a file, or of a folder with a dictionary of several files.

    form is one of READERS, or None to find it out. Gives what is read, to see how far,
    and the entries; both the opening and they raise FileError.
    """
    try:
        path, form = located(path, form)
    except OSError as exc:
        raise files.FileError(f"{str(path)[:200]}: {in_words(exc)}") from exc
    with files.opened(path) as source:
        yield source, READERS[form](source, pair, encoding)


def located(path: Path, form: str | None) -> tuple[Path, str]:
    """The file to begin with, and its format; raises FileError and OSError."""
    if path.is_dir():
        path = only_dictionary(path)
    form = form or format_of(path)
    return (index_of(path, form) if form in INDEXES else path), form


def only_dictionary(folder: Path) -> Path:
    """The .ifo or .index in a folder; raises FileError unless there is just one."""
    found = sorted(f for end in (".ifo", ".index") for f in folder.glob(f"*{end}"))
    if len(found) != 1:
        number = "several dictionaries" if found else "no dictionary"
        remedy = "name a file of it, such as its .ifo or .index"
        raise files.FileError(f"{folder}: {number} in it; {remedy}")
    return found[0]


def format_of(path: Path) -> str:
    """What a file's name says, else its beginning; else raises FileError."""
    name = path.name.removesuffix(".gz")
    if path.name.endswith(PARTS):
        return form_of_part(path)
    for end, form in ENDINGS.items():
        if name.endswith(end):
            return form
    return form_of_text(path)


def form_of_part(path: Path) -> str:
    if path.name.endswith((".ifo", *stardict.INDEX)):
        return "stardict"
    if path.name.endswith(dictd.INDEX):
        return "dictd"
    stem = path.name[: path.name.rindex(".dict")]
    return "stardict" if path.with_name(f"{stem}.ifo").exists() else "dictd"


def form_of_text(path: Path) -> str:
    with files.opened(path) as source:
        encoding = files.encoding_of(path, source.sample())
        text = source.sample().decode(encoding, "replace")
    if text.lstrip().startswith("{"):
        return "wiktextract"
    first = text.partition("\n")[0]
    if any(mark in first for mark in tables.DELIMITERS):
        return "csv"
    remedy = f"if it is one, say: --format {'|'.join(READERS)}"
    raise files.FileError(f"{path}: it does not look like a dictionary; {remedy}")


def index_of(path: Path, form: str) -> Path:
    index = INDEXES[form]
    if path.name.endswith(index):
        return path
    return files.beside(path, PARTS, index) if path.exists() else path
