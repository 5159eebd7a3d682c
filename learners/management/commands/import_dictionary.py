import argparse
import codecs
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from articles.languages import LANGUAGES, targets
from learners.dictionaries import bundled, cleaning, homonyms, importing, store
from learners.dictionaries.formats.files import FileError, Source
from learners.dictionaries.formats.reading import READERS, reading
from learners.dictionaries.models import Dictionary, Kind
from learners.management.removing import remove_abandoned
from zeeguu.base.commands import BaseCommand, database_failed, refusal
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.wording import counted

# Which are for names, keys and programs, and those that nobody means.
NO_TEXT = {
    *("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"),
    *("utf-7", "utf-32", "utf-32-le", "utf-32-be"),
}
# Where there is no bar, a line is written after so many entries.
TOLD_EVERY = 100_000


class Command(BaseCommand):
    help = (
        "Import a dictionary, or a new version of it: of dictd (.index), StarDict"
        " (.ifo), a table (.csv, .tsv) or Wiktextract (.jsonl), packed by gzip or not."
        " Exit codes: 0 imported, 1 imported but for some lines, or the database"
        " failed, 2 nothing imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="or the folder of its files")
        parser.add_argument("--from", required=True, dest="source", metavar="CODE")
        parser.add_argument("--to", required=True, dest="target", metavar="CODE")
        parser.add_argument("--format", choices=READERS, help="unless it can be seen")
        parser.add_argument("--encoding", type=encoding, help="unless it is Unicode")
        parser.add_argument("--name", help="by which it is known; its file's otherwise")
        parser.add_argument("--licence", default="", help="shown in the admin")

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> str:
        staged = dictionary(file, options)
        pair = (staged.from_language, staged.to_language)
        report = importing.Report()
        try:
            given = (options["format"], pair, options["encoding"])
            with reading(file, *given) as (source, items):
                remove_abandoned(self.stdout.write)
                rows = homonyms.near(importing.rows(file, items, report))
                batches = store.replace(staged, rows)
                self.write_all(batches, source, verbosity)
        except FileError as exc:
            self.tell(report)
            message = f"{exc}; nothing was changed"
            raise CommandError(message, returncode=2) from exc
        except store.ClaimLost as exc:
            raise CommandError(f"{exc}; nothing was changed", returncode=1) from exc
        except DatabaseFailed as exc:
            raise database_failed(exc, "nothing was changed") from exc
        self.tell(report)
        return self.summary(staged, report)

    def write_all(
        self, batches: Generator[int, None, None], source: Source, verbosity: int
    ) -> None:
        entries = told = 0
        with closing(batches), bytes_bar(source.size, verbosity) as shown:
            for number in batches:
                entries += number
                shown.update(source.done - shown.n)
                if shown.disable and entries // TOLD_EVERY > told:
                    told = entries // TOLD_EVERY
                    percent = 100 * source.done // source.size
                    self.stdout.write(f"{entries:,} entries, {percent} % of the file")

    def tell(self, report: importing.Report) -> None:
        for reason, number in report.left_out.most_common():
            self.stdout.write(f"{number:,} left out: {reason}")
        for name, number in report.unknown.most_common():
            self.stdout.write(f"{number:,} used without their {name}: not known here")
        for reason, number in report.unusable.most_common():
            self.tell_failure(f"{number:,} not used: {reason}")
        for place, reason in report.examples:
            self.tell_failure(f"line {place:,}: {reason}")

    def summary(self, staged: Dictionary, report: importing.Report) -> str:
        entries = counted(staged.entry_count, "entry")
        bad = report.unusable.total()
        if bad:
            raise CommandError(
                f"{staged}: {entries}; {counted(bad, 'line')} not used", returncode=1
            )
        return f"{staged}: {entries}"


def bytes_bar(size: int, verbosity: int) -> tqdm:
    hidden = None if verbosity else True
    return tqdm(total=size, unit="B", unit_scale=True, disable=hidden)


def encoding(name: str) -> str:
    try:
        "".encode(name)
        if codecs.lookup(name).name.replace("_", "-") in NO_TEXT:
            raise LookupError(name)
    except (LookupError, ValueError) as exc:
        message = f"{name[:60]!r}: no encoding of text is called so, such as cp1252"
        raise argparse.ArgumentTypeError(message) from exc
    return name


def name_of(file: Path) -> str:
    """A file's own name, also where it is given as a dot."""
    try:
        return file.resolve().name
    except (OSError, RuntimeError):  # a link that leads to itself
        return file.name


def dictionary(file: Path, options: dict[str, Any]) -> Dictionary:
    """What is to be written, not saved yet; raises CommandError (exit code 2)."""
    source, target = options["source"], options["target"]
    for code, all_known in ((source, LANGUAGES), (target, targets())):
        if code not in all_known:
            known = ", ".join(sorted(all_known))
            raise refusal(f"{code!r} is no language here; known are {known}")
    if source == target:
        raise refusal(f"--from and --to are both {source}")
    name = options["name"] or name_of(file)
    longest = Dictionary._meta.get_field("name").max_length or 0
    is_bundled = bundled.NAME.fullmatch(f"{name}.tsv.gz")
    is_fit = 0 < len(name.strip()) <= len(name) <= longest and name.isprintable()
    if is_bundled or not is_fit:
        remedy = f"choose another one with --name, of at most {longest} characters"
        shown = repr(name if len(name) <= longest else f"{name[:30]}…")
        raise refusal(f"{shown} is no name for a dictionary of your own; {remedy}")
    licence = cleaning.clean(options["licence"])[:200]
    return Dictionary(
        from_language=source,
        to_language=target,
        name=name,
        kind=Kind.OWN,
        licence=licence,
    )
