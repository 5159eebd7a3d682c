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


@pytest.mark.parametrize(
    "text, expected",
    [
        ("L\x92\xe9t\xe9 \x96 \x93enfin\x94", "L’été – “enfin”"),
        ("c\x9cur, 5 \x80", "cœur, 5 €"),
        ("hu\x81\x8d\x8f\x90\x9ds", "hus"),
        ("Auf\u200clage der \u200eZei\u200ftung", "Auflage der Zeitung"),
        ("Fjord\u200dbladet\u2062 \u061ci\u034f da\u180eg", "Fjordbladet i dag"),
        ("Fisk\ufe0f og\ufe00 \U000e0041ål\U000e0042\u3164", "Fisk og ål"),
        ("hu\U0001fffe\U0010ffffs", "hus"),
        (
            "\ufb01nden, o\ufb03ziell, Schi\ufb00, \ufb06",
            "finden, offiziell, Schiff, st",
        ),
        ("\u0133sbeer, \u0132sland", "ijsbeer, IJsland"),
        ("e\u200d\u0301t", "ét"),
    ],
)
def test_what_hides_a_word_is_mended(text, expected):
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "½ m² bei 20 ℃ ™ № 5 …",
        "œuvre Straße ſ Æ",
        "#1 * 2",
        "❤\ufe0f\u200d🔥",
        "👨🏽\u200d⚕\ufe0f",
        "1\ufe0f\u20e3",
        "©\ufe0f ™\ufe0f",
        "☺\ufe0e",
        "🏴\U000e0067\U000e0062\U000e0065\U000e007f",
        "🇩🇰",
        "می\u200cخواهم",
        "क्\u200dष",
    ],
)
def test_what_says_something_stays(text):
    assert clean(text) == text


def test_joiners_stay_between_emoji_only():
    assert clean("a\u200d😀\u200db 😀\u200d\u200d😀\u200d") == "a😀b 😀😀"


# Characters that have to do with each other, so that they meet.
TOGETHER = st.text(
    "a=1fi\u0338\u0301\u200d\u200c\ufe0f\ufe0e\u20e3\u2329\U0001f3f4\U000e0067😀می\x92\u00ad\ufb01"
)


@given(TOGETHER)
def test_cleaning_twice_changes_nothing_more_of_odd_neighbours(text):
    assert clean(clean(text)) == clean(text)
