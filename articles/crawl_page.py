"""The statistics of the crawl for people's eyes: figures, tables and charts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.timesince import timesince

from articles.models import Article
from articles.statistics import DAYS, RECENT, days
from zeeguu.base.charts import bars, columns, whole

LANGUAGES = ("language", "active feeds", "of them visited", "last new article")
FRESH = "fresh listed articles"
FEEDS = ("feed", "visits", "failed", "mean seconds", "longest")
Row = Mapping[str, Any]
LABELS = dict(Article.Broken.choices)


def figures(numbers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, number) pairs: feeds by state, and what came of the last days."""
    states = [(f"{row['state']} feeds", row["feeds"]) for row in numbers["feeds"]]
    visits = sum(row["visits"] for row in numbers["visits"])
    articles = sum(row["articles"] for row in numbers["articles"])
    recent = f"in {DAYS} days"
    sums = [(f"new articles {recent}", articles), (f"visits {recent}", visits)]
    return [(name, f"{number:,}") for name, number in (*states, *sums)]


def sections(numbers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of the page, made from what ``crawl_statistics`` returns.

    Each has a title, headings and rows of its table, and charts as (title, SVG) pairs;
    an SVG is empty where there is nothing to draw.
    """
    recent = f"in the last {RECENT.days} days"
    return [
        _delivery(numbers["languages"]),
        _by_day("New articles a day", numbers["articles"], "language", "articles"),
        _by_day("Visits a day", numbers["visits"], "status", "visits"),
        _groups("Feeds by state", numbers["feeds"], "state", "feeds"),
        _groups(f"What became of items {recent}", numbers["items"], "kind", "items"),
        _reasons(f"Why {recent}", numbers["reasons"]),
        _broken(numbers["broken"]),
        _feeds(f"The slowest feeds {recent}", numbers["slowest"]),
        _feeds(f"The most failing feeds {recent}", numbers["failing"]),
    ]


def _delivery(languages: Sequence[Row]) -> dict[str, Any]:
    rows = [
        [
            row["language"],
            f"{row['feeds']:,}",
            f"{row['visited']:,}",
            _ago(row["last_new_at"]),
            f"{row['fresh']:,}",
        ]
        for row in languages
    ]
    return {
        "title": "Does each language have fresh articles?",
        "headings": (*LANGUAGES, FRESH),
        "rows": rows,
        "nothing": "There are no active feeds besides those of the demo site.",
    }


def _ago(then: datetime | None) -> str:
    return f"{timesince(then, depth=1)} ago" if then else "-"


def _by_day(title: str, rows: Sequence[Row], group: str, what: str) -> dict[str, Any]:
    """A chart and a column for all, and for each group where there are several."""
    names = sorted({row[group] for row in rows})
    counts = {(row["day"], row[group]): row[what] for row in rows}
    numbers = {
        name: {day: counts.get((day, name), 0) for day in days()} for name in names
    }
    if len(names) > 1:
        total = {day: sum(of[day] for of in numbers.values()) for day in days()}
        numbers = {"all": total, **numbers}
    return {
        "title": f"{title}, last {DAYS} days",
        "headings": ("day", *numbers),
        "rows": [
            [_named(day), *(f"{of_day[day]:,}" for of_day in numbers.values())]
            for day in (days() if numbers else ())
        ],
        "charts": [
            (name, _columns(f"{title}: {name}", of_day))
            for name, of_day in numbers.items()
        ],
    }


def _columns(title: str, of_day: Mapping[date, int]) -> str:
    return columns(title, {_named(day): n for day, n in of_day.items()}, whole)


def _named(day: date) -> str:
    return f"{day:%d %b}"


def _groups(title: str, rows: Sequence[Row], group: str, what: str) -> dict[str, Any]:
    numbers = {row[group]: row[what] for row in rows}
    drawn = bars(title, numbers, whole) if any(numbers.values()) else ""
    return {
        "title": title,
        "headings": (group, what),
        "rows": [[name, f"{number:,}"] for name, number in numbers.items()],
        "charts": [(title, drawn)],
    }


def _reasons(title: str, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "title": title,
        "headings": ("kind", "reason", "items"),
        "rows": [
            [row["kind"], LABELS.get(row["reason"], row["reason"]), f"{row['items']:,}"]
            for row in rows
        ],
        "nothing": "There are none.",
    }


def _broken(rows: Sequence[Row]) -> dict[str, Any]:
    counts = {(row["language"], row["broken"]): row["articles"] for row in rows}
    languages = sorted({row["language"] for row in rows})
    reasons = sorted({row["broken"] for row in rows if row["broken"]})
    return {
        "title": f"Stored in the last {DAYS} days, and why not listed",
        "headings": ("language", "listed", *(LABELS.get(r, r) for r in reasons)),
        "rows": [
            [
                language,
                *(f"{counts.get((language, r), 0):,}" for r in ("", *reasons)),
            ]
            for language in languages
        ],
    }


def _feeds(title: str, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "title": title,
        "headings": FEEDS,
        "rows": [
            [
                _link(row),
                f"{row['visits']:,}",
                f"{row['failures']:,}",
                f"{row['mean_s']:.1f}",
                f"{row['longest_s']:.1f}",
            ]
            for row in rows
        ],
        "nothing": "There are none.",
    }


def _link(row: Row) -> str:
    url = reverse("admin:articles_feed_change", args=[row["feed"]])
    return format_html('<a href="{}">{}</a>', url, row["title"] or row["url"])
