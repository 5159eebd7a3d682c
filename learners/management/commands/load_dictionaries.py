from typing import Any

from django.conf import settings

from learners.dictionaries import bundled, loading, store
from learners.management.removing import remove_abandoned
from zeeguu.base.commands import BaseCommand, bar, database_failed
from zeeguu.base.connections import DatabaseFailed
from zeeguu.base.wording import counted


class Command(BaseCommand):
    help = (
        "Have the bundled dictionaries in the database: those of DICTIONARY_LICENCES"
        " are loaded where they are not there, or are other ones; the rest is left out,"
        " but for one's own. Exit codes: 0 done, 1 the database failed, 2 not started."
    )

    def handle(self, *, verbosity: int, **options: Any) -> str | None:
        try:
            return self.load(verbosity)
        except DatabaseFailed as exc:
            raise database_failed(exc, "run it again: it goes on from there") from exc

    def load(self, verbosity: int) -> str | None:
        plan = loading.plan(settings.DICTIONARY_LICENCES)
        remove_abandoned(self.stdout.write)
        for dictionary in plan.left_out:
            store.leave_out(dictionary)
        entries = self.load_files(plan.files, verbosity)
        if not plan.files and not plan.left_out:
            return None
        loaded = f"{counted(len(plan.files), 'dictionary')} loaded"
        return f"{loaded}, {entries:,} entries; {len(plan.left_out)} left out"

    def load_files(self, files: list[bundled.Bundled], verbosity: int) -> int:
        licences = bundled.licences()
        entries = 0
        with bar(len(files), "dictionaries", verbosity) as shown:
            for file in files:
                entries += sum(loading.load(file, licences.get(file.path.name, "")))
                shown.update()
        return entries
