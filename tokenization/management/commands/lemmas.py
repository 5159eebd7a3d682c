import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any

from django.core.management.base import CommandError, CommandParser

from articles.languages import LANGUAGES
from tokenization import services
from tokenization.stanza.tries import BadTrie, NoTrie
from zeeguu.base.commands import STOPPED, BaseCommand, bar, refusal
from zeeguu.base.wording import counted

# One takes up to 760 MB while it is made.
AT_ONCE = min(2, os.cpu_count() or 1)


class Command(BaseCommand):
    needs_database = False
    help = (
        "Make the files of the languages' lemmas where they lack, or verify them."
        " Exit codes: 0 all fine, 1 some are not, 2 not started, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["build", "verify"])
        parser.add_argument("languages", nargs="*", metavar="CODE", help="default: all")

    def handle(
        self, *, action: str, languages: list[str], verbosity: int, **options: Any
    ) -> None:
        if unknown := sorted(set(languages) - set(LANGUAGES)):
            raise refusal(
                f"unknown language {', '.join(unknown)}; known: {', '.join(LANGUAGES)}"
            )
        self.lemmatizer = services.lemmatizer()
        asked = languages or list(LANGUAGES)
        known = [code for code in asked if self.lemmatizer.version(code)]
        for code in sorted(set(asked) - set(known)):
            self.stdout.write(f"{code}  simplemma has no lemmas")
        if action == "verify":
            self._verify(known)
        else:
            self._build(known, verbosity)

    def _verify(self, languages: list[str]) -> None:
        wrong = 0
        for code in languages:
            try:
                size = self.lemmatizer.verify(code)
                self.stdout.write(f"{code}  ok  {size // 1024} kB")
            except FileNotFoundError:
                wrong += 1
                self.tell_failure(f"{code}  not made yet")
            except (BadTrie, OSError) as exc:
                wrong += 1
                self.tell_failure(f"{code}  BROKEN: {exc}")
        if wrong:
            raise CommandError(
                f"{wrong} of {len(languages)} can't be used; make them with: manage.py"
                " lemmas build",
                returncode=1,
            )

    def _build(self, languages: list[str], verbosity: int) -> None:
        made, failed = 0, []
        with bar(len(languages), "languages", verbosity) as shown:
            for code, one in self._built(languages):
                try:
                    made += self._told(code, one.result(), is_seen=not shown.disable)
                except (NoTrie, OSError) as exc:
                    failed.append(code)
                    self.tell_failure(f"{code}  not made: {exc}")
                shown.update()
        folder = self.lemmatizer.tries.folder
        if failed:
            names = ", ".join(sorted(failed))
            raise CommandError(f"not made in {folder}: {names}", returncode=1)
        there = counted(len(languages), "language")
        self.stdout.write(f"Lemmas of {there} are in {folder}, {made} of them new.")

    def _told(self, code: str, is_new: bool, is_seen: bool) -> bool:
        """Whether it is new; where no bar shows that, a line does, also in a log."""
        if is_new and not is_seen:
            self.stdout.write(f"{code}  made")
            self.stdout.flush()
        return is_new

    def _built(self, languages: list[str]) -> Iterator[tuple[str, Future[bool]]]:
        """(language, what became of it), as they get ready; a stop begins no other."""
        # What takes long goes first, so that nobody ends alone.
        order = sorted(languages, key=self.lemmatizer.work, reverse=True)
        pool = ThreadPoolExecutor(AT_ONCE)
        begun = {pool.submit(self.lemmatizer.build, code): code for code in order}
        try:
            for one in as_completed(begun):
                yield begun[one], one
        except KeyboardInterrupt as exc:
            pool.shutdown(cancel_futures=True)
            message = "stopped; start again, and what is left will be made"
            raise CommandError(message, returncode=STOPPED) from exc
        finally:
            pool.shutdown(cancel_futures=True)
