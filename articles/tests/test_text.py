import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text import ArticleText, clean

TEXT = ArticleText("Titel", "Resumé", (("p", "Et."), ("h2", "To"), ("p", "Tre.")))
# Also what hypothesis leaves out unless asked: lone surrogates.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_whitespace_of_every_kind_becomes_one_space():
    assert clean(" en\t\nto\u00a0 \u2028tre\x85fire ") == "en to tre fire"


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f", "\x9f", "\ufffe"])
def test_a_control_character_is_dropped(char):
    assert clean(f"hu{char}s") == "hus"


def test_a_lone_surrogate_is_dropped():
    assert clean("hu\ud83ds \udc00") == "hus"


def test_an_emoji_and_letters_of_all_scripts_stay():
    assert clean("Ærø 😀 Αθήνα Москва") == "Ærø 😀 Αθήνα Москва"


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_no_text_is_an_empty_text(nothing):
    assert clean(nothing) == ""


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_a_clean_text_can_be_stored_and_sent(text):
    assert clean(text).encode().decode() == clean(text)
    assert json.loads(json.dumps(clean(text), ensure_ascii=False)) == clean(text)


@given(ANY_TEXT)
def test_a_clean_text_joins_its_words_with_single_spaces(text):
    assert clean(text) == " ".join(clean(text).split())


def test_equal_texts_have_equal_hashes():
    assert ArticleText(**vars(replace(TEXT))).hash == TEXT.hash


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Titel!"},
        {"summary": ""},
        {"fragments": (("p", "Et!"), ("h2", "To"), ("p", "Tre."))},
        {"fragments": (("p", "Et."), ("h2", "To"), ("p", "Tre!"))},
        {"fragments": (("p", "Et."), ("h3", "To"), ("p", "Tre."))},
        {"fragments": (("p", "Tre."), ("h2", "To"), ("p", "Et."))},
        {"fragments": (("p", "Et."), ("h2", "To"))},
        {"fragments": (("p", "Et.To"), ("h2", ""), ("p", "Tre."))},
        {"title": "TitelResumé", "summary": ""},
    ],
    ids=str,
)
def test_the_hash_changes_with_the_text(change):
    assert replace(TEXT, **change).hash != TEXT.hash


def test_the_hash_takes_any_text_there_is():
    assert len(ArticleText("\ud800", "", ()).hash) == 64


def test_words_are_counted_over_all_fragments():
    text = ArticleText("Ikke titlen", "", (("p", "En to tre."), ("li", "Fire!")))
    assert text.word_count == 4


def test_soft_hyphens_and_invisible_spaces_are_dropped():
    assert clean("Bundes\u00adre\u200bgie\u2060rung\ufeff") == "Bundesregierung"


def test_accents_are_composed():
    assert clean("cafe\u0301") == "caf\u00e9"


def test_emoji_keep_their_joiners():
    assert clean("👩\u200d👧") == "👩\u200d👧"
