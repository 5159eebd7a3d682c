from datetime import UTC, datetime, timedelta

import pytest

from learners.feed.ranking import fit, freshness

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, 0.1),
        (0.5, 0.18),
        (0.7, 0.4),
        (0.8, 0.61),
        (0.85, 0.76),
        (0.9, 0.92),
        (0.92, 1),
        (0.97, 1),
        (0.985, 0.82),
        (1, 0.64),
        (None, 0.3),
    ],
)
def test_the_fit_is_what_the_page_of_learners_says(share, expected):
    assert fit(share, 0.5) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("hours", "expected"), [(-5, 1), (0, 1), (24, 0.5), (168, 0.125)]
)
def test_the_freshness_is_what_the_page_of_learners_says(hours, expected):
    assert freshness(NOW, NOW - timedelta(hours=hours)) == expected
