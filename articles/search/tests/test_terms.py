"""Texts as terms."""

import pytest

from articles.search.terms import code, fold, terms_of, words
from articles.text import ArticleText

pytestmark = pytest.mark.nodb

TEXT = ArticleText("En Hund", "Den løb …", (("p", "Den løb hjem."), ("p", "I C++?")))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Fodgænger", "fodgaenger"),
        ("ÜBER", "uber"),
        ("Straße", "strasse"),
        ("ΕΛΛΆΔΑΣ", "ελλαδασ"),
        ("ёлка", "елка"),
        ("мой", "мой"),
        ("Łódź", "lodz"),
        ("u\u0308ber", "uber"),
    ],
)
def test_case_and_accents_are_folded_but_no_letters(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C++ og C#, Disney+", ["c++", "c#", "og", "disney"]),
        ("a-b l'eau", ["a", "b", "l", "eau"]),
        ("100 % af 3.500", ["100", "af", "3", "500"]),
        ("Hej 🎉!", ["hej", "🎉"]),
        ("snake_case \x00 <b>", ["snake", "case", "b"]),
        ("!?… —", []),
    ],
)
def test_words_are_letters_digits_and_few_signs(text, found):
    assert sorted(words(text)) == sorted(found)


def test_a_code_is_ascii_and_no_longer_than_every_engine_takes():
    for word in ("a", "ελλαδα", "c++", "🎉", "x" * 5000):
        assert code(word).isascii()
        assert code(word).isalnum()
        assert len(code(word)) <= 30


def test_codes_of_different_words_differ():
    found = ["c", "c+", "c++", "c#", "ελλαδα", "ελλας", "a" * 31, "a" * 32]
    assert len({code(word) for word in found}) == len(found)


def test_title_body_and_lemmas_have_their_own_terms():
    terms = terms_of(TEXT, "da", ["hunde"], ["løbe", "løb"])
    assert terms.title == " dat0en dat0hund dat0hunde "
    plus = code("c++")
    assert terms.body == f" daw0en daw0hund daw0den daw0lob daw0hjem daw0i daw{plus} "
    assert terms.lemmas == " daw0hunde daw0lobe daw0c "


def test_a_summary_of_its_own_is_a_part_of_the_body():
    text = ArticleText("Et", "To tre.", (("p", "Fire."),))
    assert terms_of(text, "pt-br").body == " ptbrw0et ptbrw0to ptbrw0tre ptbrw0fire "
