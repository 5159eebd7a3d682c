from collections.abc import Iterator
from typing import Any

import orjson
from django.core.management.base import CommandParser

from articles.commands import require_languages
from articles.counts import age
from tokenization.states import ensure_marked
from tokenization.statistics import DAYS, statistics
from zeeguu.base.commands import BaseCommand

STATES = ("fresh", "stale", "failed", "pruned", "missing")
COUNTS = ("language", "articles", "rows", *STATES)
ROW = "{:<8}" + "  {:>9}" * 11
HEADINGS = (*COUNTS, "coverage", "hit ratio", "tokens", "MB")
AGE_ROW = "{:<10}  {:>8}  {:>8}"


class Command(BaseCommand):
    writes_result = True
    help = (
        "Show the token cache in numbers, by language and by age."
        " Exit codes: 0 shown, 2 unknown language."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--recount",
            action="store_true",
            help="compare all articles with their tokens, and count, however long that"
            " takes; without it large numbers may be some minutes old",
        )

    def handle(
        self, *, language: list[str] | None, json: bool, recount: bool, **options: Any
    ) -> str | None:
        require_languages(language or [])
        ensure_marked(anew=recount)
        numbers = statistics(language, anew=recount)
        if numbers["counted_at"] is None:  # nobody has counted yet: who else would?
            numbers = statistics(language, anew=True)
        if json:
            return orjson.dumps(numbers, option=orjson.OPT_INDENT_2).decode()
        counted = f"{age(numbers['counted_at'])}".capitalize()
        parts = [*languages(numbers), "", *ages(numbers), "", growth(numbers)]
        return "\n".join([*parts, search(numbers), counted])


def languages(numbers: dict[str, Any]) -> Iterator[str]:
    yield ROW.format(*HEADINGS)
    for row in (*numbers["languages"], numbers["total"]):
        shares = percent(row["coverage"]), percent(row["hit_ratio"])
        counts = (row[name] for name in COUNTS)
        yield ROW.format(*counts, *shares, row["tokens"], megabytes(row["bytes"]))


def ages(numbers: dict[str, Any]) -> Iterator[str]:
    yield AGE_ROW.format("age", "rows", "MB")
    for group in numbers["ages"]:
        yield AGE_ROW.format(group["age"], group["rows"], megabytes(group["bytes"]))


def growth(numbers: dict[str, Any]) -> str:
    rows, size = (
        sum(day[name] for day in numbers["growth"]) for name in ("rows", "bytes")
    )
    return f"made in the last {DAYS} days: {rows} rows, {megabytes(size)} MB"


def search(numbers: dict[str, Any]) -> str:
    """How many articles search knows, and the remedy where it does not know all."""
    articles, outdated = numbers["search"]["articles"], numbers["search"]["outdated"]
    known = f"found by their words: {articles - outdated} of {articles} articles"
    return f"{known}; manage.py rebuild_search adds the others" if outdated else known


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def megabytes(number: float) -> str:
    return f"{number / 10**6:.1f}"
