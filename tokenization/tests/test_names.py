"""Names are told by more than a capital, and are no lexemes."""

from functools import partial

import pytest

from tokenization.names import names_of
from tokenization.services import lemmatizer
from tokenization.stanza.tokens import to_block
from tokenization.tests.stubs import StubLemmatizer, split
from tokenization.words import forget_guesses, words_of
from tokenization.words import names_in as names_in_blocks

pytestmark = pytest.mark.nodb


def sentences_of(*texts):
    """One sentence each, with blanks between words and marks."""
    blocks = [to_block(text, split(text)) for text in texts]
    return [sentence for [paragraph] in blocks for sentence in paragraph]


def names_in(language, *texts):
    return names_of(sentences_of(*texts), language, lemmatizer())


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("en", "We saw Gaza and a dog .", {"gaza"}),
        ("en", "We met Donald Trump on Monday .", {"donald", "trump"}),
        ("en", "A Danish and an Islamic union .", set()),
        ("en", "The NATO of the EU .", {"nato", "eu"}),
        ("en", "Here I'm , where Canada's dogs are .", {"canada's"}),
        ("en", "Zuckerberg says so .", {"zuckerberg"}),
        ("en", "Dogs say so .", set()),
        ("fr", "Nous sommes à Paris , en France .", {"paris", "france"}),
        ("fr", "Nous avons vu un Français à l' Assemblée .", set()),
        ("da", "Vi så Aarhus og Folketinget .", {"aarhus"}),
        ("es", "Vimos Madrid y el Ejército .", {"madrid"}),
        ("pl", "Byłem w Iranie .", {"iranie"}),
        ("ru", "Мы были в Москве .", {"москве"}),
        ("el", "Ήρθε την Κυριακή του Δεκεμβρίου στην Αθήνα .", {"αθήνα"}),
        ("pt", "Disseram-nos isso .", set()),
        ("no", "Vi så en NRK-kommentator i Bergen .", {"bergen"}),
    ],
)
def test_a_capital_within_a_sentence_and_the_dictionary_tell_names(
    language, text, names
):
    assert names_in(language, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Gestern hat Putin in Nairobi die Regierung besucht .", {"putin", "nairobi"}),
        ("Wir haben Menschen und Geld .", set()),
        ("Heute ist im Bundestag der Rap ein Thema .", set()),
        ("Wir sehen William Fischer im Haus .", {"william", "fischer"}),
        ("Er sieht Verschwörungserzählungsverbreiter .", set()),
        ("Als wir kamen , ging er .", set()),
    ],
)
def test_german_nouns_are_words(text, names):
    assert names_in("de", text) == names


def test_what_is_written_small_elsewhere_is_a_word():
    assert names_in("en", "They like Gaza .", "A gaza is good .") == set()


def test_headlines_and_beginnings_tell_nothing():
    headline = "Dogs Bite Many Good Houses Again"
    assert names_in("en", headline) == set()
    assert names_in("en", 'He says : " Dogs are good . "') == set()


def test_a_name_is_one_all_over_the_article():
    assert names_in("en", "Bush says so .", "We met George Bush .") == {
        "bush",
        "george",
    }


def test_without_a_dictionary_a_capital_within_a_sentence_tells():
    def names(language, text):
        return names_of(sentences_of(text), language, StubLemmatizer())

    assert names("da", "Huset er i Aarhus .") == {"aarhus"}
    assert names("de", "Das Haus ist in Aachen .") == set()


def test_names_are_no_lexemes():
    text = "We saw Gaza and a dog ."
    block = to_block(text, split(text))
    words = words_of(block, names_in_blocks([block], "en", lemmatizer()))
    assert words == ["we", "saw", "", "and", "a", "dog", ""]


@pytest.mark.parametrize(
    ("text", "lemmas"),
    [
        ("Huset er i Birkesund nu .", ["hus", "være"]),
        ("Huset er i birkesund nu .", ["hus", "være", "birkesunde"]),
        ("Huset er i Fjordskolen nu .", ["hus", "være", "fjordskole"]),
        ("Huse er i Aarhus .", ["hus", "være"]),
    ],
)
def test_a_name_has_no_lemma_that_nobody_knows(text, lemmas):
    lemma_of = partial(lemmatizer().lemma, language="da")
    blocks = [to_block(text, split(text), lemma_of)]
    names = names_in_blocks(blocks, "da", lemmatizer())
    forget_guesses(blocks, names, "da", lemmatizer())
    [[[sentence]]] = blocks
    assert [token["lemma"] for token in sentence if "lemma" in token] == lemmas


def test_odd_tokens_are_no_trouble():
    text = "' ’ '' A' ǅ İ ﬁ 🙂 \u0301a a'A"
    assert names_in("en", text, "", "!") <= {word.lower() for word in text.split()}
