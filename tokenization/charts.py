"""The statistics for people's eyes: tables, and charts as inline SVG by leather.

Colours and fonts come from the page's style sheet, so that dark mode works.
"""

import leather
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from leather.svg import stringify

from tokenization.statistics import DAYS

MEGABYTE = 10**6
# In SVG's units; on a wide page they are pixels.
WIDTH, HEIGHT, FRAME, BAR = 420, 230, 70, 22
DAYS_PER_TICK = 7
COUNTS = ("articles", "rows", "fresh", "stale", "failed", "pruned", "missing")
HEADINGS = ("language", *COUNTS, "coverage", "hit ratio", "tokens", "size")


def figures(total):
    """(name, number) pairs of the row that sums all languages up, as texts."""
    return list(zip(HEADINGS[1:], _cells(total)[1:], strict=True))


def sections(numbers):
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


def _languages(languages):
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


def _cells(row):
    counts = [f"{row[name]:,}" for name in COUNTS]
    shares = [_percent(row["coverage"]), _percent(row["hit_ratio"])]
    tokens, size = f"{row['tokens']:,}", filesizeformat(row["bytes"])
    return [row["language"], *counts, *shares, tokens, size]


def _percent(share):
    return "-" if share is None else f"{share:.1%}"


def _shares(title, name, rows):
    shares = {r["language"]: r[name] * 100 for r in rows if r[name] is not None}
    return title, bars(title, shares, percent, most=100) if shares else ""


def _sizes(title, what, key, groups, draw):
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


def plain(tick):
    return f"{tick:,}"


def whole(tick):
    """No label between two whole numbers: there is no half a row."""
    return plain(tick) if tick == int(tick) else ""


def percent(tick):
    return f"{tick} %"


def bars(title, numbers, label, most=None):
    """An SVG with a bar for each number of {name: number}, the first at the top.

    label makes the text of a tick, a Decimal; the axis ends at most, or at the largest.
    """
    chart = leather.Chart()
    chart.add_bars([(number, name) for name, number in numbers.items()])
    chart.add_x_scale(0, most or max(numbers.values()))
    chart.add_x_axis(tick_formatter=lambda tick, *_: label(tick))
    return _svg(chart, title, FRAME + BAR * len(numbers))


def columns(title, numbers, label, every=DAYS_PER_TICK):
    """An SVG with a column for each number of {name: number}, the first at the left.

    One name in ``every`` is written below.
    """
    chart = leather.Chart()
    chart.add_columns(list(numbers.items()))
    chart.add_x_axis(ticks=list(numbers)[::-every])
    chart.add_y_axis(tick_formatter=lambda tick, *_: label(tick))
    return _svg(chart, title, HEIGHT)


def _svg(chart, title, height):
    # ElementTree has escaped all texts.
    group = mark_safe(stringify(chart.to_svg_group(WIDTH, height)))  # noqa: S308
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img"><title>{}</title>{}</svg>',
        *(WIDTH, height, title, group),
    )
