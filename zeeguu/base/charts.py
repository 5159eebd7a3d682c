"""Statistics for people's eyes: charts as inline SVG by leather, badges, styles.

Colours and fonts come from the page's style sheet, so that dark mode works.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import leather
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from leather.svg import stringify

# In SVG's units; on a wide page they are pixels.
WIDTH, HEIGHT, FRAME, BAR = 420, 230, 70, 22
DAYS_PER_TICK = 7


def badge(state: str) -> SafeString:
    return format_html('<span class="state state-{}">{}</span>', state, state)


def plain(tick: Decimal) -> str:
    return f"{tick:,}"


def whole(tick: Decimal) -> str:
    """No label between two whole numbers: there is no half a row."""
    return plain(tick) if tick == int(tick) else ""


def percent(tick: Decimal) -> str:
    return f"{tick} %"


def bars(
    title: str,
    numbers: Mapping[str, int],
    label: Callable[[Decimal], str],
    most: int | None = None,
) -> SafeString:
    """An SVG with a bar for each number of {name: number}, the first at the top.

    label makes the text of a tick, a Decimal; the axis ends at most, or at the largest.
    """
    chart = leather.Chart()
    chart.add_bars([(number, name) for name, number in numbers.items()])
    chart.add_x_scale(0, most or max(numbers.values()))
    chart.add_x_axis(tick_formatter=lambda tick, *_: label(tick))
    return _svg(chart, title, FRAME + BAR * len(numbers))


def columns(
    title: str,
    numbers: Mapping[str, int],
    label: Callable[[Decimal], str],
    every: int = DAYS_PER_TICK,
) -> SafeString:
    """An SVG with a column for each number of {name: number}, the first at the left.

    One name in ``every`` is written below.
    """
    chart = leather.Chart()
    chart.add_columns(list(numbers.items()))
    chart.add_x_axis(ticks=list(numbers)[::-every])
    chart.add_y_axis(tick_formatter=lambda tick, *_: label(tick))
    return _svg(chart, title, HEIGHT)


def _svg(chart: leather.Chart, title: str, height: int) -> SafeString:
    # ElementTree has escaped all texts.
    group = mark_safe(stringify(chart.to_svg_group(WIDTH, height)))  # noqa: S308
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img"><title>{}</title>{}</svg>',
        WIDTH,
        height,
        title,
        group,
    )
