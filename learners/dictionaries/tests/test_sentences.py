"""Words and phrases of real tokens, with what stands beside them."""

import pytest

from learners.dictionaries.sentences import phrases_in, words_in
from learners.dictionaries.words import Word
from tokenization.stanza.tokens import Token, to_block

pytestmark = pytest.mark.nodb


def sentence(text: str, lemmas: dict[str, str] | None = None) -> list[Token]:
    """Tokens of a text with blanks between all of them, "_" for none."""
    spans, place, plain = [], 0, text.replace("_", "")
    for piece in text.replace("_", " ").split(" "):
        place = plain.index(piece, place)
        spans.append((place, place + len(piece)))
        place += len(piece)
    [[tokens]] = to_block(plain, [spans])
    for token in tokens:
        if lemma := (lemmas or {}).get(token["text"]):
            token["lemma"] = lemma
    return tokens


def test_a_word_knows_its_neighbours_up_to_a_mark() -> None:
    tokens = sentence("Das Essen_, sagt er", {"sagt": "sagen"})
    assert list(words_in(tokens)) == [
        Word("Das", "", "", False, "Essen"),
        Word("Essen", "", "Das", True, ""),
        Word("sagt", "sagen", "", False, "er"),
        Word("er", "", "sagt", False, ""),
    ]


@pytest.mark.parametrize(
    "text", ["Essen", "„_Essen", "Er sagt_: Essen", "Er_. Essen", "- Essen"]
)
def test_a_capital_at_a_beginning_tells_nothing(text: str) -> None:
    *_, word = words_in(sentence(text))
    assert not word.capital


def test_a_capital_within_a_compound_tells_as_much_as_others() -> None:
    *_, word = words_in(sentence("das Ampel_-_Aus"))
    assert word.capital


def test_a_capital_in_a_title_tells_nothing() -> None:
    tokens = sentence("The Best House")
    assert not any(word.capital for word in words_in(tokens, is_title=True))
    assert any(word.capital for word in words_in(tokens))


def test_numbers_and_addresses_are_no_words_but_stand_beside_them() -> None:
    [word] = words_in(sentence("3 weken www.example.com"))
    assert (word.form, word.before, word.after) == ("weken", "3", "www.example.com")


def test_phrases_are_of_words_side_by_side() -> None:
    found = [word.form for word in phrases_in(sentence("I dag er han_, som du"), "da")]
    assert found == ["I dag", "I dag er", "dag er", "dag er han", "er han", "som du"]


def test_a_phrase_has_the_lemmas_of_its_words() -> None:
    tokens = sentence("cartes d'_identité", {"cartes": "carte"})
    [phrase] = phrases_in(tokens, "fr")
    assert phrase == Word("cartes d'identité", "carte d'identité")


def test_no_phrase_ends_with_an_article() -> None:
    found = [word.form for word in phrases_in(sentence("van de stad"), "nl")]
    assert found == ["van de stad", "de stad"]
