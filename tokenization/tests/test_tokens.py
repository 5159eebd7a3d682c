"""Token objects: the shape that the reading front end takes."""

import re
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text import clean
from tokenization import services
from tokenization.stanza.tokens import count, to_block
from tokenization.tests.stubs import split

# Quotes, dashes, digits, signs and pictures, and a letter between them.
MARKED = st.text(alphabet="aå1 .,!?¿-–—%&@'\"’‘“”„«»()[]…€+❤\ufe0f😀")
SIDES = {"is_left_punct": "left", "is_right_punct": "right"}


def tokens_of(text):
    """The tokens of a text that is one sentence: words, and each mark on its own."""
    spans = [mark.span() for mark in re.finditer(r"\w+|[^\w\s]", text)]
    [[sentence]] = to_block(text, [spans])
    return sentence


def one(text):
    """The token that a text is as a whole."""
    [[[token]]] = to_block(text, [[(0, len(text))]])
    return token


def sides(text):
    """The marks of a text as (text, side) pairs, side None where there is none."""
    return [
        (token["text"], next((SIDES[flag] for flag in SIDES if flag in token), None))
        for token in tokens_of(text)
        if "is_punct" in token
    ]


def rebuild(block):
    return "".join(
        token["text"] + " " * token["has_space"]
        for paragraph in block
        for sentence in paragraph
        for token in sentence
    ).strip()


def test_a_block_is_three_levels_deep():
    assert to_block("Hej du", [[(0, 3), (4, 6)]]) == [
        [
            [
                {
                    "text": "Hej",
                    "sent_i": 0,
                    "token_i": 0,
                    "paragraph_i": 0,
                    "has_space": True,
                    "is_sent_start": True,
                },
                {
                    "text": "du",
                    "sent_i": 0,
                    "token_i": 1,
                    "paragraph_i": 0,
                    "has_space": False,
                },
            ]
        ]
    ]


def test_a_text_without_words_is_one_empty_paragraph():
    assert to_block("", []) == [[]]
    assert to_block("", [], one_sentence=True) == [[]]


def test_sentences_are_numbered_through_and_their_tokens_from_0():
    [paragraph] = to_block("Ja da. Nej.", [[(0, 2), (3, 6)], [(7, 11)]])
    places = [(t["sent_i"], t["token_i"]) for sentence in paragraph for t in sentence]
    assert places == [(0, 0), (0, 1), (1, 0)]


def test_only_the_first_token_of_a_sentence_starts_it():
    [paragraph] = to_block("Ja da. Nej.", [[(0, 2), (3, 6)], [(7, 11)]])
    starts = [t.get("is_sent_start") for sentence in paragraph for t in sentence]
    assert starts == [True, None, True]


def test_a_title_is_one_sentence_however_many_were_found():
    [paragraph] = to_block("Ja. Nej.", [[(0, 3)], [(4, 8)]], one_sentence=True)
    assert [[t["text"] for t in sentence] for sentence in paragraph] == [
        ["Ja.", "Nej."]
    ]
    assert [t["token_i"] for t in paragraph[0]] == [0, 1]


def test_a_sentence_ends_with_a_space_when_text_follows():
    [[first, second]] = to_block("Ja. Nej.", [[(0, 3)], [(4, 8)]])
    assert first[-1]["has_space"] is True
    assert second[-1]["has_space"] is False


def test_count_counts_tokens_of_all_sentences():
    assert count(to_block("Ja da. Nej.", [[(0, 2), (3, 6)], [(7, 11)]])) == 3


@pytest.mark.parametrize(
    ("text", "opening", "closing"),
    [
        ("Sie sagte „Guten Tag“ zu ihr", "„", "“"),
        ("Sie rief »Hallo« und ging", "»", "«"),
        ("Dijo «hola» y se fue", "«", "»"),
        ("She said “hi” and left", "“", "”"),
        ("She said ‘hi’ and left", "‘", "’"),
        ('She said "hi" and left', '"', '"'),
        ("Hun sa ”hej” og gik", "”", "”"),
        ("Il dit « bonjour » et part", "«", "»"),
        ("Hun gik (sent) hjem", "(", ")"),
        ("Hun gik ( sent ) hjem", "(", ")"),
    ],
)
def test_marks_in_pairs_open_left_and_close_right(text, opening, closing):
    assert sides(text) == [(opening, "left"), (closing, "right")]


