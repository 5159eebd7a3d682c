import importlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from articles.languages import LANGUAGES, facts
from tokenization import services
from tokenization.commands import require_models
from tokenization.stanza.engine import TokenizerError
from zeeguu.base.commands import BaseCommand
from zeeguu.base.process_pool import Failed, KillablePool, Killed

FETCH_ERRORS = (TokenizerError, OSError, ValueError, KeyError, Killed, Failed)
# For one model. Stanza itself would wait for a silent server for ever.
FETCH_TIMEOUT_S = 300
CODE = re.compile(r"[a-z]{2,3}(-[a-z]+)?")


class Command(BaseCommand):
    writes_result = True
    needs_database = False
    help = (
        "Show, verify or download tokenizer models."
        " Exit codes: 0 all fine, 1 a model is broken or missing, 2 not started."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["list", "verify", "download"])
        parser.add_argument("languages", nargs="*", metavar="CODE", help="default: all")

    def handle(self, *, action: str, languages: list[str], **options: Any) -> None:
        self.engine = services.engine()
        if odd := [code for code in languages if not CODE.fullmatch(code)]:
            raise CommandError(f"{odd[0]!r} is not a language code", returncode=2)
        if action == "download":
            self._download(languages or supported())
            return
        known = self._known()
        if unknown := sorted(set(languages) - set(known)):
            raise CommandError(
                f"no model for {', '.join(unknown)} in {self.engine.resources_dir};"
                f" there are: {', '.join(known)}",
                returncode=2,
            )
        # A bundled language whose file is gone must not go unnoticed.
        getattr(self, f"_{action}")(languages or sorted({*known, *supported()}))

    def _known(self) -> list[str]:
        require_models()
        return self.engine.languages()

    def _remark(self, line: str) -> None:
        if not self.is_quiet:
            self.stdout.write(line)

    def _list(self, languages: list[str]) -> None:
        self.stdout.write(f"{self.engine.resources_dir}")
        for code in languages:
            try:
                self.engine.verify(code)
                size = self.engine.model_path(code).stat().st_size // 1024
                self.stdout.write(f"{code}  {self.engine.version(code)}  {size} kB")
            except TokenizerError as exc:
                self.stdout.write(f"{code}  {exc}")

    def _verify(self, languages: list[str]) -> None:
        broken = 0
        for code in languages:
            try:
                self.engine.verify(code)
                self.engine.load(code)
                self._remark(f"{code}  ok")
            except TokenizerError as exc:
                broken += 1
                self.tell_failure(f"{code}  BROKEN: {exc}")
        if broken:
            raise CommandError(f"{broken} of {len(languages)} broken", returncode=1)

    def _download(self, languages: list[str]) -> None:
        importlib.import_module("stanza")  # before the processes that need it
        requests = importlib.import_module("requests")
        failed = []
        for code in languages:
            try:
                fetch(facts(code).stanza)
                self.engine.verify(code)
                self._remark(f"{code}  {self.engine.version(code)}")
            except (*FETCH_ERRORS, requests.RequestException) as exc:
                failed.append(code)
                self.tell_failure(f"{code}  not fetched: {exc}")
        if failed:
            raise CommandError(
                f"not fetched: {', '.join(failed)}. This needs access to Stanza's model"
                " server; without it the bundled models go on working.",
                returncode=1,
            )


def supported() -> list[str]:
    """Codes of the languages that this project comes with."""
    return list(LANGUAGES)


def fetch(code: str) -> None:
    """Download a model and enter it in the index; all others stay as they are.

    Stanza on its own would replace the whole index by one that knows neither the
    bundled models nor what was fetched before. The index comes last: a stop before
    leaves everything as it was. A process that is killed after FETCH_TIMEOUT_S does it.
    """
    folder = Path(settings.STANZA_RESOURCES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as fetched, KillablePool(1) as pool:
        pool.run(download, code, fetched, timeout_s=FETCH_TIMEOUT_S)
        entry = read_index(Path(fetched))[code]
        shutil.copytree(Path(fetched) / code, folder / code, dirs_exist_ok=True)
    index = folder / "resources.json"
    updated = {**(read_index(folder) if index.exists() else {}), code: entry}
    draft = index.with_suffix(".new")
    draft.write_text(json.dumps(updated, indent=1), "utf-8")
    draft.replace(index)


def download(code: str, folder: str) -> None:
    importlib.import_module("stanza").download(
        code, model_dir=folder, processors="tokenize"
    )


def read_index(folder: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((folder / "resources.json").read_text("utf-8"))
    return index
