"""Terms that keep the answers of MySQL's index small."""

import pytest

from articles.search.hints import ERA, era, eras, hints, pairs

pytestmark = pytest.mark.nodb


def test_pairs_are_of_their_order_and_language():
    [pair] = pairs("de", ["dew0den", "dew0hund"])
    assert [*pairs("de", ["dew0hund", "dew0den"])] != [pair]
    assert pair.startswith("dep")
    assert (pair.isascii(), pair.isalnum(), pair.islower()) == (True, True, True)
    assert [*pairs("de", ["dew0den"])] == []


def test_every_article_is_in_one_of_the_eras_around_it():
    for pk in (0, 1, ERA - 1, ERA, 5 * ERA + 7):
        assert era(pk) in [*eras(pk - pk % ERA, pk + 1)]
    assert [*eras(-ERA, 2 * ERA)] == [era(0), era(ERA)]


def test_hints_are_told_once():
    assert hints(1, "da", ["daw0a", "daw0a", "daw0a"]).count("dap") == 1
