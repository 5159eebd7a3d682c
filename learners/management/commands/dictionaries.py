from typing import Any

from django.core.management.base import CommandParser

from learners.dictionaries import store
from learners.dictionaries.models import Dictionary, Kind
from zeeguu.base.commands import (
    BaseCommand,
    add_consent,
    database_failed,
    refusal,
    require_consent,
)
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.wording import counted

HEADING = ("from", "to", "kind", "entries", "name", "licence")
LINE = "{:<5} {:<5} {:<9} {:>9}  {:<30} {}"


class Command(BaseCommand):
    writes_result = True
    help = (
        "List the dictionaries there are, in the order in which they are asked, or"
        " remove one of your own. Exit codes: 0 done, 1 the database failed, 2 there is"
        " none of that name, or not one alone, or it came with the project."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["list", "remove"])
        parser.add_argument("name", nargs="?", help="of which one to remove")
        parser.add_argument("--from", dest="source", metavar="CODE")
        parser.add_argument("--to", dest="target", metavar="CODE")
        add_consent(parser)

    def handle(self, *, action: str, **options: Any) -> str | None:
        pair = {"from_language": options["source"], "to_language": options["target"]}
        given = {name: code for name, code in pair.items() if code}
        rows = Dictionary.objects.published().filter(**given)
        if action == "list":
            self.list_all(list(rows))
            return None
        dictionary = one_of(list(rows.filter(name=options["name"])), options["name"])
        return self.remove(dictionary, options["dry_run"], options["yes"])

    def list_all(self, rows: list[Dictionary]) -> None:
        self.stdout.write(LINE.format(*HEADING))
        for one in rows:
            facts = (one.from_language, one.to_language, one.kind, one.entry_count)
            self.stdout.write(LINE.format(*facts, one.name, one.licence))

    def remove(self, dictionary: Dictionary, dry_run: bool, yes: bool) -> str:
        entries = counted(dictionary.entry_count, "entry")
        if dry_run:
            return f"{dictionary}: {entries} to remove"
        require_consent(f"remove {dictionary}, {entries}", yes)
        try:
            store.remove(dictionary)
        except DatabaseFailed as exc:
            raise database_failed(exc, "what is left of it is not asked") from exc
        return f"{dictionary}: {entries} removed"


def one_of(found: list[Dictionary], name: str | None) -> Dictionary:
    """The one of that name, one's own; raises CommandError (exit code 2)."""
    if not name:
        raise refusal("name the dictionary, as `dictionaries list` shows it")
    if len(found) != 1:
        number = "several have" if found else "none has"
        remedy = "add --from and --to" if found else "see: manage.py dictionaries list"
        raise refusal(f"{number} the name {name!r}; {remedy}")
    if found[0].kind != Kind.OWN:
        remedy = "leave its licence out of DICTIONARY_LICENCES, or hide entries"
        raise refusal(f"{found[0]} came with the project; {remedy}")
    return found[0]
