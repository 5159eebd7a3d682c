"""The statistics for people's eyes: tables and charts."""

from collections.abc import Callable, Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString

from tokenization.statistics import DAYS
from zeeguu.base.charts import bars, columns, percent, plain, whole

MEGABYTE = 10**6
COUNTS = ("articles", "rows", "fresh", "stale", "failed", "pruned", "missing")
HEADINGS = ("language", *COUNTS, "coverage", "hit ratio", "tokens", "size")


def figures(total: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, number) pairs of the row that sums all languages up, as texts."""
    return list(zip(HEADINGS[1:], _cells(total)[1:], strict=True))


def sections(numbers: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of the page, made from what ``statistics`` returns.

    Each has a title, headings and rows of its table, and charts as (title, SVG) pairs;
    an SVG is empty where there is nothing to draw.
    """
    days = [{**group, "day": f"{group['day']:%d %b}"} for group in numbers["growth"]]
    return [
        _languages(numbers["languages"]),
        _sizes("Age of the tokens", "by age", "age", numbers["ages"], bars),
        _sizes(f"Growth in the last {DAYS} days", "made a day", "day", days, columns),
    ]


def _languages(languages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    in_use = [row for row in languages if row["articles"] or row["hits"]]
    return {
        "title": "Languages",
        "headings": HEADINGS,
        "rows": [_cells(row) for row in in_use],
        "charts": [
            _shares("Coverage by language", "coverage", in_use),
            _shares(f"Hit ratio of the last {DAYS} days", "hit_ratio", in_use),
        ],
    }


def _cells(row: dict[str, Any]) -> list[str]:
    counts = [f"{row[name]:,}" for name in COUNTS]
    shares = [_percent(row["coverage"]), _percent(row["hit_ratio"])]
    tokens, size = f"{row['tokens']:,}", filesizeformat(row["bytes"])
    return [row["language"], *counts, *shares, tokens, size]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _shares(title: str, name: str, rows: Sequence[dict[str, Any]]) -> tuple[str, str]:
    shares = {r["language"]: r[name] * 100 for r in rows if r[name] is not None}
    return title, bars(title, shares, percent, most=100) if shares else ""


def _sizes(
    title: str,
    what: str,
    key: str,
    groups: Sequence[dict[str, Any]],
    draw: Callable[..., SafeString],
) -> dict[str, Any]:
    rows = {group[key]: group["rows"] for group in groups}
    sizes = {group[key]: group["bytes"] / MEGABYTE for group in groups}
    charts = ((f"Rows {what}", rows, whole), (f"Megabytes {what}", sizes, plain))
    return {
        "title": title,
        "headings": (key, "rows", "size"),
        "rows": [
            [group[key], f"{group['rows']:,}", filesizeformat(group["bytes"])]
            for group in groups
        ],
        "charts": [
            (name, draw(name, numbers, label) if any(numbers.values()) else "")
            for name, numbers, label in charts
        ],
    }