@pytest.mark.parametrize(
    "text", ["»Hej«", "«Hola»", "„Hallo“", "“Hi”", '"Hi"', "« Salut »", "(ja)"]
)
def test_marks_at_the_very_ends_have_their_sides(text):
    assert [side for _, side in sides(text)] == ["left", "right"]


def test_marks_next_to_marks_take_their_side_from_the_words():
    assert sides('("Hej")') == [
        ("(", "left"),
        ('"', "left"),
        ('"', "right"),
        (")", "right"),
    ]
    assert sides("Dijo: «¿Qué tal?», y") == [
        (":", "right"),
        ("«", "left"),
        ("¿", "left"),
        ("?", "right"),
        ("»", "right"),
        (",", "right"),
    ]


def test_ordinary_marks_belong_to_the_word_before():
    assert sides("Nej, tak. Ja!") == [(",", "right"), (".", "right"), ("!", "right")]


@pytest.mark.parametrize("text", ["Ça va ?", "Non !", "Ça va ? Oui"])
def test_a_french_mark_behind_a_space_does_not_open_anything(text):
    assert "left" not in [side for _, side in sides(text)]


def test_a_dash_between_words_has_no_side():
    assert sides("Ja – nej") == [("–", None)]


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "25.000",
        "3,5",
        "12:30",
        "3/4",
        "3.",
        "50%",
        "5 %",
        "10 000",
        "-4",
        "\u22124",
    ],
)
def test_numbers_are_like_num(text):
    assert one(text)["is_like_num"]


@pytest.mark.parametrize("text", ["G7", "3D", "hej", "1a", "10 000 kr"])
def test_words_with_digits_are_no_numbers(text):
    assert "is_like_num" not in one(text)


def test_an_address_is_like_email():
    assert one("post@zeeguu.org")["is_like_email"]
    assert one("a.b+c@mail.zeeguu.co.uk")["is_like_email"]
    assert "is_like_email" not in one("hej@")


@pytest.mark.parametrize(
    "text", ["https://zeeguu.org/da?a=1", "HTTP://dr.dk", "www.dr.dk"]
)
def test_a_link_is_like_url(text):
    assert one(text)["is_like_url"]


@pytest.mark.parametrize(
    "text", ["€", "+", "😀", "👍🏽", "❤\ufe0f", "👨\u200d👩\u200d👧"]
)
def test_signs_and_pictures_are_symbols(text):
    assert one(text)["is_symbol"]
    assert "is_punct" not in one(text)


def test_a_word_has_no_flags():
    assert set(one("avisen")) == {
        "text",
        "sent_i",
        "token_i",
        "paragraph_i",
        "has_space",
        "is_sent_start",
    }


def test_flags_that_are_false_are_left_out():
    assert all(
        value is not False or name == "has_space"
        for token in tokens_of("Ja (3) – post@a.dk, €!")
        for name, value in token.items()
    )


def test_a_hostile_word_is_looked_at_in_no_time():
    started = time.monotonic()
    assert "is_like_email" not in one("x@" + "." * 100_000 + "@")
    assert time.monotonic() - started < 5


@given(text=st.one_of(st.text(), MARKED))
def test_text_and_spaces_rebuild_the_clean_text(text):
    text = clean(text)
    assert rebuild(to_block(text, split(text))) == text
    assert rebuild(to_block(text, split(text), one_sentence=True)) == text


@given(text=MARKED)
def test_marks_apart_from_their_words_rebuild_the_clean_text_too(text):
    text = clean(text)
    spans = [mark.span() for mark in re.finditer(r"\w+|[^\w\s]", text)]
    assert rebuild(to_block(text, [spans])) == text


@given(text=st.one_of(st.text(), MARKED))
def test_every_block_can_be_written_as_json(text):
    text = clean(text)
    block = to_block(text, split(text))
    assert orjson.loads(orjson.dumps(block)) == block


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "»Hej,« sagde hun (25 år). Hvad koster 1.000 kr.? 😀"),
        ("de", "„Guten Tag“, sagte er. »Ach so!« – z. B. am 3. Mai."),
        ("fr", "« Ça va ? » L'été, 10 000 personnes… C'est-à-dire 5 %."),
        ("es", "«¿Qué tal?», dijo. ¡Hola! Escribe a post@zeeguu.org."),
        ("ru", "«Привет», — сказал он. В 2024 г. было 1 000 000 рублей."),
    ],
)
def test_stanzas_tokens_rebuild_the_text(language, text):
    [sentences] = services.engine().tokenize([text], language)
    assert rebuild(to_block(text, sentences)) == text
