"""The charts of the pages of statistics."""

import re
from decimal import Decimal

import pytest
from lxml import html

from zeeguu.base import charts

pytestmark = pytest.mark.nodb


def drawn(svg, name):
    """An attribute of the bars or columns, as floats, in the order of the numbers."""
    [series] = html.fromstring(svg).find_class("series")
    return [float(rect.get(name)) for rect in series]


def test_bars_are_as_long_as_their_numbers_and_in_order():
    svg = charts.bars("Rows", {"da": 10, "de": 40, "sv": 0}, charts.plain)
    sv, de, da = drawn(svg, "width")
    assert (sv, da) == (0, pytest.approx(de / 4))
    assert drawn(svg, "y") == sorted(drawn(svg, "y"), reverse=True)


def test_an_axis_of_shares_ends_at_all_of_them():
    svg = charts.bars("Coverage", {"da": 50, "de": 25}, charts.percent, most=100)
    ticks = {"0 %", "25 %", "50 %", "75 %", "100 %"}
    assert set(re.findall(r">([^<]+ %)<", svg)) == ticks


def test_columns_are_as_high_as_their_numbers_and_in_order():
    svg = charts.columns("Rows", {"1 Jan": 10, "2 Jan": 40}, charts.plain)
    first, second = drawn(svg, "height")
    assert first == pytest.approx(second / 4)
    assert drawn(svg, "x") == sorted(drawn(svg, "x"))


def test_only_every_seventh_day_is_named():
    days = {f"{day} Jan": day for day in range(1, 31)}
    svg = charts.columns("Rows", days, charts.plain)
    assert re.findall(r">(\d+ Jan)<", svg) == [
        f"{day} Jan" for day in (30, 23, 16, 9, 2)
    ]


def test_rows_are_counted_in_whole_numbers():
    ticks = [Decimal(text) for text in ("0", "0.5", "1", "1000")]
    assert [charts.whole(tick) for tick in ticks] == ["0", "", "1", "1,000"]
    for draw in (charts.bars, charts.columns):
        svg = draw("Rows", {"older": 1}, charts.whole)
        assert sorted(re.findall(r">([\d.]+)<", svg)) == ["0", "1"]


def test_texts_are_escaped():
    svg = charts.bars("<b>", {"<script>": 1}, charts.plain)
    assert "<b>" not in svg
    assert "&lt;script&gt;" in svg
    assert "<script>" not in svg
