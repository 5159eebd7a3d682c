"""What somebody types."""

import pytest

from articles.search.query import MOST_WORDS, parse

pytestmark = pytest.mark.nodb


def forms(text, lemmas=lambda word: ()):
    return [need.forms for need in parse(text, lemmas).needs]


def test_every_word_is_needed():
    assert forms("EU Hund") == [(("eu",),), (("hund",),)]


@pytest.mark.parametrize(
    "text", ["AND", "or", "NOT", "NEAR", "-hund", "hund*", "+hund"]
)
def test_no_word_and_no_sign_commands(text):
    assert forms(text) == [((text.strip("-*+").casefold(),),)]


def test_a_word_has_its_lemmas_and_is_found_without_its_digraphs():
    assert forms("gehst", lambda word: ["gehen"]) == [(("gehst",), ("gehen",))]
    assert forms("loeber") == [(("loeber",), ("lober",))]


@pytest.mark.parametrize("text", ['"in der Nacht"', "„in der Nacht“", "«in der Nacht»"])
def test_quotes_keep_words_together(text):
    assert forms(text, lambda word: ["x"]) == [(("in", "der", "nacht"),)]


def test_a_word_in_quotes_is_meant_as_it_is():
    assert forms('"gehst"', lambda word: ["gehen"]) == [(("gehst",),)]


def test_a_quote_without_an_end_is_no_quote():
    assert forms('5" in der') == [(("5",),), (("in",),), (("der",),)]


def test_what_a_sign_joins_stands_together():
    assert forms("EU-Krise l’eau") == [(("eu", "krise"),), (("l", "eau"),)]


@pytest.mark.parametrize("text", ["", "  ", "!?", '""', "\x00", "%_'\\"])
def test_without_words_nothing_is_needed(text):
    assert forms(text) == []


def test_only_so_many_words_count():
    text = " ".join(map(str, range(100)))
    assert len(forms(text)) == MOST_WORDS
    [[(phrase)]] = forms(f'"{text}"')
    assert len(phrase) == MOST_WORDS


def test_a_word_of_a_megabyte_is_one_of_some_letters():
    [need] = parse("x" * 10**6).needs
    assert need.letters == 2000
