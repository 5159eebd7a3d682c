from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from articles.deletion import BATCH, delete_batch
from articles.models import Article
from zeeguu.base.batches import in_slices
from zeeguu.base.commands import (
    BaseCommand,
    deleted_with_bar,
    refusal,
    require_consent,
)
from zeeguu.base.ids import is_id
from zeeguu.base.streams import read_input
from zeeguu.base.wording import counted


class Command(BaseCommand):
    help = (
        "Delete the articles whose numbers stand on standard input, one on a line;"
        " crawls bring none of them again."
        " Exit codes: 0 done, 1 the database failed, 2 refused, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="that is meant")

    def handle(self, *, yes: bool, verbosity: int, **options: Any) -> str | None:
        words = read_input().decode(errors="replace").split()
        if wrong := next((word for word in words if not is_id(word)), None):
            raise refusal(f"{wrong!r} is no article's number")
        pks = sorted({int(word) for word in words})
        require_consent(f"delete {counted(len(pks), 'article')}", yes)
        gone = deleted_with_bar(_deleted(pks), len(pks), verbosity, "article")
        return f"{counted(gone, 'article')} deleted" if verbosity else None


def _deleted(pks: list[int]) -> Iterator[int]:
    for few in in_slices(pks, BATCH):
        yield delete_batch(few)[Article._meta.label]
