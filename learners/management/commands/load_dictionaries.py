from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from learners.dictionaries import bundled, loading, store
from learners.management.removing import remove_abandoned
from zeeguu.base.commands import BaseCommand, bar, database_failed
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.wording import counted


class Command(BaseCommand):
    help = (
        "Have the bundled dictionaries in the database: those of DICTIONARY_LICENCES"
        " are loaded where they are not there, or are other ones; the rest is left out,"
        " but for one's own. Exit codes: 0 done, 1 some files can't be used, or the"
        " database failed, 2 not started."
    )
    folder = bundled.DATA

    def handle(self, *, verbosity: int, **options: Any) -> str | None:
        try:
            return self.load(verbosity)
        except DatabaseFailed as exc:
            raise database_failed(exc, "run it again: it goes on from there") from exc

    def load(self, verbosity: int) -> str | None:
        plan = loading.plan(settings.DICTIONARY_LICENCES, self.folder)
        self.failed = bundled.troubles(settings.DICTIONARY_LICENCES, self.folder)
        remove_abandoned(self.stdout.write)
        for dictionary in plan.left_out:
            store.leave_out(dictionary)
        number, entries = self.load_files(plan.files, verbosity)
        for line in self.failed:
            self.tell_failure(line)
        told = f"{counted(number, 'dictionary')} loaded, {entries:,} entries"
        told += f"; {len(plan.left_out)} left out"
        if self.failed:
            told += f"; {len(self.failed)} not loaded, see above"
            raise CommandError(told, returncode=1)
        return told if plan.files or plan.left_out else None

    def load_files(
        self, files: list[bundled.Bundled], verbosity: int
    ) -> tuple[int, int]:
        """How many could be loaded, and how many entries they have."""
        licences = bundled.licences(self.folder)
        number = entries = 0
        with bar(len(files), "dictionaries", verbosity) as shown:
            for file in files:
                try:
                    entries += sum(loading.load(file, licences.get(file.path.name, "")))
                    number += 1
                except (bundled.Damaged, store.ClaimLost) as exc:
                    self.failed.append(str(exc))
                shown.update()
        return number, entries
